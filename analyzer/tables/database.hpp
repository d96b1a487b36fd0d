// The tables as an SQLite database, written in one transaction. Numbers are INTEGER or REAL. Times are TEXT
// with all nine decimals, so that none is lost; beside each stands a computed integer column NAME_ns for
// arithmetic. The table `about` says what was analysed, with which version.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/tables/table.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

// "PTLK": what `file` and SQLite's application_id show.
inline constexpr std::uint32_t kDatabaseApplicationId = 0x50544C4B;

// CREATE TABLE for a result table, with further columns before its own ("name TEXT, ").
std::string create_table_sql(const Table& table, const std::string& further_columns);
// What templates join and sort by, with further columns first.
void create_indexes(const SqliteDatabase& database, const std::string& further_columns);

class Database : public RowSink {
 public:
  // Fills the empty file at `path`, which will be called `name` one day, with empty tables. What has no room
  // in memory goes to nameless files beside it, so that there is one disk that can be full. Throws
  // std::runtime_error.
  Database(const std::string& path, const std::string& name);

  void row(const Row& row) override;
  void about(std::string_view key, std::string_view value);
  // Takes all rows of the table out; their room in the file is given back by finish(), if there is room to
  // write the rest once more.
  void clear(const Table& table);
  // Everything up to now is in the file, and a copy of the file is a database until write_on(): what comes in
  // between is kept in memory.
  void save();
  void write_on();
  // What is kept in memory, in bytes.
  std::size_t kept() const;
  // In a copy of the process, where the open database must not be used any more
  // (sqlite.org/howtocorrupt.html, section 2.6): goes on in the copy of the file at `path`.
  void go_on_in(const std::string& path);
  // Adds the indexes and closes.
  void finish();

 private:
  struct Connection {
    SqliteDatabase database;
    std::map<const Table*, SqliteStatement> inserts;
  };
  void open(const std::string& path);
  void prepare_inserts();
  void give_back_room();

  std::string path_;
  std::string name_;
  std::unique_ptr<Connection> connection_;
  bool has_room_ = false;  // that nothing uses
  std::string scratch_;
};

}  // namespace plaintalk::analyzer
