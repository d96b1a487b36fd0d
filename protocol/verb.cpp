#include "protocol/verb.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace plaintalk {
namespace {

// In the order of the enumeration.
constexpr auto kVerbTexts = std::to_array<std::string_view>({
    "?",     "PLAINTALK/1",                                                        // greeting
    "HELP",  "REGISTER",    "LOGIN", "AUTH", "PING",  "PONG",   "QUIT",            // session
    "AWAY",  "VERBOSE",     "OK",    "ERR",  "NOTE",  "BYE",                       //
    "ROOMS", "JOIN",        "PART",  "WHO",  "TOPIC", "JOINED", "PARTED", "PRES",  // rooms
    "SAY",   "HISTORY",     "SYNC",  "MSG",  "END",   "GAP",                       // messages
    "PUT",   "DATA",        "DONE",  "STAT", "GET",   "CANCEL", "CREDIT",          // files
    "ACK",   "FILE",
});
static_assert(kVerbTexts.size() == static_cast<std::size_t>(Verb::file) + 1);

// The first eight bytes in upper case as one number: one comparison tells two verbs apart.
constexpr std::uint64_t pack(std::string_view text) {
  std::uint64_t packed = 0;
  for (const char c : text.substr(0, sizeof packed)) {
    const bool lower = c >= 'a' && c <= 'z';
    packed = packed << 8 | static_cast<std::uint8_t>(lower ? c - 'a' + 'A' : c);
  }
  return packed;
}

struct VerbEntry {
  std::uint64_t packed = 0;
  Verb verb = Verb::unknown;
};

constexpr auto kVerbEntries = [] {
  std::array<VerbEntry, kVerbTexts.size() - 1> entries{};
  for (std::size_t index = 0; index < entries.size(); ++index)
    entries[index] = {pack(kVerbTexts[index + 1]), static_cast<Verb>(index + 1)};
  std::sort(entries.begin(), entries.end(),
            [](const VerbEntry& a, const VerbEntry& b) { return a.packed < b.packed; });
  return entries;
}();
static_assert(std::adjacent_find(kVerbEntries.begin(), kVerbEntries.end(),
                                 [](const VerbEntry& a, const VerbEntry& b) {
                                   return a.packed == b.packed;
                                 }) == kVerbEntries.end());

}  // namespace

Verb find_verb(std::string_view text) {
  const std::uint64_t packed = pack(text);
  const auto entry = std::lower_bound(kVerbEntries.begin(), kVerbEntries.end(), packed,
                                      [](const VerbEntry& a, std::uint64_t b) { return a.packed < b; });
  if (entry == kVerbEntries.end() || entry->packed != packed) return Verb::unknown;
  const std::string_view found = verb_text(entry->verb);
  // Only the greeting is longer than what pack() compares.
  if (found.size() != text.size() || (found.size() > 8 && pack(found.substr(8)) != pack(text.substr(8))))
    return Verb::unknown;
  return entry->verb;
}

std::string_view verb_text(Verb verb) { return kVerbTexts[static_cast<std::size_t>(verb)]; }

}  // namespace plaintalk
