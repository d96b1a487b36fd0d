#include "analyzer/report/report_query.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <sqlite3.h>

#include "analyzer/report/database.hpp"

namespace plaintalk::analyzer {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabasePointer = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementPointer = std::unique_ptr<sqlite3_stmt, FinishStatement>;

int allow_reading_only(void*, int action, const char*, const char* second, const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return second && std::strcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
  }
}

std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    if (kPlain.find(c) != kPlain.npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kDigits[byte >> 4];
    uri += kDigits[byte & 15];
  }
  return uri + "?mode=ro&immutable=1";
}

DatabasePointer open_analysis(const std::string& analysis) {
  std::error_code error;
  std::filesystem::path path = analysis;
  if (std::filesystem::is_directory(path, error)) path /= "analysis.sqlite";
  if (!std::filesystem::is_regular_file(path, error))
    throw std::runtime_error(path.string() +
                             " does not exist: give the folder that plaintalk-analyze wrote (without "
                             "--tables), or its analysis.sqlite");
  sqlite3* opened = nullptr;
  const std::string uri = uri_of(std::filesystem::absolute(path).string());
  const int result = sqlite3_open_v2(uri.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  DatabasePointer database(opened);
  if (result != SQLITE_OK)
    throw std::runtime_error("cannot open " + path.string() + ": " + sqlite3_errmsg(opened));
  // The database may come from a stranger as well: its schema must not be able to call anything.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(opened, "PRAGMA application_id", -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(path.string() + " is no database of plaintalk-analyze");
  const StatementPointer query(statement);
  if (sqlite3_step(statement) != SQLITE_ROW || sqlite3_column_int64(statement, 0) != kDatabaseApplicationId)
    throw std::runtime_error(path.string() + " is no database of plaintalk-analyze");
  sqlite3_set_authorizer(opened, allow_reading_only, nullptr);
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

bool only_blank_or_comments(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  DatabasePointer empty;
  sqlite3* opened = nullptr;
  sqlite3_open(":memory:", &opened);
  empty.reset(opened);
  const int result =
      sqlite3_prepare_v2(opened, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  const bool nothing = result == SQLITE_OK && statement == nullptr;
  sqlite3_finalize(statement);
  return nothing;
}

ReportCell cell_of(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) return {};
  const auto* text = sqlite3_column_text(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return {type == SQLITE_INTEGER || type == SQLITE_FLOAT,
          std::string(reinterpret_cast<const char*>(text), size)};
}

void bind(const ReportTemplate& report_template, sqlite3_stmt* statement) {
  for (const auto& parameter : report_template.parameters) {
    const int place = sqlite3_bind_parameter_index(statement, (':' + parameter.name).c_str());
    if (place > 0)
      sqlite3_bind_text64(statement, place, parameter.value.data(), parameter.value.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  }
}

}  // namespace

Report run_report(const ReportTemplate& report_template, const std::string& analysis) {
  const DatabasePointer database = open_analysis(analysis);
  const std::string& sql = report_template.sql;
  sqlite3_stmt* prepared = nullptr;
  const char* tail = nullptr;
  if (sqlite3_prepare_v2(database.get(), sql.c_str(), static_cast<int>(sql.size()), &prepared, &tail) !=
      SQLITE_OK)
    fail_query(report_template, database.get(), 0);
  const StatementPointer statement(prepared);
  if (!statement || sqlite3_column_count(prepared) == 0)
    throw std::runtime_error(report_template.name + ": there is no query in it");
  if (!only_blank_or_comments(std::string_view(sql).substr(static_cast<std::size_t>(tail - sql.c_str()))))
    throw std::runtime_error(report_template.name + ", line " +
                             std::to_string(1 + std::count(sql.c_str(), tail, '\n')) +
                             ": a template is one query; something follows its end");
  bind(report_template, prepared);

  Report report;
  report.title = report_template.title;
  report.description = report_template.description;
  const int column_count = sqlite3_column_count(prepared);
  for (int column = 0; column < column_count; ++column)
    report.columns.emplace_back(sqlite3_column_name(prepared, column));
  int result = SQLITE_ROW;
  while ((result = sqlite3_step(prepared)) == SQLITE_ROW) {
    if (report.rows.size() == kReportRowCountMax)
      throw std::runtime_error(report_template.name + ": too many rows; add a LIMIT");
    auto& row = report.rows.emplace_back();
    for (int column = 0; column < column_count; ++column) row.push_back(cell_of(prepared, column));
  }
  if (result != SQLITE_DONE) fail_query(report_template, database.get(), 0);
  return report;
}

}  // namespace plaintalk::analyzer
