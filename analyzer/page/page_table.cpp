#include "analyzer/page/page_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "analyzer/page/html_text.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::array<std::pair<std::string_view, ColumnRole>, 30> kRoles{{
    {"packet", ColumnRole::packet},
    {"packet_in", ColumnRole::packet},
    {"packet_out", ColumnRole::packet},
    {"first_packet", ColumnRole::packet},
    {"last_packet", ColumnRole::last_packet},
    {"packets_that_show_it", ColumnRole::packet_list},
    {"tcp_stream", ColumnRole::tcp_stream},
    {"sender", ColumnRole::person},
    {"recipient", ColumnRole::person},
    {"recipients", ColumnRole::person},
    {"user", ColumnRole::person},
    {"person", ColumnRole::person},
    {"account", ColumnRole::person},
    {"from_person", ColumnRole::person},
    {"room", ColumnRole::room},
    {"connection", ColumnRole::connection},
    {"connection_in", ColumnRole::connection},
    {"t_s", ColumnRole::time},
    {"from_s", ColumnRole::time},
    {"to_s", ColumnRole::until},
    {"time_s", ColumnRole::time},
    {"first_t_s", ColumnRole::time},
    {"last_t_s", ColumnRole::until},
    {"until_s", ColumnRole::until},
    {"acks_packet", ColumnRole::packet},
    {"acked_by_packet", ColumnRole::packet},
    {"sent_packet", ColumnRole::packet},
    {"ack_packet", ColumnRole::packet},
    {"start_packet", ColumnRole::packet},
    {"end_packet", ColumnRole::last_packet},
}};

bool is_number_list(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789 ") == text.npos;
}

std::vector<bool> numeric_columns(const PageTable& table) {
  std::vector<bool> numeric(table.columns.size(), true);
  for (std::size_t column = 0; column < numeric.size(); ++column) {
    bool any = false;
    for (const auto& row : table.rows) {
      if (row[column].text.empty()) continue;
      any = true;
      if (!row[column].is_number) numeric[column] = false;
    }
    if (!any) numeric[column] = false;
  }
  return numeric;
}

std::string cell_html(const ReportCell& cell, ColumnRole role, const std::string& first_packet,
                      bool numeric) {
  const std::string filter = display_filter(role, cell.text, first_packet);
  std::string html = numeric ? "<td class=\"n\">" : "<td>";
  if (filter.empty()) {
    html += escape_html(cell.text);
  } else {
    html += "<button type=\"button\" class=\"pk\" title=\"" + escape_html("copy " + filter) + "\" data-f=\"" +
            escape_html(filter) + "\">" + escape_html(cell.text) + "</button>";
  }
  return html + "</td>";
}

// A column's name as people read it: "latency_max_us" -> "latency max (µs)".
std::string heading(std::string_view column) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kUnits{{{"_us", " (µs)"},
                                                                                 {"_ms", " (ms)"},
                                                                                 {"_bytes_s", " (bytes/s)"},
                                                                                 {"_s", " (s)"},
                                                                                 {"_bytes", " (bytes)"}}};
  std::string text(column);
  std::string unit;
  for (const auto& [ending, words] : kUnits) {
    if (text.size() <= ending.size() || !text.ends_with(ending)) continue;
    text.resize(text.size() - ending.size());
    unit = words;
    break;
  }
  std::replace(text.begin(), text.end(), '_', ' ');
  return text + unit;
}

}  // namespace

ColumnRole role_of(std::string_view column) {
  const auto* const found =
      std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& entry) { return entry.first == column; });
  return found == kRoles.end() ? ColumnRole::plain : found->second;
}

std::string_view name_of(ColumnRole role) {
  constexpr std::array<std::string_view, 10> kNames{"",       "packet", "last",       "packets", "stream",
                                                    "person", "room",   "connection", "time",    "until"};
  return kNames.at(static_cast<std::size_t>(role));
}

std::string display_filter(ColumnRole role, const std::string& text, const std::string& first_packet) {
  if (!is_number_list(text)) return {};
  switch (role) {
    case ColumnRole::packet: return "frame.number == " + text;
    case ColumnRole::last_packet:
      if (first_packet.empty() || first_packet == text) return "frame.number == " + text;
      return "frame.number >= " + first_packet + " && frame.number <= " + text;
    case ColumnRole::packet_list: {
      if (text.find(' ') == text.npos) return "frame.number == " + text;
      std::string list = text;
      for (std::size_t at = list.find(' '); at != list.npos; at = list.find(' ', at + 2))
        list.replace(at, 1, ", ");
      return "frame.number in {" + list + "}";
    }
    case ColumnRole::tcp_stream: return "tcp.stream == " + text;
    default: return {};
  }
}

std::string render_table(const PageTable& table, std::string& data) {
  data.clear();
  const std::string title = escape_html(table.title);
  if (table.rows.empty())
    return "<p class=\"none\">" +
           escape_html(table.why_empty.empty() ? "There is nothing of this." : table.why_empty) + "</p>\n";
  const std::size_t shown = std::min(table.rows.size(), kStaticRowsMax);
  std::string html = "<div class=\"table\" id=\"" + table.id +
                     "\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" + title +
                     "\"><table><caption><span class=\"unseen\">" + title + "</span>";
  std::string rule = table.rule;
  if (shown < table.rows.size())
    rule = "Without JavaScript the first " + std::to_string(shown) + " of " +
           plural(table.rows.size(), "row") + ". " + rule;
  if (!rule.empty()) html += " <span class=\"rule\">" + escape_html(rule) + "</span>";
  html += "</caption><thead><tr>";
  const std::vector<bool> numeric = numeric_columns(table);
  std::vector<ColumnRole> roles;
  std::size_t first_packet = table.columns.size();
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    roles.push_back(role_of(table.columns[column]));
    if (roles.back() == ColumnRole::packet && first_packet == table.columns.size()) first_packet = column;
    html += "<th scope=\"col\" data-column=\"" + escape_html(table.columns[column]) + "\"";
    if (roles.back() != ColumnRole::plain)
      html += " data-role=\"" + std::string(name_of(roles.back())) + "\"";
    html += std::string(numeric[column] ? " class=\"n\"" : "") + ">" +
            escape_html(heading(table.columns[column])) + "</th>";
  }
  html += "</tr></thead><tbody>\n";
  for (std::size_t place = 0; place < shown; ++place) {
    const auto& row = table.rows[place];
    html += "<tr>";
    for (std::size_t column = 0; column < row.size(); ++column)
      html += cell_html(row[column], roles[column], first_packet < row.size() ? row[first_packet].text : "",
                        numeric[column]);
    html += "</tr>\n";
  }
  html += "</tbody></table></div></div>\n";
  if (shown < table.rows.size()) {
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t place = shown; place < table.rows.size(); ++place) {
      nlohmann::json& cells = rows.emplace_back(nlohmann::json::array());
      for (const ReportCell& cell : table.rows[place]) cells.push_back(cell.text);
    }
    data = rows.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return html;
}

}  // namespace plaintalk::analyzer
