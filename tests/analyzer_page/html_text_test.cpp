#include "analyzer/page/html_text.hpp"

#include <gtest/gtest.h>

#include "analyzer/page/page_figures.hpp"
#include "analyzer/page/rival_explanations.hpp"
#include "analyzer/talk/findings.hpp"

namespace plaintalk::analyzer {
namespace {

TEST(EscapeHtml, LeavesNothingThatOpensAnElementOrEndsAnAttribute) {
  EXPECT_EQ(escape_html("<img src=x onerror='a(\"b\")'> & more"),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt; &amp; more");
  EXPECT_EQ(escape_html("Grüße, \xe4\xbd\xa0\xe5\xa5\xbd"), "Grüße, \xe4\xbd\xa0\xe5\xa5\xbd");
  EXPECT_EQ(escape_html(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(EscapeHtml, ShowsWhatTurnsTheDirectionOfReading) {
  EXPECT_EQ(escape_html("safe \xe2\x80\xae"
                        "exe.txt"),
            "safe \\u{202e}exe.txt");
  EXPECT_EQ(escape_html("\xe2\x81\xa6"), "\\u{2066}");
  EXPECT_EQ(escape_html("\xe2\x80"), "\xe2\x80") << "cut in the middle";
}

TEST(JsonForPage, CannotEndTheElementItStandsIn) {
  EXPECT_EQ(json_for_page(json_text("</script><!--&")), "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
}

// Of the empty text, and of one whose length is no multiple of three: from `printf | openssl dgst -sha256
// -binary | base64`.
TEST(PolicyHash, IsThatOfTheStandard) {
  EXPECT_EQ(policy_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  EXPECT_EQ(policy_hash("abc"), "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
}

TEST(OwnIds, KeepFiguresOfOnePageApart) {
  EXPECT_EQ(with_own_ids("<clipPath id=\"c1\"/><g clip-path=\"url(#c1)\" data-id=\"c1\"/>", "window"),
            "<clipPath id=\"window-c1\"/><g clip-path=\"url(#window-c1)\" data-id=\"c1\"/>");
}

TEST(RivalExplanation, IsThereForEveryKindOfFinding) {
  for (const FindingKind& kind : finding_kinds())
    EXPECT_GT(rival_explanation(kind.rule).size(), 30u) << kind.rule;
  EXPECT_TRUE(rival_explanation("T0").empty());
}

}  // namespace
}  // namespace plaintalk::analyzer
