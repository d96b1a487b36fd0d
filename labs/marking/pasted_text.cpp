#include "labs/marking/pasted_text.hpp"

#include <cstddef>
#include <cstdint>

namespace plaintalk::labs {
namespace {

struct Character {
  std::uint32_t point = 0;
  std::size_t size = 1;
};

// Only what can be one of those below: longer sequences, and what is no UTF-8, come as single bytes that stay
// as they are.
Character first_character(std::string_view text) {
  constexpr std::uint32_t kOther = 0x110000;  // behind the last code point
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto goes_on = [&](std::size_t at) { return at < text.size() && (byte(at) & 0xC0U) == 0x80U; };
  if (byte(0) < 0x80) return {byte(0), 1};
  if ((byte(0) & 0xE0U) == 0xC0U && goes_on(1)) return {(byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU), 2};
  if ((byte(0) & 0xF0U) == 0xE0U && goes_on(1) && goes_on(2))
    return {(byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU), 3};
  return {kOther, 1};
}

bool is_invisible(std::uint32_t point) {
  const bool is_control =
      (point < 0x20 && point != '\n' && point != '\t' && point != '\r') || (point >= 0x7F && point < 0xA0);
  return is_control || point == 0xAD ||           // soft hyphen
         (point >= 0x200B && point <= 0x200F) ||  // zero width, marks of direction
         (point >= 0x202A && point <= 0x202E) ||  // embeddings of direction
         (point >= 0x2060 && point <= 0x206F) ||  // word joiner, isolates
         point == 0xFEFF;                         // byte-order mark
}

bool is_odd_blank(std::uint32_t point) {
  return point == 0xA0 || (point >= 0x2000 && point <= 0x200A) || point == 0x202F || point == 0x205F ||
         point == 0x3000;
}

}  // namespace

std::string without_invisible(std::string_view text) {
  constexpr std::uint32_t kMinus = 0x2212;
  constexpr std::uint32_t kFullWidthFirst = 0xFF01;
  constexpr std::uint32_t kFullWidthLast = 0xFF5E;
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto [point, size] = first_character(text);
    if (is_odd_blank(point))
      plain += ' ';
    else if (point == kMinus)
      plain += '-';
    else if (point >= kFullWidthFirst && point <= kFullWidthLast)
      plain += static_cast<char>(point - kFullWidthFirst + '!');
    else if (!is_invisible(point))
      plain.append(text.substr(0, size));
    text.remove_prefix(size);
  }
  return plain;
}

}  // namespace plaintalk::labs
