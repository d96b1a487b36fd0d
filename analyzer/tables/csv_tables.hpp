// The tables as CSV files: RFC 4180 with LF line ends, a header line, text columns safe against spreadsheets'
// formulas.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {

std::string csv_header(const Table& table);
std::string csv_line(const Row& row);
void append_csv_line(std::string& out, const Row& row);

class CsvTables : public RowSink {
 public:
  explicit CsvTables(AnalysisFolder& folder) : folder_(folder) {}

  void add(const Table& table);
  void row(const Row& row) override;  // of a table that was not added: nothing
  void remove(const Table& table);    // with all its rows, as if it had not been added
  bool wants(const Table& table) const override { return files_.contains(&table); }
  void flush();  // every row is with the kernel
  void finish();

 private:
  AnalysisFolder& folder_;
  std::map<const Table*, OutputFile> files_;
};

}  // namespace plaintalk::analyzer
