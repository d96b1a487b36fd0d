#include "analyzer/tables/describe_tables.hpp"

#include "analyzer/tables/table.hpp"
#include "analyzer/talk/findings.hpp"

namespace plaintalk::analyzer {

std::string describe_tables() {
  std::string page;
  for (const Table& table : tables()) {
    page += "## " + std::string(table.name) + "\n" + std::string(table.description) +
            "\n\n| column | unit | meaning |\n|---|---|---|\n";
    for (const Column& column : table.columns)
      page += "| " + std::string(column.name) + " | " + std::string(unit_of(column.type)) + " | " +
              std::string(column.description) + " |\n";
    page += '\n';
  }
  page += "## Kinds of findings\n| rule | kind | severity | meaning |\n|---|---|---|---|\n";
  for (const FindingKind& kind : finding_kinds())
    page += "| " + std::string(kind.rule) + " | " + std::string(kind.name) + " | " +
            std::string(name_of(kind.severity)) + " | " + std::string(kind.meaning) + " |\n";
  return page;
}

}  // namespace plaintalk::analyzer
