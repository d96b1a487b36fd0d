// docs/REPORTS.md and the tables are one thing.
#include <gtest/gtest.h>

#include "analyzer/report/report_template.hpp"
#include "analyzer/tables/describe_tables.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

std::string page() { return read_text(std::string(PLAINTALK_SOURCE_DIR) + "/docs/REPORTS.md"); }

// The rows of the section of one table, as "column" in order.
std::vector<std::string> documented_columns(const std::string& text, std::string_view table) {
  std::vector<std::string> columns;
  const std::size_t begin = text.find("\n## " + std::string(table) + "\n");
  if (begin == text.npos) return columns;
  const std::size_t end = text.find("\n## ", begin + 1);
  std::string section = text.substr(begin, end - begin);
  for (std::size_t at = section.find("\n| "); at != section.npos; at = section.find("\n| ", at + 1)) {
    const std::size_t stop = section.find(" |", at + 3);
    columns.push_back(section.substr(at + 3, stop - at - 3));
  }
  if (!columns.empty()) columns.erase(columns.begin());  // the heading
  return columns;
}

TEST(ReportsPage, DefinesEveryColumnAndNoOther) {
  const std::string text = page();
  for (const Table& table : tables()) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.emplace_back(column.name);
    EXPECT_EQ(documented_columns(text, table.name), names) << table.name;
  }
}

TEST(ReportsPage, IsWhatTheProgramPrints) {
  const std::string text = page();
  const std::size_t begin = text.find(kGeneratedBegin);
  const std::size_t end = text.find(kGeneratedEnd);
  ASSERT_NE(begin, text.npos);
  ASSERT_NE(end, text.npos);
  const std::size_t start = begin + std::string_view(kGeneratedBegin).size();
  EXPECT_EQ(text.substr(start, end - start), describe_tables())
      << "put the output of plaintalk-report --describe-tables between the two marks";
}

TEST(ReportsPage, NamesEveryTemplate) {
  const std::string text = page();
  for (const BuiltinTemplate& builtin : builtin_templates())
    EXPECT_NE(text.find("`" + std::string(builtin.name) + "`"), text.npos) << builtin.name;
}

TEST(Columns, HaveNamesThatSqlAndSpreadsheetsTake) {
  for (const Table& table : tables()) {
    std::vector<std::string_view> names;
    for (const Column& column : table.columns) {
      EXPECT_EQ(column.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), column.name.npos)
          << column.name;
      EXPECT_FALSE(column.description.empty()) << column.name;
      EXPECT_EQ(std::count(names.begin(), names.end(), column.name), 0) << column.name;
      names.push_back(column.name);
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer
