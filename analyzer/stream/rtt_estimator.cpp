#include "analyzer/stream/rtt_estimator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "analyzer/stream/prefetch.hpp"

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kRingSizeMin = 4;
constexpr std::size_t kRingSizeMax = 8192;  // segments in flight that are followed; older ones give no sample
constexpr Nanoseconds kSampleMax = std::chrono::hours(1);  // beyond, the capture stood still
constexpr std::size_t kResentCountMax = 64;
// Transmissions with the same stamp may lie a tick apart, with some clocks 100 ms: a sample with an
// uncertainty above this part of it is none.
constexpr int kUncertainPart = 16;
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
static_assert(kBucketCount <= std::size_t{1} << 16, "a bucket's number fits two bytes");
}  // namespace

struct RttEstimator::Samples {
  using Histogram = std::array<std::uint32_t, kBucketCount>;

  std::uint64_t count = 0;
  Nanoseconds min{0};
  Nanoseconds max{0};
  Nanoseconds sum{0};
  Nanoseconds smoothed{0};
  std::vector<std::int64_t> exact;  // while they are few; empty for a single one
  std::unique_ptr<Histogram> histogram;
  // Buckets of the latest ones. The histogram of each connection is out of the cache when its next sample
  // comes: they are counted several at once, so that it is waited for once.
  std::array<std::uint16_t, 16> waiting{};
  std::size_t waiting_count = 0;

  void count_waiting() {
    for (std::size_t index = 0; index < waiting_count; ++index) ++(*histogram)[waiting[index]];
    waiting_count = 0;
  }
  void keep(std::int64_t sample) {
    if (histogram) {
      waiting[waiting_count++] = static_cast<std::uint16_t>(bucket_of(sample));
      if (waiting_count == waiting.size()) count_waiting();
      return;
    }
    if (exact.empty()) exact.push_back(min.count());  // the first
    exact.push_back(sample);
    if (exact.size() < kExactSampleCountMax) return;
    histogram = std::make_unique<Histogram>();
    for (const std::int64_t kept : exact) ++(*histogram)[bucket_of(kept)];
    exact = {};
  }
};
void RttEstimator::SamplesDelete::operator()(Samples* samples) const { delete samples; }

void RttEstimator::push(Outstanding entry) {
  if (count_ == capacity_) {
    if (capacity_ >= kRingSizeMax) {  // forget the oldest
      pop();
    } else {
      const std::size_t capacity = std::max<std::size_t>(kRingSizeMin, capacity_ * std::size_t{2});
      auto larger = std::make_unique<Outstanding[]>(capacity);
      for (std::size_t index = 0; index < count_; ++index) larger[index] = at(index);
      ring_ = std::move(larger);
      capacity_ = static_cast<std::uint16_t>(capacity);
      first_ = 0;
    }
  }
  ++count_;
  at(count_ - 1U) = entry;
}

void RttEstimator::prefetch() const {
  __builtin_prefetch(ring_.get() + first_, 1);
  analyzer::prefetch(samples_.get());
}

void RttEstimator::sent(std::int64_t end, WallTime time, std::uint32_t stamp) {
  push({time, static_cast<std::uint32_t>(end), stamp});
  highest_end_ = end;
}

void RttEstimator::resent(std::int64_t begin) {
  if (!repeats_) repeats_ = std::make_unique<Repeats>();
  expects_repeats_ = true;
  Repeats& all = *repeats_;
  all.dirty_begin = all.dirty_end > all.dirty_begin ? std::min(all.dirty_begin, begin) : begin;
  all.dirty_end = std::max(all.dirty_end, highest_end_);
}

void RttEstimator::resent(std::int64_t begin, std::int64_t end, WallTime time, std::uint32_t stamp) {
  resent(begin);
  if (stamp == 0) return;
  if (repeats_->resent.size() >= kResentCountMax) repeats_->resent.erase(repeats_->resent.begin());
  repeats_->resent.push_back({begin, end, time, stamp});
}

