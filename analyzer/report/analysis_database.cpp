#include "analyzer/report/analysis_database.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "analyzer/report/analysis_contents.hpp"
#include "analyzer/tables/open_analysis.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

[[noreturn]] void fail_query(const ReportTemplate& report_template, sqlite3* database, std::size_t offset) {
  std::string where = report_template.name;
  const int at = sqlite3_error_offset(database);
  if (at >= 0) {
    const std::size_t place = std::min(offset + static_cast<std::size_t>(at), report_template.sql.size());
    const auto end = report_template.sql.begin() + static_cast<std::ptrdiff_t>(place);
    where += ", line " + std::to_string(1 + std::count(report_template.sql.begin(), end, '\n'));
  }
  const bool denied = sqlite3_errcode(database) == SQLITE_AUTH;
  throw std::runtime_error(where + ": " + sqlite3_errmsg(database) +
                           (denied ? " (a template may only read the tables)" : ""));
}

bool only_blank_or_comments(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  const SqliteStatement statement(handle, "");
  return result == SQLITE_OK && handle == nullptr;
}

void bind(const ReportTemplate& report_template, SqliteStatement& statement) {
  for (const auto& parameter : report_template.parameters) {
    const int place = sqlite3_bind_parameter_index(statement.handle(), (':' + parameter.name).c_str());
    if (place > 0) statement.bind(place, parameter.value);
  }
}

// The table of packets is left out of a long capture.
std::string why_no_packets(const SqliteDatabase& database) {
  SqliteStatement about = database.prepare("SELECT value FROM about WHERE key = 'packets_table'");
  return about.next() ? ' ' + about.text(0) : std::string();
}

// One statement and nothing else.
SqliteStatement prepare(const ReportTemplate& report_template, const SqliteDatabase& database) {
  const std::string& sql = report_template.sql;
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), static_cast<int>(sql.size()), &prepared, &tail) !=
      SQLITE_OK)
    fail_query(report_template, database.handle(), 0);
  SqliteStatement statement(prepared, report_template.name);
  if (prepared == nullptr || sqlite3_column_count(prepared) == 0)
    throw std::runtime_error(report_template.name + ": there is no query in it");
  if (!only_blank_or_comments(database.handle(),
                              std::string_view(sql).substr(static_cast<std::size_t>(tail - sql.c_str()))))
    throw std::runtime_error(report_template.name + ", line " +
                             std::to_string(1 + std::count(sql.c_str(), tail, '\n')) +
                             ": a template is one query; something follows its end");
  return statement;
}

bool has_synthetic_headers(const SqliteDatabase& database) {
  try {
    SqliteStatement query = database.prepare("SELECT max(synthetic) FROM main.captures");
    return query.next() && query.integer(0) == 1;
  } catch (const std::runtime_error&) {
    return false;  // of an older version, which did not keep it
  }
}

}  // namespace

std::string what_was_looked_for(const ReportTemplate& report_template) {
  std::string text = report_template.when_empty.empty() ? "Nothing to show" : report_template.when_empty;
  while (text.ends_with('.')) text.pop_back();
  std::string chosen;
  for (const auto& parameter : report_template.parameters)
    if (parameter.value != parameter.default_value)
      chosen += (chosen.empty() ? "" : ", ") + parameter.name + '=' + parameter.value;
  if (!chosen.empty()) text += " with " + chosen;
  return text;
}

AnalysisDatabase::AnalysisDatabase(const std::string& analysis)
    : database_(open_analysis(analysis)), many_(database_) {}

void AnalysisDatabase::run(const ReportTemplate& report_template, const TakeColumns& take_columns,
                           const TakeRow& take_row) const {
  allow_reading_only(database_);
  SqliteStatement statement = prepare(report_template, database_);
  bind(report_template, statement);
  const int column_count = sqlite3_column_count(statement.handle());
  std::vector<std::string> names;
  for (int column = 0; column < column_count; ++column)
    names.emplace_back(sqlite3_column_name(statement.handle(), column));
  take_columns(names);
  int result = SQLITE_ROW;
  while ((result = sqlite3_step(statement.handle())) == SQLITE_ROW) {
    std::vector<SqliteCell> row;
    row.reserve(names.size() + 1);
    for (int column = 0; column < column_count; ++column) row.push_back(cell_of(statement, column));
    take_row(std::move(row));
  }
  if (result == SQLITE_INTERRUPT)
    throw std::runtime_error(
        report_template.name +
        ": the query took too long and was stopped; a longer time is given with --time-limit, and a query "
        "that never ends needs a LIMIT");
  if (result != SQLITE_DONE) fail_query(report_template, database_.handle(), 0);
}

std::string AnalysisDatabase::warning() const {
  return has_synthetic_headers(database_) ? std::string(kSyntheticHeaders) : std::string();
}

std::string AnalysisDatabase::why_empty(const ReportTemplate& report_template) const {
  std::string text = what_was_looked_for(report_template);
  try {
    const CaptureContents contents = read_contents(database_);
    text += ". The capture holds " + describe(contents) + '.';
    for (const std::string& line : what_to_try(contents)) text += ' ' + line;
    if (report_template.sql.find("packets ") != std::string::npos) text += why_no_packets(database_);
  } catch (const std::runtime_error&) {
    text += ". The analysis is from an older version: analyse the capture again to see what it holds.";
  }
  return text;
}

}  // namespace plaintalk::analyzer
