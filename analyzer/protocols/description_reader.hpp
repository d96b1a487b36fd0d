// Reads what is in a description file (docs/PROTOCOLS.md). Whatever is wrong is a line that says where, and
// what to write instead.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

inline constexpr std::size_t kDescriptionSizeMax = 256 << 10;  // bytes of the file
inline constexpr std::size_t kFaultCountMax = 20;              // told at once

// `file` names it in faults: "irc.toml:12: ...". The protocol has that name without folder and ".toml",
// unless the file names it.
std::expected<described::Description, std::vector<std::string>> read_description(std::string_view text,
                                                                                 const std::string& file);

}  // namespace plaintalk::analyzer
