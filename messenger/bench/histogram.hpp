// Counts of durations in buckets about 1.6 % wide, from a nanosecond to centuries: quantiles of millions of
// values in 32 KiB.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace plaintalk::messenger::bench {

class Histogram {
 public:
  void add(std::uint64_t value) {
    ++counts_[bucket_of(value)];
    ++count_;
  }
  std::uint64_t count() const { return count_; }

  // The upper end of the bucket that the `part` (0 to 1) smallest values reach; 0 when there are none.
  std::uint64_t quantile(double part) const {
    const double wanted = part * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen > 0 && static_cast<double>(seen) >= wanted) return end_of(bucket);
    }
    return 0;
  }

 private:
  // Values below 64 have a bucket each; above, every power of two is cut into 64.
  static constexpr unsigned kBits = 6;
  static constexpr std::size_t kParts = std::size_t{1} << kBits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < kParts) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (shift + 1) * kParts + ((value >> shift) - kParts);
  }
  static std::uint64_t end_of(std::size_t bucket) {
    if (bucket < kParts) return bucket;
    const std::size_t shift = bucket / kParts - 1;
    return ((bucket % kParts + kParts + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (64 - kBits + 1) * kParts> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace plaintalk::messenger::bench
