// What an octet may be used for in a frame (docs/PROTOCOL.md, section 2). Private to protocol/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

}  // namespace plaintalk
