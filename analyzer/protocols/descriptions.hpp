// Descriptions of protocols by name or path: those that are built in (analyzer/protocols/*.toml), and
// people's own.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

struct BuiltinDescription {
  std::string_view name;
  std::string_view text;
};
const std::vector<BuiltinDescription>& builtin_descriptions();

// `name` is that of a built-in one, or a path (it has a slash or ends in ".toml"). Throws std::runtime_error
// with a line for each fault.
std::shared_ptr<const described::Description> load_description(const std::string& name);

// "irc: Internet Relay Chat (RFC 2812); ports 6667" for each that is built in.
std::string list_descriptions();

}  // namespace plaintalk::analyzer
