#include "analyzer/tables/csv_tables.hpp"

#include "base/text.hpp"

namespace plaintalk::analyzer {

std::string csv_header(const Table& table) {
  std::string line;
  for (const Column& column : table.columns) {
    if (!line.empty()) line += ',';
    line += column.name;
  }
  return line + '\n';
}

std::string csv_line(const Row& row) {
  std::string line;
  append_csv_line(line, row);
  return line;
}

void append_csv_line(std::string& out, const Row& row) {
  const auto cells = row.cells();
  for (std::size_t index = 0; index < cells.size(); ++index) {
    if (index != 0) out += ',';
    const CellType type = row.table().columns[index].type;
    if (type == CellType::text) {
      append_csv_field(out, row.text(index));
    } else {
      append_number(out, cells[index], type);
    }
  }
  out += '\n';
}

void CsvTables::add(const Table& table) {
  const auto [file, is_new] = files_.emplace(&table, folder_.create(std::string(table.name) + ".csv"));
  file->second.write(csv_header(table));
}

void CsvTables::row(const Row& row) {
  const auto file = files_.find(&row.table());
  if (file != files_.end()) file->second.append([&](std::string& out) { append_csv_line(out, row); });
}

void CsvTables::remove(const Table& table) {
  if (files_.erase(&table) != 0) folder_.abandon(std::string(table.name) + ".csv");
}

void CsvTables::flush() {
  for (auto& [table, file] : files_) file.flush();
}

void CsvTables::finish() {
  for (auto& [table, file] : files_) file.close();
  files_.clear();
}

}  // namespace plaintalk::analyzer
