// One value as it stands in a log: in a line of tab-separated fields (Zeek's ASCII writer), or as JSON.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "analyzer/zeek/zeek_log.hpp"

namespace plaintalk::analyzer {

// `text` is what the query gave. A string that would be read as an unset field (`-`) or an empty one
// (`(empty)`), and everything that is a separator or no text, is escaped as \x1b, and a backslash doubled.
std::string zeek_field(ZeekType type, std::string_view text);
nlohmann::ordered_json zeek_json(ZeekType type, std::string_view text);

}  // namespace plaintalk::analyzer
