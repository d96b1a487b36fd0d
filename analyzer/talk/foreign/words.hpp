// Words of text protocols.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plaintalk::analyzer::foreign {

// ASCII letters only, as the protocols have it.
std::string upper(std::string_view text);
bool starts_with_word(std::string_view text, std::string_view upper_case_word);  // in any case
bool contains_any_case(std::string_view text, std::string_view lower_case_part);

std::string_view trim(std::string_view text);
// The words of a line, at most `count_max`; the last one is then the rest of the line.
std::vector<std::string_view> split(std::string_view line, std::size_t count_max = 8);

// RFC 4648, section 4; padding may be missing. Nothing when it is none.
std::optional<std::string> base64(std::string_view text);

// A user and a password.
struct Login {
  std::string user;
  std::string password;
};
// SASL PLAIN (RFC 4616): authorization NUL user NUL password.
std::optional<Login> sasl_plain(std::string_view base64_text);

// The code of a reply of FTP or SMTP, when `line` is its last or only line ("250 ", not "250-"); 0 when it is
// not.
unsigned reply_code(std::string_view line);

}  // namespace plaintalk::analyzer::foreign
