// The errors a server answers with (docs/PROTOCOL.md, section 8): a number for programs, a name for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plaintalk {

enum class ErrorName : std::uint8_t {
  syntax,
  login_first,
  bad_login,
  denied,
  no_such,
  slow,
  name_taken,
  offset,
  id_reused,
  replaced,
  expired,
  too_large,
  not_utf8,
  hash,
  need_tls,
  rate,
  line_too_long,
  not_plaintalk,
  internal,
  unknown_verb,
  busy,
  draining,
  quota,
};

unsigned code_of(ErrorName error);
std::string_view text_of(ErrorName error);  // "LOGIN_FIRST"
std::optional<ErrorName> find_error(std::string_view text);

}  // namespace plaintalk
