#include "analyzer/report/database.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <sqlite3.h>

namespace plaintalk::analyzer {
namespace {

std::string_view sql_type(CellType type) {
  switch (type) {
    case CellType::integer: return "INTEGER";
    case CellType::microseconds:
    case CellType::seconds: return "REAL";
    case CellType::text:
    case CellType::time: return "TEXT";
  }
  return "TEXT";
}

// What templates join and sort by.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kIndexes{{
    {"connections", "connection"},
    {"messages", "room, seq"},
    {"deliveries", "room, seq"},
    {"deliveries", "connection"},
    {"pdus", "connection, direction"},
    {"tcp_events", "connection"},
    {"findings", "kind"},
}};

}  // namespace

Database::Database(const std::string& path) : path_(path) {
  if (sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
    fail("cannot create");
  // The file takes its own name only when it is whole: neither a journal nor a flush is needed before that.
  run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA "
      "application_id = " +
      std::to_string(kDatabaseApplicationId) +
      "; BEGIN; CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)");
  for (const Table& table : tables()) create(table);
}

Database::~Database() {
  for (const auto& [table, insert] : inserts_) sqlite3_finalize(insert);
  sqlite3_close(database_);
}

void Database::fail(const char* what) const {
  throw std::runtime_error(std::string(what) + ' ' + path_ + ": " + sqlite3_errmsg(database_));
}

void Database::run(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail("cannot write");
}

void Database::create(const Table& table) {
  std::string columns;
  std::string computed;
  std::string names;
  std::string values;
  for (const Column& column : table.columns) {
    const std::string name(column.name);
    if (!names.empty()) {
      columns += ", ";
      names += ", ";
      values += ", ";
    }
    columns += name + ' ' + std::string(sql_type(column.type));
    names += name;
    values += '?';
    // Nine decimals without the point are nanoseconds.
    if (column.type == CellType::time)
      computed += ", " + name + "_ns INTEGER GENERATED ALWAYS AS (CAST(replace(" + name +
                  ", '.', '') AS INTEGER)) VIRTUAL";
  }
  run("CREATE TABLE " + std::string(table.name) + " (" + columns + computed + ")");
  const std::string insert =
      "INSERT INTO " + std::string(table.name) + " (" + names + ") VALUES (" + values + ")";
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, insert.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    fail("cannot write");
  inserts_.emplace(&table, statement);
}

void Database::row(const Row& row) {
  sqlite3_stmt* statement = inserts_.at(&row.table());
  const auto cells = row.cells();
  std::vector<std::string> texts(cells.size());
  int result = SQLITE_OK;
  for (std::size_t index = 0; index < cells.size() && result == SQLITE_OK; ++index) {
    const Cell& cell = cells[index];
    const int place = static_cast<int>(index) + 1;
    if (!cell.present) {
      result = sqlite3_bind_null(statement, place);
      continue;
    }
    switch (row.table().columns[index].type) {
      case CellType::integer: result = sqlite3_bind_int64(statement, place, cell.number); break;
      case CellType::microseconds:
        result = sqlite3_bind_double(statement, place, static_cast<double>(cell.number) / 1e3);
        break;
      case CellType::seconds:
        result = sqlite3_bind_double(statement, place, static_cast<double>(cell.number) / 1e9);
        break;
      case CellType::text:
        result = sqlite3_bind_text64(statement, place, cell.text.data(), cell.text.size(), SQLITE_STATIC,
                                     SQLITE_UTF8);
        break;
      case CellType::time:
        texts[index] = render(cell, CellType::time);
        result = sqlite3_bind_text64(statement, place, texts[index].data(), texts[index].size(),
                                     SQLITE_STATIC, SQLITE_UTF8);
        break;
    }
  }
  if (result != SQLITE_OK || sqlite3_step(statement) != SQLITE_DONE) fail("cannot write");
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

void Database::about(std::string_view key, std::string_view value) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, "INSERT OR REPLACE INTO about VALUES (?, ?)", -1, &statement, nullptr) !=
      SQLITE_OK)
    fail("cannot write");
  sqlite3_bind_text64(statement, 1, key.data(), key.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  sqlite3_bind_text64(statement, 2, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  const int result = sqlite3_step(statement);
  sqlite3_finalize(statement);
  if (result != SQLITE_DONE) fail("cannot write");
}

void Database::finish() {
  for (const auto& [table, insert] : inserts_) sqlite3_finalize(insert);
  inserts_.clear();
  int number = 0;
  for (const auto& [table, columns] : kIndexes)
    run("CREATE INDEX " + std::string(table) + "_by_" + std::to_string(++number) + " ON " +
        std::string(table) + " (" + std::string(columns) + ")");
  run("COMMIT; ANALYZE");
  if (sqlite3_close(std::exchange(database_, nullptr)) != SQLITE_OK)
    throw std::runtime_error("cannot write " + path_);
}

}  // namespace plaintalk::analyzer
