// When tables are written while the capture goes on: not so often that writing them is most of the work.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace plaintalk::analyzer {

class WriteTimer {
 public:
  explicit WriteTimer(Nanoseconds interval) : interval_(interval), next_(read_clocks().instant + interval) {}

  Nanoseconds left() {
    asked_ = read_clocks().instant;
    return next_ - asked_;
  }
  // What left() asked for has been done.
  void written() {
    const Instant now = read_clocks().instant;
    next_ = now + std::max(interval_, kPauseFactor * (now - asked_));
  }

 private:
  static constexpr int kPauseFactor = 20;
  Nanoseconds interval_;
  Instant next_;
  Instant asked_{};
};

}  // namespace plaintalk::analyzer
