#include "analyzer/tables/database.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/tables/analysis_folder.hpp"

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
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kIndexes{{
    {"connections", "connection"},
    {"messages", "room, seq"},
    {"deliveries", "room, seq"},
    {"deliveries", "connection"},
    {"pdus", "connection, direction"},
    {"tcp_events", "connection"},
    {"packets", "connection, packet"},
    {"packets", "packet"},
    {"findings", "kind"},
}};

}  // namespace

std::string create_table_sql(const Table& table, const std::string& further_columns) {
  std::string columns;
  std::string computed;
  for (const Column& column : table.columns) {
    const std::string name(column.name);
    if (!columns.empty()) columns += ", ";
    columns += name + ' ' + std::string(sql_type(column.type));
    // Nine decimals without the point are nanoseconds.
    if (column.type == CellType::time)
      computed += ", " + name + "_ns INTEGER GENERATED ALWAYS AS (CAST(replace(" + name +
                  ", '.', '') AS INTEGER)) VIRTUAL";
  }
  return "CREATE TABLE " + std::string(table.name) + " (" + further_columns + columns + computed + ")";
}

void create_indexes(const SqliteDatabase& database, const std::string& further_columns) {
  int number = 0;
  for (const auto& [table, columns] : kIndexes)
    database.run("CREATE INDEX " + std::string(table) + "_by_" + std::to_string(++number) + " ON " +
                 std::string(table) + " (" + further_columns + std::string(columns) + ")");
}

Database::Database(const std::string& path, const std::string& name) : name_(name) {
  open(path);
  connection_->database.run("PRAGMA application_id = " + std::to_string(kDatabaseApplicationId) +
                            "; BEGIN; CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)");
  for (const Table& table : tables()) connection_->database.run(create_table_sql(table, ""));
  prepare_inserts();
}

void Database::open(const std::string& path) {
  path_ = path;
  SqliteDatabase::keep_temporary_files_in(std::filesystem::path(path).parent_path().string());
  connection_.reset(new Connection{SqliteDatabase(path, SqliteDatabase::Mode::read_write, name_), {}});
  // The file takes its own name only when it is whole: neither a journal nor a flush is needed before that.
  connection_->database.run(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
}

void Database::prepare_inserts() {
  for (const Table& table : tables()) {
    std::string names;
    std::string values;
    for (const Column& column : table.columns) {
      names += (names.empty() ? "" : ", ") + std::string(column.name);
      values += values.empty() ? "?" : ", ?";
    }
    connection_->inserts.emplace(
        &table, connection_->database.prepare("INSERT INTO " + std::string(table.name) + " (" + names +
                                              ") VALUES (" + values + ")"));
  }
}

void Database::save() { connection_->database.run("COMMIT; PRAGMA cache_spill = OFF; BEGIN"); }

void Database::write_on() { connection_->database.run("PRAGMA cache_spill = ON"); }

std::size_t Database::kept() const { return connection_->database.cache_size(); }

void Database::go_on_in(const std::string& path) {
  static_cast<void>(connection_.release());  // it belongs to the original, which will close it
  open(path);
  connection_->database.run("BEGIN");
  prepare_inserts();
}

void Database::row(const Row& row) {
  SqliteStatement& insert = connection_->inserts.at(&row.table());
  const auto cells = row.cells();
  for (std::size_t index = 0; index < cells.size(); ++index) {
    const Cell& cell = cells[index];
    const int place = static_cast<int>(index) + 1;
    if (!cell.present) continue;  // NULL since the last reset
    switch (row.table().columns[index].type) {
      case CellType::integer: insert.bind(place, cell.number); break;
      case CellType::microseconds: insert.bind(place, static_cast<double>(cell.number) / 1e3); break;
      case CellType::seconds: insert.bind(place, static_cast<double>(cell.number) / 1e9); break;
      case CellType::text: insert.bind(place, row.text(index)); break;
      case CellType::time: {
        scratch_.clear();
        append_number(scratch_, cell, CellType::time);
        insert.bind(place, scratch_);
        break;
      }
    }
  }
  insert.next();
  insert.reset();
}

void Database::clear(const Table& table) {
  connection_->database.run("DELETE FROM " + std::string(table.name));
  has_room_ = true;
}

void Database::about(std::string_view key, std::string_view value) {
  SqliteStatement insert = connection_->database.prepare("INSERT OR REPLACE INTO about VALUES (?, ?)");
  insert.bind(1, key);
  insert.bind(2, value);
  insert.next();
}

void Database::finish() {
  connection_->inserts.clear();
  create_indexes(connection_->database, "");
  connection_->database.run("COMMIT");
  connection_->database.run("ANALYZE");
  if (has_room_) give_back_room();
  connection_->database.close();
}

// Into another file that takes this one's place. Where the disk has no room for both, this one stays: it is
// larger than need be, and whole.
void Database::give_back_room() {
  const std::string smaller = path_ + std::string(AnalysisFolder::kSmallerSuffix);
  const int file =
      ::open(smaller.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return;
  ::close(file);
  try {
    SqliteStatement copy = connection_->database.prepare("VACUUM INTO ?");
    copy.bind(1, smaller);
    copy.next();
    if (::rename(smaller.c_str(), path_.c_str()) == 0) return;
  } catch (const std::runtime_error&) {
  }
  ::unlink(smaller.c_str());
}

}  // namespace plaintalk::analyzer
