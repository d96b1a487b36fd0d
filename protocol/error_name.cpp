#include "protocol/error_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plaintalk {
namespace {

struct Entry {
  unsigned code;
  std::string_view text;
};

// In the order of the enumeration.
constexpr std::array kEntries = {
    Entry{400, "SYNTAX"},     Entry{401, "LOGIN_FIRST"},   Entry{402, "BAD_LOGIN"},
    Entry{403, "DENIED"},     Entry{404, "NO_SUCH"},       Entry{408, "SLOW"},
    Entry{409, "NAME_TAKEN"}, Entry{409, "OFFSET"},        Entry{409, "ID_REUSED"},
    Entry{409, "REPLACED"},   Entry{410, "EXPIRED"},       Entry{413, "TOO_LARGE"},
    Entry{415, "NOT_UTF8"},   Entry{422, "HASH"},          Entry{426, "NEED_TLS"},
    Entry{429, "RATE"},       Entry{431, "LINE_TOO_LONG"}, Entry{451, "NOT_PLAINTALK"},
    Entry{500, "INTERNAL"},   Entry{501, "UNKNOWN_VERB"},  Entry{503, "BUSY"},
    Entry{503, "DRAINING"},   Entry{507, "QUOTA"},
};
static_assert(kEntries.size() == static_cast<std::size_t>(ErrorName::quota) + 1);

}  // namespace

unsigned code_of(ErrorName error) { return kEntries[static_cast<std::size_t>(error)].code; }
std::string_view text_of(ErrorName error) { return kEntries[static_cast<std::size_t>(error)].text; }

std::optional<ErrorName> find_error(std::string_view text) {
  const auto entry = std::find_if(kEntries.begin(), kEntries.end(),
                                  [text](const Entry& candidate) { return candidate.text == text; });
  if (entry == kEntries.end()) return std::nullopt;
  return static_cast<ErrorName>(entry - kEntries.begin());
}

}  // namespace plaintalk
