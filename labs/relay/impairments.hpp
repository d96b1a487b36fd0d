// What a relay shall do to one direction of its connections, as a person writes it:
//
//   delay=40ms,jitter=10ms,rate=256kbit      each byte later; by 0 to 10 ms more, anew for each KiB; not
//   faster octets | coalesce=1400:200ms             one octet a write; or wait for 1400 bytes, 200 ms at most
//   stall=4096:3s                            after 4096 bytes nothing goes on for 3 s, once
//   sleep=4096:3s | naps=4096:3s             after 4096 bytes nothing is read for 3 s, once; after each 4096
//   half-close=4096 | reset=4096             after 4096 bytes: FIN, and the rest is thrown away; or RST
//
// Each number may be a range (sleep=1000-9000:1s-4s): each connection draws its own from the seed.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace plaintalk::relay {

struct Range {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // included
};

struct Coalescing {
  Range bytes{};
  Range wait_ms{};
};

// Something that begins after so many bytes and lasts so long.
struct Spell {
  Range after_bytes{};
  Range for_ms{};
};

struct Impairments {
  Range delay_ms{};
  Range jitter_ms{};
  Range rate_bit_s{};  // 0: as fast as it goes
  bool one_octet = false;
  std::optional<Coalescing> coalescing{};
  std::optional<Spell> stall{};
  std::optional<Spell> sleep{};
  std::optional<Spell> naps{};
  std::optional<Range> half_close_after{};
  std::optional<Range> reset_after{};
};

// The error names the word that is wrong and what to write instead. An empty text is no impairment.
std::expected<Impairments, std::string> parse_impairments(std::string_view text);

// Whether another seed would give other decisions.
bool depends_on_seed(const Impairments& impairments);

}  // namespace plaintalk::relay
