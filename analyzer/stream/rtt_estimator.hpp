// Round-trip times of one sender's data by Karn's rule (RFC 6298, section 3): the time from a segment to the
// acknowledgement that covers its end, only for segments that were sent exactly once and with nothing at or
// below them sent later.
//
// Outstanding segments live in a small ring. Samples are kept exactly up to a bound; after that in a
// histogram whose buckets are at most 1/64 wide, so a percentile is right to 1.6 %.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "analyzer/stream/connection_record.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

class RttEstimator {
 public:
  // New bytes up to `end` were sent for the first time. Ends rise.
  void sent(std::int64_t end, WallTime time);
  // Bytes from `begin` were sent again, or for the first time but below others: nothing above is a clean
  // sample any more.
  void resent(std::int64_t begin);
  // An acknowledgement of everything below `offset`. The sample, if it gives one.
  std::optional<Nanoseconds> acknowledged(std::int64_t offset, WallTime time);

  RttSummary summary() const;
  Nanoseconds smoothed() const;  // RFC 6298 SRTT; 0 before the first sample
  void shrink();                 // frees what is not in use just now
  void prefetch() const;         // has fetched what the next call will look at

 private:
  struct Outstanding {
    std::int64_t end = 0;
    WallTime time;
  };
  struct Samples;
  struct SamplesDelete {
    void operator()(Samples* samples) const;
  };

  void add(Nanoseconds sample);
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
  // Ends in (dirty_begin_, dirty_end_] give no sample.
  std::int64_t dirty_begin_ = 0;
  std::int64_t dirty_end_ = 0;
  std::int64_t highest_end_ = 0;
  std::unique_ptr<Samples, SamplesDelete> samples_;  // made for the first
};

}  // namespace plaintalk::analyzer
