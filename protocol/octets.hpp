// What an octet may be used for in a frame (docs/PROTOCOL.md, section 2). Private to protocol/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace plaintalk {

enum class OctetClass : std::uint8_t { forbidden, plain, percent, equals, space };

inline constexpr auto kOctetClasses = [] {
  std::array<OctetClass, 256> classes{};
  for (std::size_t octet = 0x21; octet <= 0x7E; ++octet) classes[octet] = OctetClass::plain;
  classes['%'] = OctetClass::percent;
  classes['='] = OctetClass::equals;
  classes[' '] = OctetClass::space;
  return classes;
}();

inline OctetClass class_of(char c) { return kOctetClasses[static_cast<std::uint8_t>(c)]; }

inline constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
inline constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
inline constexpr bool is_verb_octet(char c) {
  return is_letter(c) || is_digit(c) || c == '/' || c == '-' || c == '_';
}

// A '%' with its two hexadecimal digits stands at `at`.
inline constexpr bool is_escape(std::string_view text, std::size_t at) {
  return text.size() - at > 2 && is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2]);
}

// Nothing but 0x20 to 0x7F, as most text is: then neither line ends nor NUL nor broken UTF-8 are in it, and
// one pass of eight bytes at a time has shown all of that.
inline bool is_ascii_text(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    // The second half: a byte below 0x20 borrows from its high bit.
    if (((word | (word - kOnes * 0x20)) & kHighBits) != 0) return false;
    text.remove_prefix(sizeof word);
  }
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

}  // namespace plaintalk
