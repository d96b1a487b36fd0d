// From a file's time stamps to nanoseconds since the epoch, for every resolution that pcapng can express
// (draft-ietf-opsawg-pcapng, section 4.2, if_tsresol: 10^-n or 2^-n seconds, n up to 127).
//
// Exact down to one nanosecond, rounded down below; what does not fit in 64 bits (before 1677, after 2262) is
// clamped.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace plaintalk::capture {

class TimeScale {
 public:
  TimeScale() = default;  // microseconds, what a file without if_tsresol means
  static TimeScale decimal(unsigned exponent);
  static TimeScale binary(unsigned exponent);
  static TimeScale from_option(std::uint8_t if_tsresol);

  WallTime at(std::uint64_t units, std::int64_t offset_s) const;
  // Clamped to 64 bits where it does not fit.
  std::uint64_t units_per_second() const;

 private:
  std::uint8_t exponent_ = 6;
  bool is_binary_ = false;
  // One of them is 1: nanoseconds = units * multiplier_ / divisor_.
  std::uint64_t multiplier_ = 1000;
  std::uint64_t divisor_ = 1;
};

// seconds + nanoseconds, clamped.
WallTime wall_time(std::int64_t seconds, std::uint64_t nanoseconds);

}  // namespace plaintalk::capture
