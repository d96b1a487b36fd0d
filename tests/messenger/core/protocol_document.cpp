#include "tests/messenger/core/protocol_document.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace plaintalk::messenger::test {

std::vector<std::string> section(int number) {
  std::ifstream file(PLAINTALK_PROTOCOL_DOCUMENT);
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line.starts_with("## " + std::to_string(number) + ". ");
    if (inside) lines.push_back(line);
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t end = text.find_last_not_of(' ');
  return std::string(text.substr(begin, end == text.npos ? 0 : end + 1 - begin));
}

std::vector<std::vector<std::string>> table(int number, const std::string& first_cell) {
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (const std::string& line : section(number)) {
    if (line.starts_with("| " + first_cell + " |")) {
      inside = true;
    } else if (!line.starts_with('|')) {
      inside = false;
    } else if (inside && !line.starts_with("|--")) {
      std::vector<std::string>& row = rows.emplace_back();
      std::istringstream cells(line.substr(1));
      for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
    }
  }
  return rows;
}

}  // namespace plaintalk::messenger::test
