// How much memory and capture time following connections may cost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analyzer/wire/overlap_policy.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

struct TrackerLimits {
  std::size_t direction_bytes_max = 4 << 20;  // waiting behind a hole
  std::size_t total_bytes_max = 256 << 20;
  std::size_t connection_count_max = 2'000'000;     // open at once
  Nanoseconds duplicate_window{1'000'000};          // rule 1
  Nanoseconds hole_grace{std::chrono::seconds(2)};  // how long an acknowledged hole may still be filled
  OverlapPolicy overlap = OverlapPolicy::linux_kernel;  // rule 20
  std::uint16_t server_port = 7777;                 // tells the roles when nothing better does
  std::size_t history_bytes = 32 << 20;  // of all connections together: what repeated bytes are compared with
  Nanoseconds closed_linger{
      std::chrono::seconds(120)};        // stragglers of a finished connection still belong to it
  std::size_t closed_count_max = 65536;  // that linger at once
  // For the answer to a SYN. Linux sends one for the last time after 63 s, and gives up 64 s later.
  Nanoseconds attempt_wait{std::chrono::seconds(150)};
  Nanoseconds midstream_wait{
      std::chrono::milliseconds(500)};  // for the lowest byte of a connection that began before the capture
};

}  // namespace plaintalk::analyzer
