#include "base/text.hpp"

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

TEST(Text, AcceptsWellFormedUtf8) {
  for (const char* text : {"", "plain ASCII of more than eight octets", "\x7F", "\xC2\x80", "\xDF\xBF",
                           "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF", "twelve octet\xC3\xA9 and on and on"})
    EXPECT_TRUE(is_utf8(text)) << text;
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Text, RejectsOverlongFormsSurrogatesAndWhatIsCutShort) {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82",
        "\xF0\x9F\x98", "\xC3(", "\xE2\x28\xA1", "\xE2\x82\x28", "12345678\xFF"})
    EXPECT_FALSE(is_utf8(text)) << hex(text);
}

TEST(Text, SaysHowMuchOfATextIsWellFormed) {
  EXPECT_EQ(utf8_prefix_size(""), 0u);
  EXPECT_EQ(utf8_prefix_size("all good"), 8u);
  EXPECT_EQ(utf8_prefix_size("\xC3\xA9x\xFFy"), 3u);
  EXPECT_EQ(utf8_prefix_size("0123456789abcdef\x80"), 16u);
  EXPECT_EQ(utf8_prefix_size("ab\xE2\x82"), 2u);
}

TEST(Text, MakesControlCharactersVisible) {
  EXPECT_EQ(terminal_safe("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(terminal_safe("\x1B[31mred\x07"), "\\x1b[31mred\\x07");
  EXPECT_EQ(terminal_safe(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(terminal_safe("\x7F"), "\\x7f");
  EXPECT_EQ(terminal_safe("\xC2\x9B"
                          "31m"),
            "\\x9b31m");  // CSI as one C1 character
}

TEST(Text, MakesTextThatRunsBackwardsVisible) {
  EXPECT_EQ(terminal_safe("\xE2\x80\xAE"
                          "gpj.exe"),
            "\\u{202e}gpj.exe");
  EXPECT_EQ(terminal_safe("\xE2\x81\xA6x\xE2\x81\xA9"), "\\u{2066}x\\u{2069}");
  EXPECT_EQ(terminal_safe("\xE2\x80\xA8"), "\\u{2028}");
}

TEST(Text, KeepsOtherTextAsItIs) {
  EXPECT_EQ(terminal_safe("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80 100%"),
            "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80 100%");
}

TEST(Text, CanBeReadBackUnambiguously) {
  EXPECT_EQ(terminal_safe("\\n"), "\\\\n");
  EXPECT_EQ(terminal_safe("\xFF\xC3"), "\\xff\\xc3");
}

TEST(Text, QuotesCsvFieldsOnlyWhenNeeded) {
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("cr\rhere"), "\"cr\rhere\"");
}

TEST(Text, DisarmsFormulasInCsv) {
  EXPECT_EQ(csv_field("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(csv_field("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
  EXPECT_EQ(csv_field("@SUM(1+1)"), "\"'@SUM(1+1)\"");
  EXPECT_EQ(csv_field("@bob id=cmd|' /C calc'!A0"), "\"'@bob id=cmd|' /C calc'!A0\"");
  EXPECT_EQ(csv_field("@"), "\"'@\"");
  EXPECT_EQ(csv_field("+x"), "\"'+x\"");
  EXPECT_EQ(csv_field("-x"), "\"'-x\"");
  EXPECT_EQ(csv_field("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(csv_field("=\"x\""), "\"'=\"\"x\"\"\"");
  EXPECT_EQ(csv_field("-2+3"), "\"'-2+3\"");
}

TEST(Text, LeavesSignedNumbersInCsvAlone) {
  EXPECT_EQ(csv_field("-0.500000000"), "-0.500000000");
  EXPECT_EQ(csv_field("+12"), "+12");
  EXPECT_EQ(csv_field("-"), "\"'-\"");
  EXPECT_EQ(csv_field("-1.2.3"), "\"'-1.2.3\"");
}

TEST(Text, LeavesTheNamesOfConversationsInCsvAlone) {
  EXPECT_EQ(csv_field("@bob"), "@bob");
  EXPECT_EQ(csv_field("@a_1-x,bob"), "\"@a_1-x,bob\"");
}

TEST(Text, KeepsMarkdownCellsInTheirCell) {
  EXPECT_EQ(markdown_cell("a|b"), "a\\|b");
  EXPECT_EQ(markdown_cell("<script>&"), "&lt;script&gt;&amp;");
  EXPECT_EQ(markdown_cell("*x* `y` [z]_"), "\\*x\\* \\`y\\` \\[z\\]\\_");
  EXPECT_EQ(markdown_cell("a\nb"), "a\\nb");
}

TEST(Text, WritesLowerCaseHexadecimal) {
  EXPECT_EQ(hex(""), "");
  EXPECT_EQ(hex(std::string_view("\x00\x0F\xA5\xFF", 4)), "000fa5ff");
}

TEST(Plural, IsSingularForOneThingOnly) {
  EXPECT_EQ(plural(0, "packet"), "0 packets");
  EXPECT_EQ(plural(1, "packet"), "1 packet");
  EXPECT_EQ(plural(18446744073709551615ULL, "byte"), "18446744073709551615 bytes");
}

}  // namespace
}  // namespace plaintalk
