// What is done to one direction of one connection, decided without a clock and without a socket: each
// decision depends on the seed and the place in the stream, never on how the bytes arrive. The same seed and
// the same bytes give the same decisions, on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "labs/relay/impairments.hpp"

namespace plaintalk::relay {

enum class Direction : std::uint8_t { up, down };  // to the target; back from it
std::string_view render(Direction direction);

// What the connection drew from the ranges.
struct Drawn {
  struct Spell {
    std::uint64_t after_bytes = 0;
    Milliseconds lasts{};
  };
  struct Coalescing {
    std::uint64_t bytes = 0;
    Milliseconds wait{};
  };
  Milliseconds delay{};
  Milliseconds jitter{};
  std::uint64_t rate_bit_s = 0;
  bool one_octet = false;
  std::optional<Coalescing> coalescing{};
  std::optional<Spell> stall{};
  std::optional<Spell> sleep{};
  std::optional<Spell> naps{};
  std::optional<std::uint64_t> half_close_after{};
  std::optional<std::uint64_t> reset_after{};
};

class DirectionPlan {
 public:
  // `connection` counts from 1.
  DirectionPlan(const Impairments& impairments, std::uint64_t seed, std::uint64_t connection,
                Direction direction);

  const Drawn& drawn() const { return drawn_; }
  // "delay 40 ms, stalls after 4096 bytes for 3000 ms"; empty: nothing is done to it.
  std::string describe() const;

  struct Reading {
    Milliseconds pause{};    // before anything more is read: the reader sleeps
    std::uint64_t size = 0;  // what may then be read at once: up to the next decision
  };
  // REQUIRES: `place` bytes were read before.
  Reading reading_at(std::uint64_t place) const;

  // How much later the byte at this place leaves than it came.
  Milliseconds delay_at(std::uint64_t place) const;

  enum class Ending : std::uint8_t { none, half_close, reset };
  struct Writing {
    Milliseconds pause{};          // before anything more is written: the stall
    std::uint64_t size = 0;        // what may then be written at once
    Ending ending = Ending::none;  // when all of `size` was written
  };
  // REQUIRES: `place` bytes were written before.
  Writing writing_at(std::uint64_t place) const;

  // How long so many bytes take at the rate.
  Nanoseconds time_for(std::uint64_t size) const;

 private:
  std::uint64_t draw(const Range& range, std::string_view what) const;

  std::uint64_t seed_;
  Drawn drawn_;
};

}  // namespace plaintalk::relay
