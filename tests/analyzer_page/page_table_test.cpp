#include "analyzer/page/page_table.hpp"

#include <gtest/gtest.h>

namespace plaintalk::analyzer {
namespace {

PageTable table_with(std::size_t row_count) {
  PageTable table{
      "t", "Title <b>", "", "Nothing here", "", {"t_s", "first_packet", "last_packet", "sender", "text"}, {}};
  for (std::size_t row = 1; row <= row_count; ++row)
    table.rows.push_back({{true, "0.5"},
                          {true, std::to_string(row)},
                          {true, std::to_string(row + 2)},
                          {false, "al<i>ce"},
                          {false, "</script>"}});
  return table;
}

TEST(DisplayFilter, NamesThePacketOrTheRange) {
  EXPECT_EQ(display_filter(ColumnRole::packet, "7", ""), "frame.number == 7");
  EXPECT_EQ(display_filter(ColumnRole::last_packet, "9", "7"), "frame.number >= 7 && frame.number <= 9");
  EXPECT_EQ(display_filter(ColumnRole::last_packet, "7", "7"), "frame.number == 7");
  EXPECT_EQ(display_filter(ColumnRole::packet_list, "7 9 12", ""), "frame.number in {7, 9, 12}");
  EXPECT_EQ(display_filter(ColumnRole::packet_list, "7", ""), "frame.number == 7");
  EXPECT_EQ(display_filter(ColumnRole::tcp_stream, "0", ""), "tcp.stream == 0");
  EXPECT_EQ(display_filter(ColumnRole::packet, "", ""), "");
  EXPECT_EQ(display_filter(ColumnRole::packet, "7) || (ip", ""), "");
  EXPECT_EQ(display_filter(ColumnRole::plain, "7", ""), "");
}

TEST(Table, OffersEachPacketAndEscapesEveryCell) {
  std::string data;
  const std::string html = render_table(table_with(2), data);
  EXPECT_TRUE(data.empty());
  EXPECT_NE(html.find("data-f=\"frame.number == 1\">1</button>"), std::string::npos);
  EXPECT_NE(html.find("data-f=\"frame.number &gt;= 2 &amp;&amp; frame.number &lt;= 4\">4</button>"),
            std::string::npos);
  EXPECT_NE(html.find("data-role=\"person\""), std::string::npos);
  EXPECT_NE(html.find("<td>&lt;/script&gt;</td>"), std::string::npos);
  EXPECT_NE(html.find("Title &lt;b&gt;"), std::string::npos);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_EQ(html.find("<i>"), std::string::npos);
}

TEST(Table, SaysWhyItIsEmpty) {
  std::string data;
  EXPECT_EQ(render_table(table_with(0), data), "<p class=\"none\">Nothing here</p>\n");
}

TEST(Table, KeepsWhatIsTooMuchForTheTextInTheData) {
  std::string data;
  const std::string whole = render_table(table_with(kStaticRowsMax), data);
  EXPECT_TRUE(data.empty());
  EXPECT_EQ(whole.find("Without JavaScript"), std::string::npos);
  const std::string cut = render_table(table_with(kStaticRowsMax + 2), data);
  EXPECT_NE(cut.find("Without JavaScript the first 300 of 302 rows."), std::string::npos);
  EXPECT_EQ(data, R"([["0.5","301","303","al<i>ce","</script>"],["0.5","302","304","al<i>ce","</script>"]])");
}

}  // namespace
}  // namespace plaintalk::analyzer
