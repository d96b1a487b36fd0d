// Keeps an analysis within the memory it was given. What the process really holds is measured now and then;
// when it is more, the connections that have been idle for longest are given up: they are what grows with
// what strangers send, everything else has bounds of its own (docs/LIMITS.md).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "analyzer/stream/connection_tracker.hpp"

namespace plaintalk::analyzer {

class MemoryBudget {
 public:
  using Measure = std::function<std::size_t()>;

  // `bytes_max` 0: no bound.
  MemoryBudget(std::size_t bytes_max, Measure measure)
      : bytes_max_(bytes_max), measure_(std::move(measure)) {}

  // After each packet. Measuring takes a while, so it is done when connections enough have been opened since,
  // or packets enough seen, to matter.
  void packet(ConnectionTracker& tracker) {
    if (bytes_max_ == 0) return;
    const std::uint64_t opened = tracker.opened_count();
    if (++packets_ < kPacketsBetween && opened < opened_at_last_ + kConnectionsBetween) return;
    packets_ = 0;
    opened_at_last_ = opened;
    // Places that are free will be used again before more memory is asked for.
    for (int round = 0; round < kRoundsMax && measure_() > bytes_max_ + tracker.spare_bytes(); ++round)
      tracker.give_up_longest_idle(std::max<std::size_t>(tracker.open_count() / 4, 1));
  }

 private:
  static constexpr std::uint64_t kPacketsBetween = 65536;
  static constexpr std::uint64_t kConnectionsBetween = 1024;
  // What is held elsewhere does not shrink with them: then the rest of the connections stays.
  static constexpr int kRoundsMax = 4;
  std::size_t bytes_max_;
  Measure measure_;
  std::uint64_t packets_ = 0;
  std::uint64_t opened_at_last_ = 0;
};

}  // namespace plaintalk::analyzer
