// toml++ goes one call deeper for each part of a name such as a.b.c, and for each value in a value; what it
// has made is destroyed in the same way. This looks at a text before it does, so that the stack suffices.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plaintalk {

inline constexpr std::size_t kNamePartsMax = 8;      // of a.b.c
inline constexpr std::size_t kBracketDepthMax = 32;  // of [ and { in each other

struct TomlFault {
  std::size_t line = 1;
  std::string text;
};

// The first place that is deeper than these; a text that is no TOML is the parser's to refuse.
std::optional<TomlFault> too_deep_for_parser(std::string_view text);

}  // namespace plaintalk
