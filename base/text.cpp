#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace plaintalk {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0: not well-formed
};

// The table of RFC 3629, section 4, as range checks on the second byte.
CodePoint decode_utf8(std::string_view text) {
  const auto at = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const std::uint8_t first = at(0);
  if (first < 0x80) return {first, 1};
  std::size_t size = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    size = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    size = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    size = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  if (size == 0 || text.size() < size) return {};
  if (at(1) < low || at(1) > high) return {};
  std::uint32_t value = first & (0x7Fu >> size);
  for (std::size_t index = 1; index < size; ++index) {
    if ((at(index) & 0xC0) != 0x80) return {};
    value = value << 6 | (at(index) & 0x3Fu);
  }
  return {value, size};
}

// Explicit directional formatting (Unicode UAX #9) can make a line read backwards; line separators can break
// it.
bool rearranges_text(std::uint32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069) || value == 0x2028 ||
         value == 0x2029 || value == 0x200E || value == 0x200F || value == 0x061C;
}

void append_byte_escape(std::string& out, std::uint32_t value) {
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "\\x%02x", value);
  out.append(text.data(), static_cast<std::size_t>(size));
}

void append_code_point_escape(std::string& out, std::uint32_t value) {
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "\\u{%x}", value);
  out.append(text.data(), static_cast<std::size_t>(size));
}

bool is_plain_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  bool digit = false;
  bool point = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digit = true;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      return false;
    }
  }
  return digit;
}

// "@alice" or "@alice,bob". Such a name has no bracket, bar or exclamation mark, so it can call nothing.
bool is_name_after_at(std::string_view text) {
  if (text.size() < 2 || text.front() != '@') return false;
  text.remove_prefix(1);
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-,") == text.npos;
}

// What a spreadsheet would run.
bool is_formula(std::string_view text) {
  if (text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos) return false;
  return !is_plain_number(text) && !is_name_after_at(text);
}

}  // namespace

std::size_t utf8_prefix_size(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    // Chat is mostly ASCII: pass over eight bytes at a time while no high bit is set.
    while (rest.size() >= 8) {
      std::uint64_t word = 0;
      __builtin_memcpy(&word, rest.data(), sizeof word);
      if (word & 0x8080808080808080ULL) break;
      rest.remove_prefix(8);
    }
    if (rest.empty()) break;
    const CodePoint point = decode_utf8(rest);
    if (point.size == 0) break;
    rest.remove_prefix(point.size);
  }
  return text.size() - rest.size();
}

bool is_utf8(std::string_view text) { return utf8_prefix_size(text) == text.size(); }

std::string json_safe(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const CodePoint point = decode_utf8(json);
    const std::size_t size = point.size == 0 ? 1 : point.size;
    if (point.size != 0 && ((point.value >= 0x7F && point.value < 0xA0) || rearranges_text(point.value))) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", point.value);
      out += escape.data();
    } else {
      out += json.substr(0, size);
    }
    json.remove_prefix(size);
  }
  return out;
}

std::string terminal_safe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const std::size_t size = point.size == 0 ? 1 : point.size;
    if (point.size == 0) {
      append_byte_escape(out, static_cast<std::uint8_t>(text.front()));
    } else if (point.value == '\n') {
      out += "\\n";
    } else if (point.value == '\r') {
      out += "\\r";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (point.value == '\\') {
      out += "\\\\";
    } else if (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0)) {
      append_byte_escape(out, point.value);
    } else if (rearranges_text(point.value)) {
      append_code_point_escape(out, point.value);
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string csv_field(std::string_view text) {
  std::string out;
  append_csv_field(out, text);
  return out;
}

void append_csv_field(std::string& out, std::string_view text) {
  const bool formula = is_formula(text);
  // find_first_of() would search the four of them anew for each character.
  const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
  if (!formula && std::ranges::none_of(text, is_special)) {
    out += text;
    return;
  }
  out += '"';
  if (formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : terminal_safe(text)) {
    switch (c) {
      case '|': out += "\\|"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
        out += '\\';
        out += c;
        break;
      default: out += c;
    }
  }
  return out;
}

std::string plural(std::uint64_t count, std::string_view thing) {
  return std::to_string(count) + ' ' + std::string(thing) + (count == 1 ? "" : "s");
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace plaintalk
