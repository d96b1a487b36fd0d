// A table for a terminal. One that is wider than the terminal is folded, never cut: its text columns wrap
// within their cells, and when even that has no room each row becomes a block of "column  value" lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

struct TextTable {
  std::vector<std::string> columns;  // safe for a terminal, as are the cells
  std::vector<bool> is_number;       // of each column: stands to the right, and is never broken
  std::vector<std::vector<std::string>> rows;
};

// `width` in places on the terminal; 0: as wide as it is.
std::string render(const TextTable& table, std::size_t width);

// Places on a terminal: combining marks take none, East Asian wide characters and emoji two.
std::size_t width_of(std::string_view text);

// Lines of at most `width` places, broken at blanks and after punctuation where that is possible. Nothing of
// the text is lost but the blanks at the breaks.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace plaintalk::analyzer
