#include "analyzer/report/text_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kGap = 2;            // between columns
constexpr std::size_t kTextWidthMin = 10;  // a text column is not made narrower than this
constexpr std::size_t kWordWidthMax = 20;  // nor than its longest word, if that is no longer than this

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15, East Asian Width W and F, in coarse blocks; and what combines with the character before.
constexpr std::array<Range, 12> kWide{{{0x1100, 0x115f},
                                       {0x2e80, 0x303e},
                                       {0x3041, 0x33ff},
                                       {0x3400, 0x4dbf},
                                       {0x4e00, 0xa4cf},
                                       {0xa960, 0xa97f},
                                       {0xac00, 0xd7a3},
                                       {0xf900, 0xfaff},
                                       {0xfe30, 0xfe6f},
                                       {0xff01, 0xff60},
                                       {0x1f300, 0x1faff},
                                       {0x20000, 0x3fffd}}};
constexpr std::array<Range, 8> kCombining{{{0x0300, 0x036f},
                                           {0x0483, 0x0489},
                                           {0x0591, 0x05bd},
                                           {0x0610, 0x061a},
                                           {0x064b, 0x065f},
                                           {0x1ab0, 0x1aff},
                                           {0x200b, 0x200f},
                                           {0xfe00, 0xfe0f}}};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t width_of_character(char32_t c) {
  if (is_in(kCombining, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

// Bytes of the character at the front of well-formed UTF-8; its value is put in `c`.
std::size_t take_character(std::string_view text, char32_t& c) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t size = std::min<std::size_t>(text.size(), byte(0) < 0x80   ? 1
                                                              : byte(0) < 0xe0 ? 2
                                                              : byte(0) < 0xf0 ? 3
                                                                               : 4);
  c = size == 1 ? byte(0) : byte(0) & (0xffU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) c = c << 6U | (byte(at) & 0x3fU);
  return size;
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::size_t own = width_of(text);
  const std::string padding(width > own ? width - own : 0, ' ');
  return to_the_right ? padding + text : text + padding;
}

void add_line(std::string& text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

std::size_t sum_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

std::vector<std::size_t> natural_widths(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(width_of(column));
  for (const auto& row : table.rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], width_of(row[column]));
  return widths;
}

// How narrow a column can get.
std::vector<std::size_t> least_widths(const TextTable& table, const std::vector<std::size_t>& natural) {
  std::vector<std::size_t> widths = natural;
  for (std::size_t column = 0; column < natural.size(); ++column) {
    if (table.is_number[column]) continue;
    std::size_t least = std::max(width_of(table.columns[column]), std::min(natural[column], kTextWidthMin));
    for (const auto& row : table.rows) {
      for (std::string_view rest = row[column]; !rest.empty();) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::size_t word = width_of(rest.substr(0, end));
        if (word <= kWordWidthMax) least = std::max(least, word);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    widths[column] = least;
  }
  return widths;
}

// Takes from the widest text columns first. Nothing when there is no room all the same.
std::vector<std::size_t> fitted_widths(const TextTable& table, std::vector<std::size_t> widths,
                                       std::size_t width) {
  const std::vector<std::size_t> least = least_widths(table, widths);
  std::size_t sum = sum_of(widths);
  while (sum > width) {
    std::size_t widest = widths.size();
    for (std::size_t column = 0; column < widths.size(); ++column)
      if (widths[column] > least[column] && (widest == widths.size() || widths[column] > widths[widest]))
        widest = column;
    if (widest == widths.size()) return {};
    --widths[widest];
    --sum;
  }
  return widths;
}

void add_row(const std::vector<std::string>& cells, const TextTable& table,
             const std::vector<std::size_t>& widths, std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t column = 0; column < cells.size(); ++column) {
    lines.push_back(wrapped(cells[column], widths[column]));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t index = 0; index < height; ++index) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (column != 0) line.append(kGap, ' ');
      line += padded(index < lines[column].size() ? lines[column][index] : std::string(), widths[column],
                     table.is_number[column]);
    }
    add_line(text, std::move(line));
  }
}

std::string as_columns(const TextTable& table, const std::vector<std::size_t>& widths) {
  std::string text;
  add_row(table.columns, table, widths, text);
  std::string rule;
  for (std::size_t column = 0; column < widths.size(); ++column)
    rule += (column == 0 ? "" : "  ") + std::string(widths[column], '-');
  add_line(text, rule);
  for (const auto& row : table.rows) add_row(row, table, widths, text);
  return text;
}

std::string as_blocks(const TextTable& table, std::size_t width) {
  std::size_t names = 0;
  for (const std::string& column : table.columns) names = std::max(names, width_of(column));
  const std::size_t room = width > names + kGap + kTextWidthMin ? width - names - kGap : kTextWidthMin;
  std::string text;
  for (std::size_t index = 0; index < table.rows.size(); ++index) {
    if (index != 0) text += '\n';
    const std::string head =
        "-- " + std::to_string(index + 1) + " of " + std::to_string(table.rows.size()) + ' ';
    add_line(text, head + std::string(width > head.size() ? width - head.size() : 0, '-'));
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      std::string name = padded(table.columns[column], names, false);
      for (const std::string& line : wrapped(table.rows[index][column], room)) {
        add_line(text, name + std::string(kGap, ' ') + line);
        name.assign(names, ' ');
      }
    }
  }
  return text;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    char32_t c = 0;
    text.remove_prefix(take_character(text, c));
    width += width_of_character(c);
  }
  return width;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (width_of(text) > width) {
    std::size_t at = 0;
    std::size_t places = 0;
    std::size_t blank = 0;  // where a line may end
    std::size_t punctuation = 0;
    while (at < text.size()) {
      char32_t c = 0;
      const std::size_t size = take_character(text.substr(at), c);
      if (places + width_of_character(c) > width && at > 0) break;
      places += width_of_character(c);
      at += size;
      if (c == ' ') blank = at;
      if (c == ',' || c == '/' || c == ':' || c == ';' || c == '-') punctuation = at;
    }
    if (at < text.size() && text[at] == ' ') blank = at;
    const std::size_t end = blank > 0 ? blank : punctuation > width / 2 ? punctuation : at;
    std::string line(text.substr(0, end));
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
    text.remove_prefix(end);
    if (blank > 0) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string render(const TextTable& table, std::size_t width) {
  if (table.columns.empty()) return {};
  std::vector<std::size_t> widths = natural_widths(table);
  if (width > 0 && sum_of(widths) > width) {
    widths = fitted_widths(table, std::move(widths), width);
    if (widths.empty()) return as_blocks(table, width);
  }
  return as_columns(table, widths);
}

}  // namespace plaintalk::analyzer
