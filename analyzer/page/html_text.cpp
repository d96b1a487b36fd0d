#include "analyzer/page/html_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/crypto/digest.hpp"

namespace plaintalk::analyzer {
namespace {

// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 are three bytes of UTF-8 each: the code point, or 0.
unsigned turning_character(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xe2') return 0;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned code = 0x2000U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
  const bool turns = code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
                     (code >= 0x2066 && code <= 0x2069);
  return turns ? code : 0;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t place = 0; place < 3; ++place)
      group = group << 8U | (at + place < bytes.size() ? static_cast<unsigned char>(bytes[at + place]) : 0U);
    for (unsigned place = 0; place < 4; ++place)
      text += at + place > bytes.size() ? '=' : kDigits[group >> (18U - 6U * place) & 0x3fU];
  }
  return text;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string safe;
  safe.reserve(text.size() + text.size() / 8);
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (const char c = text[at]) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      case '\0': safe += "\\x00"; break;
      default:
        if (const unsigned code = turning_character(text.substr(at)); code != 0) {
          std::array<char, 12> mark{};
          std::snprintf(mark.data(), mark.size(), "\\u{%x}", code);
          safe += mark.data();
          at += 2;
        } else {
          safe += c;
        }
    }
  }
  return safe;
}

std::string json_for_page(std::string_view json) {
  std::string safe;
  safe.reserve(json.size() + json.size() / 16);
  for (const char c : json) {
    switch (c) {
      case '<': safe += "\\u003c"; break;
      case '>': safe += "\\u003e"; break;
      case '&': safe += "\\u0026"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string policy_hash(std::string_view text) { return "'sha256-" + base64(sha256(text)) + "'"; }

}  // namespace plaintalk::analyzer
