#include "analyzer/report/report_query.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <sqlite3.h>

#include "analyzer/report/analysis_contents.hpp"
#include "analyzer/report/many_captures.hpp"
#include "analyzer/tables/combined_tables.hpp"
#include "analyzer/tables/database.hpp"
#include "base/sqlite/reading_only.hpp"
#include "base/sqlite/sqlite.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

bool is_analysis(const SqliteDatabase& database) {
  try {
    SqliteStatement query = database.prepare("PRAGMA application_id");
    return query.next() && query.integer(0) == kDatabaseApplicationId;
  } catch (const std::runtime_error&) {
    return false;
  }
}

SqliteDatabase open_analysis(const std::string& analysis) {
  std::error_code error;
  std::filesystem::path path = analysis;
  if (std::filesystem::is_directory(path, error)) path /= "analysis.sqlite";
  if (!std::filesystem::is_regular_file(path, error))
    throw std::runtime_error(path.string() +
                             " does not exist: give the folder that plaintalk-analyze wrote (without "
                             "--tables), or its analysis.sqlite");
  SqliteDatabase database(path, SqliteDatabase::Mode::immutable);
  if (!is_analysis(database))
    throw std::runtime_error(path.string() + " is no database of plaintalk-analyze");
  return database;
}

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

ReportCell report_cell(const SqliteStatement& statement, int column) {
  SqliteCell cell = cell_of(statement, column);
  return {cell.is_number(), std::move(cell.text)};
}

void bind(const ReportTemplate& report_template, SqliteStatement& statement) {
  for (const auto& parameter : report_template.parameters) {
    const int place = sqlite3_bind_parameter_index(statement.handle(), (':' + parameter.name).c_str());
    if (place > 0) statement.bind(place, parameter.value);
  }
}

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

// The table of packets is left out of a long capture.
std::string why_no_packets(const SqliteDatabase& database) {
  SqliteStatement about = database.prepare("SELECT value FROM about WHERE key = 'packets_table'");
  return about.next() ? ' ' + about.text(0) : std::string();
}

// And what is there instead.
std::string why_empty(const ReportTemplate& report_template, const SqliteDatabase& database) {
  std::string text = what_was_looked_for(report_template);
  try {
    const CaptureContents contents = read_contents(database);
    text += ". The capture holds " + describe(contents) + '.';
    for (const std::string& line : what_to_try(contents)) text += ' ' + line;
    if (report_template.sql.find("packets ") != std::string::npos) text += why_no_packets(database);
  } catch (const std::runtime_error&) {
    text += ". The analysis is from an older version: analyse the capture again to see what it holds.";
  }
  return text;
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

class Runner {
 public:
  Runner(const ReportTemplate& report_template, const SqliteDatabase& database, const ReportLimits& limits)
      : template_(report_template), database_(database), limits_(limits), time_limit_(database, limits.time) {
    report_.title = report_template.title;
    report_.description = report_template.description;
  }

  // `capture` is put before each row, unless it is nullptr.
  void run(const std::string* capture) {
    allow_reading_only(database_);
    SqliteStatement statement = prepare(template_, database_);
    bind(template_, statement);
    const int column_count = sqlite3_column_count(statement.handle());
    if (report_.columns.empty()) {
      if (capture != nullptr) report_.columns.emplace_back(kCaptureColumn);
      for (int column = 0; column < column_count; ++column)
        report_.columns.emplace_back(sqlite3_column_name(statement.handle(), column));
    }
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(statement.handle())) == SQLITE_ROW)
      take_row(statement, column_count, capture);
    if (result == SQLITE_INTERRUPT)
      throw std::runtime_error(
          template_.name + ": the query was stopped after " +
          std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits_.time).count()) +
          " seconds; a longer time is given with --time-limit, and a query that never ends needs a LIMIT");
    if (result != SQLITE_DONE) fail_query(template_, database_.handle(), 0);
  }

  Report take() { return std::move(report_); }

 private:
  void take_row(const SqliteStatement& statement, int column_count, const std::string* capture) {
    if (report_.rows.size() == limits_.row_count_max)
      throw std::runtime_error(template_.name + ": the query gives more than " +
                               std::to_string(limits_.row_count_max) + " rows; add a LIMIT");
    auto& row = report_.rows.emplace_back();
    row.reserve(static_cast<std::size_t>(column_count) + 1);
    if (capture != nullptr) row.push_back({false, *capture});
    for (int column = 0; column < column_count; ++column) row.push_back(report_cell(statement, column));
    for (const ReportCell& cell : row) size_ += sizeof(ReportCell) + cell.text.size();
    if (size_ > limits_.size_max)
      throw std::runtime_error(template_.name + ": the query gives more than " +
                               std::to_string(limits_.size_max >> 20) + " MiB; add a LIMIT");
  }

  const ReportTemplate& template_;
  const SqliteDatabase& database_;
  const ReportLimits& limits_;
  SqliteTimeLimit time_limit_;
  Report report_;
  std::size_t size_ = 0;
};

}  // namespace

Report run_report(const ReportTemplate& report_template, const std::string& analysis,
                  const ReportLimits& limits, const std::string& capture) {
  const SqliteDatabase database = open_analysis(analysis);
  const ManyCaptures many(database);
  Runner runner(report_template, database, limits);
  if (!many.any()) {
    if (!capture.empty())
      throw std::runtime_error(
          "this analysis is of one capture; --capture chooses among those of analyze --each");
    runner.run(nullptr);
  } else if (!capture.empty()) {
    many.choose(capture);
    runner.run(nullptr);
  } else {
    for (const std::string& name : many.names()) {
      many.choose(name);
      runner.run(&name);
    }
  }
  Report report = runner.take();
  if (has_synthetic_headers(database)) report.warning = kSyntheticHeaders;
  if (!report.rows.empty()) return report;
  report.why_empty = many.any() && capture.empty() ? what_was_looked_for(report_template) + " in any of " +
                                                         plural(many.names().size(), "capture") +
                                                         ". `--capture NAME` says what one of them holds."
                                                   : why_empty(report_template, database);
  return report;
}

}  // namespace plaintalk::analyzer
