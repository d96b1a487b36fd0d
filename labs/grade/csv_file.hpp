// CSV files that teachers have (rosters, overrides) and get.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::labs {

// RFC 4180, with or without a byte-order mark; separated by commas or, as spreadsheets in some countries
// write it, by semicolons. Each row by the lower-case name of its column.
using CsvRow = std::map<std::string, std::string, std::less<>>;

// Throws std::runtime_error when the file is missing, larger than 16 MiB, or a quotation mark never closes.
std::vector<CsvRow> read_csv(const std::filesystem::path& path);

// The first of these columns that the row has and that is not empty.
std::string column(const CsvRow& row, std::initializer_list<std::string_view> names);

// Rows for a file; cells that a spreadsheet would run as a formula are made harmless (base/text.hpp).
class CsvText {
 public:
  explicit CsvText(std::initializer_list<std::string_view> header) {
    add(std::vector<std::string>(header.begin(), header.end()));
  }
  explicit CsvText(const std::vector<std::string>& header) { add(header); }
  void add(const std::vector<std::string>& cells);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace plaintalk::labs
