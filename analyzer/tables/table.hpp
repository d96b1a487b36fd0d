// The result tables: one description of their columns, from which CSV files, the database and docs/REPORTS.md
// are made or checked. And a row builder that cannot put a value into a column of another type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::analyzer {

enum class CellType : std::uint8_t {
  text,
  integer,
  microseconds,  // three decimals
  seconds,       // a span, nine decimals
  time,          // epoch seconds, nine decimals
};

struct Column {
  std::string_view name;
  CellType type{};
  std::string_view description;
  bool is_of_headers = false;  // comes from TCP/IP headers: empty where an application made them up
};

struct Table {
  std::string_view name;
  std::string_view description;
  std::vector<Column> columns;
  bool is_of_headers = false;  // all of it: without rows where an application made the headers up
};

// Every table, in the order in which they are listed for people.
const std::vector<Table>& tables();
const Table* find_table(std::string_view name);

// "text", "integer", "µs", ...: the unit as it stands in docs/REPORTS.md.
std::string_view unit_of(CellType type);

struct Cell {
  bool present = false;
  std::size_t text_end = 0;  // of text columns: Row::text() gives it
  std::int64_t number = 0;   // of all others; nanoseconds for spans and times
};

// Fills the cells of one row from left to right. Rows are many, and one is written before the next is made:
// they hand on what they were made of.
class Row {
 public:
  explicit Row(const Table& table);
  // A copy of a whole one.
  Row(const Table& table, std::span<const Cell> cells, std::string_view texts);
  Row(Row&&) = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;
  ~Row();

  Row& text(std::string_view value);  // an empty text is an empty cell
  Row& integer(std::uint64_t value);
  Row& integer(std::optional<std::uint64_t> value);
  Row& signed_integer(std::int64_t value);
  Row& microseconds(std::optional<Nanoseconds> value);
  Row& seconds(std::optional<Nanoseconds> value);
  Row& time(std::optional<WallTime> value);

  // REQUIRES: every column has been filled.
  Row without_header_figures() const;

  const Table& table() const { return table_; }
  // REQUIRES: every column has been filled.
  std::span<const Cell> cells() const;
  // Of all text columns, one after the other.
  std::string_view texts() const { return texts_; }
  // Of a text column.
  std::string_view text(std::size_t column) const {
    const std::size_t begin = column == 0 ? 0 : cells_[column - 1].text_end;
    return std::string_view(texts_).substr(begin, cells_[column].text_end - begin);
  }

 private:
  Row& add(CellType type, bool present, std::int64_t number);

  const Table& table_;
  std::vector<Cell> cells_;
  std::string texts_;  // of all cells, one after the other
};

// The cell of a column that is no text, as it stands in a CSV file; nothing for an absent one.
void append_number(std::string& out, const Cell& cell, CellType type);

// Text as tables keep it: as it is, but control characters except line feed and tab, and bytes that are not
// UTF-8, become \x1b escapes.
std::string table_text(std::string_view text);
void append_table_text(std::string& out, std::string_view text);

class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void row(const Row& row) = 0;
  // Whether it does anything with rows of this table.
  virtual bool wants(const Table&) const { return true; }
};

}  // namespace plaintalk::analyzer
