// A table of the page: rows of a query, with what each column means to the filters of the page and to
// Wireshark.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/report_query.hpp"

namespace plaintalk::analyzer {

// What a column is to a filter or to Wireshark.
enum class ColumnRole : unsigned char {
  plain,
  packet,       // a packet's number
  last_packet,  // the last of those that begin with the row's packet
  packet_list,  // several, with blanks between
  tcp_stream,   // Wireshark's number of a connection
  person,       // one or several accounts, with commas between
  room,
  connection,
  time,   // seconds since the first packet
  until,  // the end of a span that began at `time`
};
ColumnRole role_of(std::string_view column);
std::string_view name_of(ColumnRole role);

struct PageTable {
  std::string id;  // of the element
  std::string title;
  std::string sentence;
  std::string why_empty;
  std::string rule;  // which rows these are, when they are not all
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;
  // Rows that came from elsewhere are in a file of the analysis.
};

// Those that a page shows without its script; the others come with the data of the page, by the script.
inline constexpr std::size_t kStaticRowsMax = 300;

// The table with its caption, and a button to copy each packet's display filter. `data` gets the rows that
// are not in it as JSON ("[[...],...]"), or nothing.
std::string render_table(const PageTable& table, std::string& data);

// "frame.number == 7" for a cell; "" when it is no packet.
std::string display_filter(ColumnRole role, const std::string& text, const std::string& first_packet);

}  // namespace plaintalk::analyzer
