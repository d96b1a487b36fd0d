// Keeps an analysis within the memory it was given. What the process really holds is measured now and then;
// when it is more, what waits for something still to come is told as it is, the connections that have been
// idle for longest are given up, and as long as that is not enough, the tables that are kept to the end get
// no rows for what is new. Findings tell of each.
//
// Connections and tables may belong to different threads; each calls its part.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"

namespace plaintalk::analyzer {

class MemoryBudget {
 public:
  using Measure = std::function<std::size_t()>;

  // `bytes_max` 0: no bound. `measure` may be called by two threads.
  MemoryBudget(std::size_t bytes_max, Measure measure)
      : bytes_max_(bytes_max), measure_(std::move(measure)) {}

  // After each packet. Measuring takes a while, so it is done when connections enough have been opened since,
  // or packets enough seen, to matter, or when giving way in the tables was not enough.
  void connections(ConnectionTracker& tracker) {
    if (bytes_max_ == 0) return;
    if (++packets_ < kPacketsBetween && tracker.opened_count() < look_again_at_ &&
        !is_short_.load(std::memory_order_relaxed))
      return;
    packets_ = 0;
    is_short_ = false;
    // Places that are free will be used again before more memory is asked for.
    const auto limit = [&] {
      spare_bytes_ = tracker.spare_bytes();
      return bytes_max_ + spare_bytes_;
    };
    std::size_t held = measure_();
    for (int round = 0; round < kRoundsMax && held > limit(); ++round, held = measure_())
      tracker.give_up_longest_idle(std::max<std::size_t>(tracker.open_count() / 4, 1));
    const std::size_t room = limit() - std::min(limit(), held);
    look_again_at_ =
        tracker.opened_count() + std::max(kConnectionsBetween, std::uint64_t{room / kConnectionSizeMax});
  }

  // The same, for what is kept of the frames.
  void tables(TalkAnalyzer& talk) {
    if (bytes_max_ == 0 || talk.frame_count() < look_again_at_frame_) return;
    look_again_at_frame_ = talk.frame_count() + kFramesBetween;
    const std::size_t limit = bytes_max_ + spare_bytes_;
    std::size_t held = measure_();
    if (held > limit) {
      talk.give_way();
      held = measure_();
    }
    if (held > limit) {
      is_short_ = true;
      set_full(talk, true);
    } else if (held < limit - limit / kRoomToGrow) {
      set_full(talk, false);
    }
  }

 private:
  static constexpr std::uint64_t kPacketsBetween = 65536;
  static constexpr std::uint64_t kConnectionsBetween = 1024;
  // Each leaves some hundred bytes at most, and a body that waits for its answer.
  static constexpr std::uint64_t kFramesBetween = 16384;
  static constexpr std::size_t kRoomToGrow = 8;  // this part of the budget must be free again
  // Where there is much room, as many as would fill it if each held the most that one of few packets can.
  static constexpr std::size_t kConnectionSizeMax = 128 << 10;
  // What is held elsewhere does not shrink with them: then the rest of the connections stays.
  static constexpr int kRoundsMax = 4;

  void set_full(TalkAnalyzer& talk, bool is_full) {
    if (std::exchange(is_full_, is_full) != is_full) talk.allow_growth(!is_full);
  }

  const std::size_t bytes_max_;
  const Measure measure_;
  // Shared.
  std::atomic<bool> is_short_ = false;  // giving way in the tables was not enough
  std::atomic<std::size_t> spare_bytes_ = 0;
  // Of whoever follows connections.
  std::uint64_t packets_ = 0;
  std::uint64_t look_again_at_ = 0;  // when so many connections have been opened
  // Of whoever keeps the tables.
  std::uint64_t look_again_at_frame_ = 0;  // when there were so many frames
  bool is_full_ = false;                   // tables must not grow
};

}  // namespace plaintalk::analyzer
