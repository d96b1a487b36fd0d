// The two kinds of time, as distinct types so that they cannot be mixed up.
//
//   Instant   monotonic, for timeouts and rates; its zero means nothing
//   WallTime  nanoseconds since 1970-01-01T00:00:00Z, for what people and captures read
//
// Nothing below the outer shells reads a clock: times arrive as parameters.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace plaintalk {

using Nanoseconds = std::chrono::nanoseconds;
using Milliseconds = std::chrono::milliseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;
using WallTime = std::chrono::sys_time<Nanoseconds>;

// One reading of both clocks, taken once for each turn of an event loop.
struct Now {
  Instant instant;
  WallTime wall;
};

Now read_clocks();

inline std::int64_t wall_ms(WallTime time) {
  return std::chrono::floor<Milliseconds>(time).time_since_epoch().count();
}

// "1789201502.123456789": epoch seconds with exactly nine decimals, also for times before 1970
// ("-0.500000000").
std::string render_epoch(WallTime time);

// "2026-09-12T08:25:02.123Z", for people.
std::string render_utc(WallTime time);

// "0.000123456": a span in seconds with nine decimals.
std::string render_seconds(Nanoseconds span);

}  // namespace plaintalk
