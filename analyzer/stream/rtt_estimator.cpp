#include "analyzer/stream/rtt_estimator.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kRingSizeMin = 4;
constexpr std::size_t kRingSizeMax = 8192;  // segments in flight that are followed; older ones give no sample
constexpr Nanoseconds kSampleMax = std::chrono::hours(1);  // beyond, the capture stood still
constexpr std::size_t kExactSampleCountMax = 256;
constexpr unsigned kSubBits = 6;  // 64 buckets an octave
constexpr std::size_t kSubCount = std::size_t{1} << kSubBits;
constexpr unsigned kOctaveMax = 42;  // 2^42 ns is more than an hour

std::size_t bucket_of(std::int64_t sample) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(sample, 0));
  if (value < kSubCount) return value;
  const auto octave = std::min(static_cast<unsigned>(std::bit_width(value)) - 1, kOctaveMax);
  const auto sub = std::min<std::uint64_t>((value >> (octave - kSubBits)), 2 * kSubCount - 1) - kSubCount;
  return (octave - kSubBits + 1) * kSubCount + sub;
}

std::int64_t middle_of(std::size_t bucket) {
  if (bucket < kSubCount) return static_cast<std::int64_t>(bucket);
  const auto octave = static_cast<unsigned>(bucket / kSubCount) - 1 + kSubBits;
  const std::uint64_t low = (kSubCount + bucket % kSubCount) << (octave - kSubBits);
  const std::uint64_t width = std::uint64_t{1} << (octave - kSubBits);
  return static_cast<std::int64_t>(low + width / 2);
}

constexpr std::size_t kBucketCount = (kOctaveMax - kSubBits + 2) * kSubCount;
}  // namespace

struct RttEstimator::Histogram {
  std::array<std::uint32_t, kBucketCount> counts{};
};
void RttEstimator::HistogramDelete::operator()(Histogram* histogram) const { delete histogram; }

void RttEstimator::push(Outstanding entry) {
  if (count_ == ring_.size()) {
    if (ring_.size() >= kRingSizeMax) {  // forget the oldest
      first_ = (first_ + 1) & (ring_.size() - 1);
      --count_;
    } else {
      std::vector<Outstanding> larger(std::max(kRingSizeMin, ring_.size() * 2));
      for (std::size_t index = 0; index < count_; ++index) larger[index] = at(index);
      ring_.swap(larger);
      first_ = 0;
    }
  }
  at(count_) = entry;
  ++count_;
}

void RttEstimator::sent(std::int64_t end, WallTime time) {
  push({end, time});
  highest_end_ = end;
}

void RttEstimator::resent(std::int64_t begin) {
  dirty_begin_ = dirty_end_ > dirty_begin_ ? std::min(dirty_begin_, begin) : begin;
  dirty_end_ = std::max(dirty_end_, highest_end_);
}

std::optional<Nanoseconds> RttEstimator::acknowledged(std::int64_t offset, WallTime time) {
  std::optional<Outstanding> covered;
  while (count_ > 0 && at(0).end <= offset) {
    covered = at(0);
    first_ = (first_ + 1) & (ring_.size() - 1);
    --count_;
  }
  if (!covered) return std::nullopt;
  const bool dirty = covered->end > dirty_begin_ && covered->end <= dirty_end_;
  if (offset >= dirty_end_) dirty_begin_ = dirty_end_ = 0;
  if (dirty || time < covered->time || time - covered->time > kSampleMax) return std::nullopt;
  add(time - covered->time);
  return time - covered->time;
}

void RttEstimator::add(Nanoseconds sample) {
  min_ = sample_count_ == 0 ? sample : std::min(min_, sample);
  max_ = std::max(max_, sample);
  smoothed_ = sample_count_ == 0 ? sample : (smoothed_ * 7 + sample) / 8;
  sum_ += sample;
  ++sample_count_;
  if (histogram_) {
    ++histogram_->counts[bucket_of(sample.count())];
    return;
  }
  samples_.push_back(sample.count());
  if (samples_.size() < kExactSampleCountMax) return;
  histogram_.reset(new Histogram);
  for (const std::int64_t kept : samples_) ++histogram_->counts[bucket_of(kept)];
  samples_ = {};
}

RttSummary RttEstimator::summary() const {
  RttSummary summary;
  summary.count = sample_count_;
  if (sample_count_ == 0) return summary;
  summary.min = min_;
  summary.max = max_;
  summary.mean = sum_ / static_cast<std::int64_t>(sample_count_);
  // Nearest rank: the smallest sample that at least 95 % do not exceed.
  const std::uint64_t rank = (sample_count_ * 95 + 99) / 100;
  if (histogram_) {
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < kBucketCount; ++bucket) {
      below += histogram_->counts[bucket];
      if (below < rank) continue;
      summary.p95 = std::clamp(Nanoseconds(middle_of(bucket)), min_, max_);
      break;
    }
    return summary;
  }
  std::vector<std::int64_t> sorted = samples_;
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(sorted.begin(), nth, sorted.end());
  summary.p95 = Nanoseconds(*nth);
  return summary;
}

void RttEstimator::release() {
  ring_ = {};
  first_ = count_ = 0;
}

}  // namespace plaintalk::analyzer
