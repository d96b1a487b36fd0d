#include "analyzer/check/toml_text.hpp"

#include "base/text.hpp"

namespace plaintalk::analyzer {

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) {
      // A byte that is no ASCII cannot stand in TOML by itself; such words are no names of commands.
      out += "\\u00" + hex(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace plaintalk::analyzer
