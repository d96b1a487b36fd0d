#include "analyzer/report/render_report.hpp"

#include <algorithm>
#include <vector>

#include "analyzer/report/text_table.hpp"
#include "analyzer/tables/table.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

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

std::string why_empty(const Report& report) {
  return report.why_empty.empty() ? std::string("Nothing to show.") : report.why_empty;
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
  if (!report.warning.empty()) text += "**" + markdown_cell(report.warning) + "**\n\n";
  if (report.rows.empty()) return text + markdown_cell(why_empty(report)) + "\n";
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

std::string render_text(const Report& report, std::size_t width) {
  TextTable table;
  for (const std::string& column : report.columns) table.columns.push_back(terminal_safe(column));
  table.is_number = number_columns(report);
  for (const auto& row : report.rows) {
    auto& cells = table.rows.emplace_back();
    for (const ReportCell& cell : row) cells.push_back(terminal_safe(cell.text));
  }
  std::string text;
  const auto add = [&](const std::string& paragraph) {
    if (width == 0) {
      text += paragraph + '\n';
      return;
    }
    for (const std::string& line : wrapped(paragraph, width)) text += line + '\n';
  };
  add(terminal_safe(report.title));
  if (!report.description.empty()) add(terminal_safe(report.description));
  if (!report.warning.empty()) add(terminal_safe(report.warning));
  text += '\n';
  if (report.rows.empty()) {
    add(terminal_safe(why_empty(report)));
    return text;
  }
  return text + render(table, width);
}

}  // namespace plaintalk::analyzer
