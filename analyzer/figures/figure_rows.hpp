// The rows of a figure's query, kept small: a million packets are a figure too. Each row is held as its JSON,
// and the columns that are drawn are held once more as numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/report_query.hpp"
#include "base/sqlite/reading_only.hpp"

namespace plaintalk::analyzer {

class FigureRows {
 public:
  // `drawn` are the columns that are needed as numbers. The first `table_row_max` rows are kept as they are.
  FigureRows(std::vector<std::string> columns, const std::vector<std::size_t>& drawn,
             std::size_t table_row_max);

  // Throws std::runtime_error when it would be more than the bounds.
  void add(std::vector<SqliteCell>&& cells, std::size_t row_max, std::size_t size_max);

  std::size_t size() const { return ends_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  // "[1,null,\"text\"]", without any "<".
  std::string_view json(std::size_t row) const;
  // Of a drawn column; NaN where it has no number.
  const std::vector<double>& numbers(std::size_t column) const { return numbers_[column]; }
  // The JSON of one cell: equal for equal values.
  std::string_view cell(std::size_t row, std::size_t column) const;
  std::vector<std::vector<ReportCell>> take_table() { return std::move(table_); }

 private:
  std::vector<std::string> columns_;
  std::vector<bool> is_drawn_;
  std::size_t table_row_max_;
  std::string text_;
  std::vector<std::uint64_t> ends_;       // of each row in text_
  std::vector<std::uint32_t> cell_ends_;  // of each cell in its row
  std::vector<std::vector<double>> numbers_;
  std::vector<std::vector<ReportCell>> table_;
  std::size_t table_size_ = 0;
};

// A JSON string without "<", so that it may stand in a script of a page.
std::string json_string(std::string_view text);

}  // namespace plaintalk::analyzer
