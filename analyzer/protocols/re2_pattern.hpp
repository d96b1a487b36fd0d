// Regular expressions for descriptions, by RE2: time in proportion to the text, whatever expression and text
// are, and a bound on memory. An engine that backtracks (std::regex, PCRE) lets a stranger's line take years,
// and std::regex its stack as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

inline constexpr std::size_t kPatternSizeMax = 1000;
inline constexpr std::int64_t kPatternMemoryMax = 256 << 10;  // of one; beyond it matching gets slower
inline constexpr std::size_t kPatternCountMax = 256;          // of one description

// A dot and classes stand for bytes, as what is on the wire need not be text. Groups beyond the eighth do not
// count. The error says what is wrong with it.
std::expected<described::PatternPtr, std::string> make_pattern(std::string_view text);

}  // namespace plaintalk::analyzer
