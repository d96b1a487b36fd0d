// Text from the wire inside a TOML file.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::analyzer {

// One text as a TOML string, in quotation marks.
std::string toml_text(std::string_view text);

}  // namespace plaintalk::analyzer
