// How long one side's receive window was closed (rule 38), from the packet that said 0 to the one that said
// more, as this capture has them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace plaintalk::analyzer {

struct ClosedWindows {
  std::uint64_t count = 0;             // from open to closed
  std::uint64_t opened_by_answer = 0;  // of those: the answer to a probe was the first to say that it is open
  Nanoseconds total{0};
  Nanoseconds longest{0};
  bool is_cut = false;  // one began before the capture or was not over at its end: the times are not known
};

class ClosedWindowWatch {
 public:
  bool is_closed() const { return since_.has_value(); }
  void closed(WallTime time, bool was_open_before) {
    if (since_) return;
    since_ = time;
    ++windows_.count;
    windows_.is_cut |= !was_open_before;
  }
  // The probe in this packet was answered, and the window stays closed.
  void answered(std::uint64_t probe) { answered_probe_ = probe; }
  // `probe`: the packet with a probe that came last from the other side, 0 if it sent anything else since.
  void opened(WallTime time, std::uint64_t probe) {
    if (!since_) return;
    const Nanoseconds span = std::max(time - *since_, Nanoseconds(0));
    windows_.total += span;
    windows_.longest = std::max(windows_.longest, span);
    if (probe != 0 && probe != answered_probe_) ++windows_.opened_by_answer;
    since_.reset();
  }
  // With what is still closed at the end of the capture.
  ClosedWindows result() const {
    ClosedWindows result = windows_;
    result.is_cut |= is_closed();
    return result;
  }

 private:
  ClosedWindows windows_;
  std::optional<WallTime> since_;
  std::uint64_t answered_probe_ = 0;
};

}  // namespace plaintalk::analyzer
