// Round-trip times of one sender's data by Karn's rule (RFC 6298, section 3): the time from a segment to the
// acknowledgement that covers its end, only for segments that were sent exactly once and with nothing at or
// below them sent later.
//
// Where that rule gives no sample, because something was sent again, the time stamp that the acknowledgement
// echoes may say which transmission it answers (RFC 7323, section 4): such samples are kept apart. They need
// one transmission, or several so close together that it makes no difference, among those that the
// acknowledgement covers and no earlier one did.
//
// Outstanding segments live in a small ring. Samples are kept exactly up to a bound; after that in a
// histogram whose buckets are at most 1/64 wide, so a percentile is right to 1.6 %.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

class RttEstimator {
 public:
  // New bytes up to `end` were sent for the first time. Ends rise. `stamp`: its time stamp, 0 without one.
  void sent(std::int64_t end, WallTime time, std::uint32_t stamp = 0);
  // Bytes from `begin` were sent again, or for the first time but below others: nothing above is a clean
  // sample any more.
  void resent(std::int64_t begin);
  // The packet with which that happened.
  void resent(std::int64_t begin, std::int64_t end, WallTime time, std::uint32_t stamp);
  // An acknowledgement of everything below `offset`, with the stamp that it echoes, or 0. The sample by
  // Karn's rule, if it gives one.
  std::optional<Nanoseconds> acknowledged(std::int64_t offset, WallTime time, std::uint32_t echo = 0);

  RttSummary summary() const;
  // By time stamps, of what Karn's rule leaves out. Without a percentile.
  RttSummary stamped_summary() const;
  Nanoseconds smoothed() const;  // RFC 6298 SRTT; 0 before the first sample
  void shrink();                 // frees what is not in use just now
  void prefetch() const;         // has fetched what the next call will look at

 private:
  struct Outstanding {
    WallTime time;
    std::uint32_t end = 0;  // its low half, for 2^31 bytes are never in flight
    std::uint32_t stamp = 0;
  };
  struct Resent {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    WallTime time;
    std::uint32_t stamp = 0;
  };
  // What a sender that never repeats does not need.
  struct Repeats {
    // Ends in (dirty_begin, dirty_end] give no sample.
    std::int64_t dirty_begin = 0;
    std::int64_t dirty_end = 0;
    // By time stamps.
    std::vector<Resent> resent;
    std::uint64_t count = 0;
    Nanoseconds min{0};
    Nanoseconds max{0};
    Nanoseconds sum{0};
  };
  // When the transmissions that an echo may mean were sent.
  struct Candidates {
    std::optional<WallTime> first;
    WallTime last;
    void add(WallTime time) {
      last = first ? std::max(last, time) : time;
      first = first ? std::min(*first, time) : time;
    }
  };
  struct Samples;
  struct SamplesDelete {
    void operator()(Samples* samples) const;
  };

  void add(Nanoseconds sample);
  void add_stamped(Candidates candidates, std::int64_t offset, WallTime time, std::uint32_t echo);
  Outstanding& at(std::size_t index) { return ring_[(first_ + index) & (capacity_ - 1U)]; }
  void push(Outstanding entry);
  void pop() {
    first_ = static_cast<std::uint16_t>((first_ + 1U) & (capacity_ - 1U));
    --count_;
  }

  std::unique_ptr<Outstanding[]> ring_;
  std::uint16_t capacity_ = 0;  // a power of two, or 0
  std::uint16_t first_ = 0;
  std::uint16_t count_ = 0;
  std::int64_t highest_end_ = 0;
  std::unique_ptr<Samples, SamplesDelete> samples_;  // made for the first
  std::unique_ptr<Repeats> repeats_;
  bool expects_repeats_ = false;  // false: no acknowledgement to come has to do with anything in repeats_
};

}  // namespace plaintalk::analyzer
