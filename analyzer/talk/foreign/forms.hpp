// Fields of forms that look like a name and a password: application/x-www-form-urlencoded, the query of an
// address, and JSON.
#pragma once

#include <optional>
#include <string_view>

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

// The first field that looks like a password, with the one that looks like a name. Nothing without a
// password.
std::optional<Login> login_in_form(std::string_view urlencoded);
std::optional<Login> login_in_json(std::string_view text);

}  // namespace plaintalk::analyzer::foreign
