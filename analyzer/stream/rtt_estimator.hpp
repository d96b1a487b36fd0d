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
#include <vector>

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
  Nanoseconds smoothed() const { return smoothed_; }  // RFC 6298 SRTT; 0 before the first sample
  void release();                                     // frees what only further samples need

 private:
  struct Outstanding {
    std::int64_t end = 0;
    WallTime time;
  };
  struct Histogram;
  struct HistogramDelete {
    void operator()(Histogram* histogram) const;
  };

  void add(Nanoseconds sample);
  Outstanding& at(std::size_t index) { return ring_[(first_ + index) & (ring_.size() - 1)]; }
  void push(Outstanding entry);

  std::vector<Outstanding> ring_;  // its size is a power of two, or 0
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  // Ends in (dirty_begin_, dirty_end_] give no sample.
  std::int64_t dirty_begin_ = 0;
  std::int64_t dirty_end_ = 0;
  std::int64_t highest_end_ = 0;

  std::uint64_t sample_count_ = 0;
  Nanoseconds min_{0};
  Nanoseconds max_{0};
  Nanoseconds sum_{0};
  Nanoseconds smoothed_{0};
  std::vector<std::int64_t> samples_;
  std::unique_ptr<Histogram, HistogramDelete> histogram_;
};

}  // namespace plaintalk::analyzer
