// The tables of many analyses as one: the same CSV files and the same database, with a first column `capture`
// that names the capture that a row is from. Made from what the analyses wrote.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/tables/table.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

inline constexpr std::string_view kCaptureColumn = "capture";

class CombinedTables {
 public:
  // `names`: only these tables, as CSV, and no database; empty: everything.
  CombinedTables(AnalysisFolder& folder, const std::vector<std::string>& names);

  // Everything that the analysis in that folder wrote. Throws std::runtime_error.
  void add(const std::string& capture, const std::string& analysis);
  // It could not be analysed: only `captures` has a row for it, which says why.
  void add_failed(const std::string& capture, const std::string& why);
  void finish(std::string_view program);

 private:
  void create_database(const std::string& path, const std::string& name);
  void copy_csv(const Table& table, const std::string& capture, const std::string& path);
  void copy_rows(const std::string& capture, const std::string& path);

  std::map<const Table*, OutputFile> files_;
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace plaintalk::analyzer
