#include "protocol/verb.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

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

// A perfect hash: the multiplier is tried out when this is compiled, until no two verbs share a place.
struct VerbTable {
  static constexpr unsigned kPlaceBits = 7;
  std::uint64_t multiplier = 0;
  std::array<VerbEntry, std::size_t{1} << kPlaceBits> entries{};

  constexpr std::size_t place_of(std::uint64_t packed) const {
    return static_cast<std::size_t>(packed * multiplier >> (64 - kPlaceBits));
  }
};

constexpr bool fill(VerbTable& table) {
  table.entries = {};
  for (std::size_t index = 1; index < kVerbTexts.size(); ++index) {
    const std::uint64_t packed = pack(kVerbTexts[index]);
    VerbEntry& entry = table.entries[table.place_of(packed)];
    if (entry.verb != Verb::unknown) return false;
    entry = {packed, static_cast<Verb>(index)};
  }
  return true;
}

constexpr VerbTable kVerbTable = [] {
  VerbTable table;
  table.multiplier = 0x9E3779B97F4A7C15ULL;
  while (!fill(table)) table.multiplier = table.multiplier * 6364136223846793005ULL + 1442695040888963407ULL;
  return table;
}();

}  // namespace

Verb find_verb(std::string_view text) {
  const std::uint64_t packed = pack(text);
  const VerbEntry& entry = kVerbTable.entries[kVerbTable.place_of(packed)];
  if (entry.packed != packed) return Verb::unknown;
  const std::string_view found = verb_text(entry.verb);
  // Only the greeting is longer than what pack() compares.
  if (found.size() != text.size() || (found.size() > 8 && pack(found.substr(8)) != pack(text.substr(8))))
    return Verb::unknown;
  return entry.verb;
}

std::string_view verb_text(Verb verb) { return kVerbTexts[static_cast<std::size_t>(verb)]; }

}  // namespace plaintalk
