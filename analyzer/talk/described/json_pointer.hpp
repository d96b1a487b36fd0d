// One value of a JSON text (RFC 8259) by its pointer (RFC 6901), without making a tree of it: units come from
// strangers, and only a few values of each are wanted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plaintalk::analyzer::described {

inline constexpr int kJsonDepthMax = 64;

// A string without its escapes; anything else as it stands in the text. Nothing when it is not there, or
// when what stands before it is no JSON. Where a key is there twice, the first counts.
std::optional<std::string> json_value(std::string_view text, std::string_view pointer);
// The whole text is one JSON value.
bool is_json(std::string_view text);

}  // namespace plaintalk::analyzer::described
