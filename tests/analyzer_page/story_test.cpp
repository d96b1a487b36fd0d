#include "analyzer/page/story.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

TEST(Story, IsCutAtTheHeadingsOfTheSummary) {
  const auto sections = story_of("# Title\n\nfirst\n\n## One\n\n**bold** and `code`\n\n## Two\n\n- a\n- b\n");
  ASSERT_EQ(sections.size(), 3u);
  EXPECT_EQ(sections[0].title, "Title");
  EXPECT_EQ(sections[1].title, "One");
  EXPECT_EQ(sections[1].html, "<p><strong>bold</strong> and <code>code</code></p>\n");
  EXPECT_NE(sections[2].html.find("<li>b</li>"), std::string::npos);
  EXPECT_TRUE(story_of("").empty());
}

TEST(Story, PutsTablesWhereTheyCanScroll) {
  const auto sections = story_of("## T\n\n| a | b |\n|---|---:|\n| x | 1 |\n");
  ASSERT_EQ(sections.size(), 1u);
  EXPECT_NE(sections[0].html.find("tabindex=\"0\" role=\"group\" aria-label=\"T\"><table>"),
            std::string::npos);
  EXPECT_NE(sections[0].html.find("</table></div>"), std::string::npos);
}

// A summary escapes the words of strangers; should it ever miss some, nothing of them is markup or a
// reference all the same.
TEST(Story, TakesNoMarkupAndNoReferencesFromStrangers) {
  for (const std::string hostile :
       {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![x](http://192.0.2.66/x.png)",
        "[x](javascript:alert(1))", "<http://192.0.2.66/>", "![a ![b](http://b) c](http://a)"}) {
    const std::string summary = "## S\n\nbefore " + hostile + " after\n\n| h |\n|---|\n| " + hostile + " |\n";
    const auto sections = story_of(summary);
    ASSERT_EQ(sections.size(), 1u);
    for (const std::string mark : {"<script", "<img", "<a ", "href", "src="})
      EXPECT_EQ(sections[0].html.find(mark), std::string::npos) << hostile << '\n' << sections[0].html;
    const auto escaped = story_of("## S\n\n| h |\n|---|\n| " + markdown_cell(hostile) + " |\n");
    EXPECT_NE(escaped[0].html.find("<td>"), std::string::npos);
    for (const std::string mark : {"<script", "<img", "<a "})
      EXPECT_EQ(escaped[0].html.find(mark), std::string::npos);
  }
}

}  // namespace
}  // namespace plaintalk::analyzer
