#include "labs/demo/text_width.hpp"

#include <algorithm>

namespace plaintalk::demo {
namespace {

bool starts_character(char octet) { return (static_cast<unsigned char>(octet) & 0xC0U) != 0x80U; }

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string cut_to_width(std::string text, std::size_t width) {
  constexpr std::string_view kMore = "...";
  if (width_of(text) <= width) return text;
  std::size_t keep = 0;
  for (std::size_t column = 0; keep < text.size(); ++keep) {
    if (starts_character(text[keep]) && column++ == width - kMore.size()) break;
  }
  return text.substr(0, keep).append(kMore);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

}  // namespace plaintalk::demo
