#include "analyzer/report/render_report.hpp"

#include <algorithm>
#include <vector>

#include "analyzer/tables/table.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kCellWidthMax = 60;

// Places on a terminal, near enough: code points, without counting those that combine or are wide.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shortened(std::string text) {
  if (width_of(text) <= kCellWidthMax) return text;
  std::size_t width = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (width++ == kCellWidthMax - 3) break;
  }
  return text.substr(0, at) + "...";
}

// For each column: it has numbers, and nothing else.
std::vector<bool> number_columns(const Report& report) {
  std::vector<bool> any(report.columns.size(), false);
  std::vector<bool> other(report.columns.size(), false);
  for (const auto& row : report.rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      if (!row[column].text.empty()) (row[column].is_number ? any : other)[column] = true;
  for (std::size_t column = 0; column < any.size(); ++column) any[column] = any[column] && !other[column];
  return any;
}

}  // namespace

std::string render_csv(const Report& report) {
  std::string text;
  for (std::size_t column = 0; column < report.columns.size(); ++column) {
    if (column != 0) text += ',';
    text += csv_field(table_text(report.columns[column]));
  }
  text += '\n';
  for (const auto& row : report.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (column != 0) text += ',';
      text += row[column].is_number ? row[column].text : csv_field(table_text(row[column].text));
    }
    text += '\n';
  }
  return text;
}

std::string render_markdown(const Report& report) {
  std::string text = "# " + markdown_cell(report.title) + "\n\n";
  if (!report.description.empty()) text += markdown_cell(report.description) + "\n\n";
  if (report.rows.empty()) return text + "Nothing to show.\n";
  text += '|';
  for (const std::string& column : report.columns) text += ' ' + markdown_cell(column) + " |";
  text += "\n|";
  for (const bool is_number : number_columns(report)) text += is_number ? "---:|" : "---|";
  text += '\n';
  for (const auto& row : report.rows) {
    text += '|';
    for (const ReportCell& cell : row) text += ' ' + markdown_cell(cell.text) + " |";
    text += '\n';
  }
  return text;
}

std::string render_text(const Report& report) {
  std::vector<std::vector<std::string>> lines;
  lines.push_back({});
  for (const std::string& column : report.columns) lines.back().push_back(terminal_safe(column));
  for (const auto& row : report.rows) {
    lines.push_back({});
    for (const ReportCell& cell : row) lines.back().push_back(shortened(terminal_safe(cell.text)));
  }
  std::vector<std::size_t> widths(report.columns.size(), 0);
  for (const auto& line : lines)
    for (std::size_t column = 0; column < line.size(); ++column)
      widths[column] = std::max(widths[column], width_of(line[column]));

  std::string text = terminal_safe(report.title) + '\n';
  if (!report.description.empty()) text += terminal_safe(report.description) + '\n';
  text += '\n';
  if (report.rows.empty()) return text + "Nothing to show.\n";
  const std::vector<bool> is_number = number_columns(report);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string& cell = lines[index][column];
      const std::string padding(widths[column] - width_of(cell), ' ');
      if (column != 0) line += "  ";
      line += is_number[column] ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    if (index != 0) continue;
    std::string rule;
    for (std::size_t column = 0; column < widths.size(); ++column)
      rule += (column == 0 ? "" : "  ") + std::string(widths[column], '-');
    text += rule + '\n';
  }
  return text;
}

}  // namespace plaintalk::analyzer
