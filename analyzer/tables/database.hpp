// The tables as an SQLite database, written in one transaction. Numbers are INTEGER or REAL. Times are TEXT
// with all nine decimals, so that none is lost; beside each stands a computed integer column NAME_ns for
// arithmetic. The table `about` says what was analysed, with which version.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/tables/table.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

// "PTLK": what `file` and SQLite's application_id show.
inline constexpr std::uint32_t kDatabaseApplicationId = 0x50544C4B;

class Database : public RowSink {
 public:
  // Fills the empty file at `path` with empty tables. Throws std::runtime_error.
  explicit Database(const std::string& path);

  void row(const Row& row) override;
  void about(std::string_view key, std::string_view value);
  // Adds the indexes and closes.
  void finish();

 private:
  void create(const Table& table);

  SqliteDatabase database_;
  std::map<const Table*, SqliteStatement> inserts_;
};

}  // namespace plaintalk::analyzer
