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
    if (++packets_ < kPacketsBetween && tracker.opened_count() < look_again_at_) return;
    packets_ = 0;
    // Places that are free will be used again before more memory is asked for.
    const auto limit = [&] { return bytes_max_ + tracker.spare_bytes(); };
    std::size_t held = measure_();
    for (int round = 0; round < kRoundsMax && held > limit(); ++round, held = measure_())
      tracker.give_up_longest_idle(std::max<std::size_t>(tracker.open_count() / 4, 1));
    const std::size_t room = limit() - std::min(limit(), held);
    look_again_at_ =
        tracker.opened_count() + std::max(kConnectionsBetween, std::uint64_t{room / kConnectionSizeMax});
  }

 private:
  static constexpr std::uint64_t kPacketsBetween = 65536;
  static constexpr std::uint64_t kConnectionsBetween = 1024;
  // Where there is much room, as many as would fill it if each held the most that one of few packets can.
  static constexpr std::size_t kConnectionSizeMax = 128 << 10;
  // What is held elsewhere does not shrink with them: then the rest of the connections stays.
  static constexpr int kRoundsMax = 4;
  std::size_t bytes_max_;
  Measure measure_;
  std::uint64_t packets_ = 0;
  std::uint64_t look_again_at_ = 0;  // when so many connections have been opened
};

}  // namespace plaintalk::analyzer
