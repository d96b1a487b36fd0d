#include "analyzer/zeek/zeek_value.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/crypto/digest.hpp"

namespace plaintalk::analyzer {
namespace {

using Json = nlohmann::ordered_json;

// Zeek keeps times as doubles and writes six decimals.
std::string six_decimals(std::string_view number) {
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%.6f", std::strtod(std::string(number).c_str(), nullptr));
  return {text.data(), static_cast<std::size_t>(size)};
}

// "F" and 17 letters and digits.
std::string file_uid(std::string_view what) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id = "F";
  for (const char byte : sha256(what).substr(0, 17))
    id += kDigits[static_cast<unsigned char>(byte) % kDigits.size()];
  return id;
}

std::string escaped(std::string_view text) {
  if (text == "-") return "\\x2d";
  if (text == "(empty)") return "\\x28empty)";
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
    } else {
      out += character;
    }
  }
  return out;
}

}  // namespace

std::string zeek_field(ZeekType type, std::string_view text) {
  switch (type) {
    case ZeekType::time:
    case ZeekType::interval: return six_decimals(text);
    case ZeekType::boolean: return text == "0" ? "F" : "T";
    case ZeekType::file_id: return file_uid(text);
    case ZeekType::string:
      if (text.empty()) return "(empty)";
      return escaped(text);
    default: return escaped(text);
  }
}

Json zeek_json(ZeekType type, std::string_view text) {
  switch (type) {
    case ZeekType::time:
    case ZeekType::interval: return std::strtod(six_decimals(text).c_str(), nullptr);
    case ZeekType::boolean: return text != "0";
    case ZeekType::port:
    case ZeekType::count: return std::strtoull(std::string(text).c_str(), nullptr, 10);
    case ZeekType::file_id: return file_uid(text);
    case ZeekType::string_set: return Json::array({std::string(text)});
    default: return std::string(text);
  }
}

}  // namespace plaintalk::analyzer
