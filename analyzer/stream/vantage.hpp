// Rule 25: where on the way of a connection the capture was taken. It says which figures mean what their
// names say: beside the receiver an acknowledgement seems to come at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plaintalk::analyzer {

struct Vantage {
  enum class Place : std::uint8_t { unknown, near_client, near_server, middle, same_host };
  enum class Confidence : std::uint8_t { certain, likely, ambiguous };
  Place place{};
  Confidence confidence = Confidence::ambiguous;
  // The evidence. How soon each side was seen to answer: the time from here to it and back, and what it takes
  // it to answer.
  std::optional<Nanoseconds> client_answer;
  std::optional<Nanoseconds> server_answer;
  // The TTL of each side's packets here; 0: not known, or always the same for another reason.
  std::uint8_t client_ttl = 0;
  std::uint8_t server_ttl = 0;
  // The side sends packets whose checksum its network card has still to fill in.
  bool client_is_unfilled = false;
  bool server_is_unfilled = false;
};

// Routers that took one off: counted from the lowest initial value in use that explains it.
inline unsigned hops_of(std::uint8_t ttl) {
  constexpr std::array<unsigned, 4> kInitial{32, 64, 128, 255};
  return *std::ranges::lower_bound(kInitial, unsigned{ttl}) - ttl;
}

}  // namespace plaintalk::analyzer
