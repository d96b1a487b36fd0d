#include "protocol/error_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plaintalk {
namespace {

struct ErrorEntry {
  unsigned code;
  std::string_view text;
};

// In the order of the enumeration.
constexpr std::array kErrorEntries = {
    ErrorEntry{400, "SYNTAX"},     ErrorEntry{401, "LOGIN_FIRST"},   ErrorEntry{402, "BAD_LOGIN"},
    ErrorEntry{403, "DENIED"},     ErrorEntry{404, "NO_SUCH"},       ErrorEntry{408, "SLOW"},
    ErrorEntry{409, "NAME_TAKEN"}, ErrorEntry{409, "OFFSET"},        ErrorEntry{409, "ID_REUSED"},
    ErrorEntry{409, "REPLACED"},   ErrorEntry{410, "EXPIRED"},       ErrorEntry{413, "TOO_LARGE"},
    ErrorEntry{415, "NOT_UTF8"},   ErrorEntry{422, "HASH"},          ErrorEntry{426, "NEED_TLS"},
    ErrorEntry{429, "RATE"},       ErrorEntry{431, "LINE_TOO_LONG"}, ErrorEntry{451, "NOT_PLAINTALK"},
    ErrorEntry{500, "INTERNAL"},   ErrorEntry{501, "UNKNOWN_VERB"},  ErrorEntry{503, "BUSY"},
    ErrorEntry{503, "DRAINING"},   ErrorEntry{507, "QUOTA"},
};
static_assert(kErrorEntries.size() == static_cast<std::size_t>(ErrorName::quota) + 1);

}  // namespace

unsigned code_of(ErrorName error) { return kErrorEntries[static_cast<std::size_t>(error)].code; }
std::string_view text_of(ErrorName error) { return kErrorEntries[static_cast<std::size_t>(error)].text; }

std::optional<ErrorName> find_error(std::string_view text) {
  const auto entry = std::find_if(kErrorEntries.begin(), kErrorEntries.end(),
                                  [text](const ErrorEntry& candidate) { return candidate.text == text; });
  if (entry == kErrorEntries.end()) return std::nullopt;
  return static_cast<ErrorName>(entry - kErrorEntries.begin());
}

}  // namespace plaintalk
