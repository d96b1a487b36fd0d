#include "base/toml_depth.hpp"

#include <algorithm>

namespace plaintalk {
namespace {

constexpr std::string_view kQuotes[] = {"\"\"\"", "'''", "\"", "'"};

// What is in quotation marks, from its opening ones; to the end of the text when they are not closed.
std::size_t size_of_quoted(std::string_view text) {
  const std::string_view* quotes =
      std::ranges::find_if(kQuotes, [&](std::string_view each) { return text.starts_with(each); });
  const bool has_escapes = quotes->front() == '"';
  const bool has_lines = quotes->size() == 3;
  for (std::size_t at = quotes->size(); at < text.size(); ++at) {
    if (text.substr(at).starts_with(*quotes)) return at + quotes->size();
    if (text[at] == '\n' && !has_lines) return at;
    if (text[at] == '\\' && has_escapes) ++at;
  }
  return text.size();
}

}  // namespace

std::optional<TomlFault> too_deep_for_parser(std::string_view text) {
  std::size_t line = 1;
  std::size_t parts = 1;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (text[at]) {
      case '"':
      case '\'': {
        const std::string_view quoted = text.substr(at, size_of_quoted(text.substr(at)));
        line += static_cast<std::size_t>(std::ranges::count(quoted, '\n'));
        at += quoted.size() - 1;
        continue;
      }
      case '#': at = std::min(text.find('\n', at), text.size()) - 1; continue;
      case '.': ++parts; break;
      case '[':
      case '{': ++depth; [[fallthrough]];
      case '=':
      case ',': parts = 1; break;
      case ']':
      case '}':
        depth -= std::min<std::size_t>(depth, 1);
        parts = 1;
        break;
      case '\n':
        ++line;
        parts = 1;
        break;
      default: break;
    }
    if (parts > kNamePartsMax)
      return TomlFault{line, "a name has more than " + std::to_string(kNamePartsMax) + " parts (a.b.c)"};
    if (depth > kBracketDepthMax)
      return TomlFault{line, "brackets lie in each other, more than " + std::to_string(kBracketDepthMax) +
                                 " deep: is one not closed?"};
  }
  return std::nullopt;
}

}  // namespace plaintalk
