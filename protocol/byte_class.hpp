// What a byte may be used for in a frame (docs/PROTOCOL.md, section 2). Private to protocol/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/byte_word.hpp"

namespace plaintalk {

enum class ByteClass : std::uint8_t { forbidden, plain, percent, equals, space };

inline constexpr auto kByteClasses = [] {
  std::array<ByteClass, 256> classes{};
  for (std::size_t byte = 0x21; byte <= 0x7E; ++byte) classes[byte] = ByteClass::plain;
  classes['%'] = ByteClass::percent;
  classes['='] = ByteClass::equals;
  classes[' '] = ByteClass::space;
  return classes;
}();

inline constexpr ByteClass class_of(char c) { return kByteClasses[static_cast<std::uint8_t>(c)]; }

inline constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
inline constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
inline constexpr bool is_verb_byte(char c) {
  return is_letter(c) || is_digit(c) || c == '/' || c == '-' || c == '_';
}

// A '%' with its two hexadecimal digits stands at `at`.
inline constexpr bool is_escape(std::string_view text, std::size_t at) {
  return text.size() - at > 2 && is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2]);
}

namespace word {

// The high bit of the first byte that is not of ByteClass::plain, and maybe those of bytes after it.
inline std::uint64_t not_plain(std::uint64_t word) {
  const std::uint64_t percents = word ^ kOnes * '%';
  const std::uint64_t equals = word ^ kOnes * '=';
  return ((word | (word - kOnes * 0x21) | (word + kOnes)) & kHighBits) | zeros(percents) | zeros(equals);
}

}  // namespace word

// Where the first byte from `at` on stands that is not plain, or the end.
inline std::size_t plain_end(std::string_view text, std::size_t at) {
  using word::kSize;
  for (; text.size() - at >= kSize; at += kSize)
    if (const std::uint64_t bits = word::not_plain(word::load(text.data() + at)); bits != 0)
      return at + word::index_of_first(bits);
  if (at == text.size()) return at;
  // The last few, with plain bytes behind them.
  const std::size_t left = text.size() - at;
  const std::uint64_t rest = word::load_short(text.data() + at, left) | word::kOnes * 'a' << 8 * left;
  const std::uint64_t bits = word::not_plain(rest);
  return bits == 0 ? text.size() : at + word::index_of_first(bits);
}

// Nothing but 0x20 to 0x7F, as most text is: then neither line ends nor NUL nor broken UTF-8 are in it, and
// one pass has shown all of that.
inline bool is_ascii_text(std::string_view text) {
  for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t)))
    if (word::not_text(word::load(text.data())) != 0) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

}  // namespace plaintalk