std::optional<Nanoseconds> RttEstimator::acknowledged(std::int64_t offset, WallTime time,
                                                      std::uint32_t echo) {
  std::optional<Outstanding> covered;
  Candidates candidates;
  const auto low = static_cast<std::uint32_t>(offset);
  while (count_ > 0 && static_cast<std::int32_t>(low - at(0).end) >= 0) {
    covered = at(0);
    if (covered->stamp == echo) candidates.add(covered->time);
    pop();
  }
  const std::int64_t end = covered ? offset - static_cast<std::int32_t>(low - covered->end) : 0;
  const bool dirty = expects_repeats_ && covered && end > repeats_->dirty_begin && end <= repeats_->dirty_end;
  if (expects_repeats_) {
    if (dirty || !covered) add_stamped(candidates, offset, time, echo);
    std::erase_if(repeats_->resent, [&](const Resent& sent) { return sent.end <= offset; });
    if (offset >= repeats_->dirty_end) repeats_->dirty_begin = repeats_->dirty_end = 0;
    expects_repeats_ = repeats_->dirty_end > 0 || !repeats_->resent.empty();
  }
  if (!covered || dirty || time < covered->time || time - covered->time > kSampleMax) return std::nullopt;
  add(time - covered->time);
  return time - covered->time;
}

void RttEstimator::add_stamped(Candidates candidates, std::int64_t offset, WallTime time,
                               std::uint32_t echo) {
  if (echo == 0) return;
  for (const Resent& sent : repeats_->resent)
    if (sent.stamp == echo && sent.begin < offset) candidates.add(sent.time);
  if (!candidates.first || candidates.last > time || time - *candidates.first > kSampleMax) return;
  const Nanoseconds sample = time - *candidates.first;
  if ((candidates.last - *candidates.first) * kUncertainPart > sample) return;
  Repeats& all = *repeats_;
  all.min = all.count == 0 ? sample : std::min(all.min, sample);
  all.max = std::max(all.max, sample);
  all.sum += sample;
  ++all.count;
}

void RttEstimator::add(Nanoseconds sample) {
  if (!samples_) samples_.reset(new Samples);
  Samples& all = *samples_;
  all.smoothed = all.count == 0 ? sample : (all.smoothed * 7 + sample) / 8;
  all.sum += sample;
  ++all.count;
  if (all.count == 1) {
    all.min = all.max = sample;
    return;
  }
  all.keep(sample.count());  // looks at the first one, which min still is
  all.min = std::min(all.min, sample);
  all.max = std::max(all.max, sample);
}

Nanoseconds RttEstimator::smoothed() const { return samples_ ? samples_->smoothed : Nanoseconds(0); }

RttSummary RttEstimator::summary() const {
  RttSummary summary;
  if (!samples_) return summary;
  Samples& all = *samples_;
  all.count_waiting();
  summary.count = all.count;
  summary.min = all.min;
  summary.max = all.max;
  summary.mean = all.sum / static_cast<std::int64_t>(all.count);
  // Nearest rank: the smallest sample that at least 95 % do not exceed.
  const std::uint64_t rank = (all.count * 95 + 99) / 100;
  if (all.histogram) {
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < kBucketCount; ++bucket) {
      below += (*all.histogram)[bucket];
      if (below < rank) continue;
      summary.p95 = std::clamp(Nanoseconds(middle_of(bucket)), all.min, all.max);
      break;
    }
    return summary;
  }
  if (all.count == 1) {
    summary.p95 = all.min;
    return summary;
  }
  std::vector<std::int64_t> sorted = all.exact;
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(sorted.begin(), nth, sorted.end());
  summary.p95 = Nanoseconds(*nth);
  return summary;
}

RttSummary RttEstimator::stamped_summary() const {
  RttSummary summary;
  if (!repeats_ || repeats_->count == 0) return summary;
  summary.count = repeats_->count;
  summary.min = repeats_->min;
  summary.max = repeats_->max;
  summary.mean = repeats_->sum / static_cast<std::int64_t>(repeats_->count);
  return summary;
}

void RttEstimator::shrink() {
  if (count_ == 0) {
    ring_.reset();
    capacity_ = first_ = 0;
  }
  if (samples_) samples_->exact.shrink_to_fit();
}

}  // namespace plaintalk::analyzer
