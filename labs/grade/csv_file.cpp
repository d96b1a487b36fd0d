#include "labs/grade/csv_file.hpp"

#include <stdexcept>

#include "base/text.hpp"
#include "labs/course/letters.hpp"
#include "labs/files/text_file.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::uintmax_t kSizeMax = 16U << 20;

std::vector<std::vector<std::string>> parse(std::string_view text, char separator, const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool is_quoted = false;
  bool was_quoted = false;
  const auto end_cell = [&] {
    row.push_back(std::move(cell));
    cell.clear();
    was_quoted = false;
  };
  const auto end_row = [&] {
    end_cell();
    if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
    row.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted) {
      if (c != '"') {
        cell += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += '"';
        ++at;
      } else {
        is_quoted = false;
      }
    } else if (c == '"' && cell.empty() && !was_quoted) {
      is_quoted = was_quoted = true;
    } else if (c == separator) {
      end_cell();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (is_quoted) throw std::runtime_error(name + ": a quotation mark is never closed");
  if (!cell.empty() || !row.empty()) end_row();
  return rows;
}

}  // namespace

std::vector<CsvRow> read_csv(const std::filesystem::path& path) {
  std::string text = read_text_file(path, kSizeMax);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const std::string first = text.substr(0, text.find('\n'));
  const char separator = first.contains(';') && !first.contains(',') ? ';' : ',';
  const auto rows = parse(text, separator, path.string());
  std::vector<CsvRow> all;
  for (std::size_t index = 1; index < rows.size(); ++index) {
    CsvRow& row = all.emplace_back();
    for (std::size_t place = 0; place < rows[0].size() && place < rows[index].size(); ++place)
      row[lower_case(trimmed(rows[0][place]))] = trimmed(rows[index][place]);
  }
  return all;
}

std::string column(const CsvRow& row, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = row.find(name);
    if (found != row.end() && !found->second.empty()) return found->second;
  }
  return {};
}

void CsvText::add(const std::vector<std::string>& cells) {
  for (std::size_t place = 0; place < cells.size(); ++place) {
    if (place > 0) text_ += ',';
    append_csv_field(text_, cells[place]);
  }
  text_ += '\n';
}

}  // namespace plaintalk::labs
