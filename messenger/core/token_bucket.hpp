// How much a user may still do: a bucket that fills at a steady rate up to its burst (docs/PROTOCOL.md,
// section 9).
//
// A command may be taken on credit, and then its connection is not read until the bucket is out of debt. So
// somebody who sends too fast is slowed down and loses nothing; only a debt longer than the caller allows is
// refused.
//
// Every account has several buckets, so a bucket is one number: the time when it will be full again. What
// fills it is the same for all of one kind and comes as a parameter. Each message is taken from six of them,
// so all of this is inline.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace plaintalk::messenger::core {

// What a bucket is filled with, in times: whatever is taken is as long as it takes to come back.
class BucketLimit {
 public:
  BucketLimit() = default;
  BucketLimit(double rate_per_second, double burst)
      : nanoseconds_per_unit_(1e9 / std::max(rate_per_second, 1e-9)), burst_time_(time_of(burst)) {}

  // Rounded; std::llrint() would be a call.
  Nanoseconds time_of(double cost) const {
    const double time = std::clamp(cost * nanoseconds_per_unit_, -kNanosecondsMax, kNanosecondsMax);
    return Nanoseconds{static_cast<std::int64_t>(time + (time < 0 ? -0.5 : 0.5))};
  }
  Nanoseconds burst_time() const { return burst_time_; }

 private:
  // Thirty years: a rate of next to nothing must not overflow the clock.
  static constexpr double kNanosecondsMax = 1e18;

  double nanoseconds_per_unit_ = 0;
  Nanoseconds burst_time_{};
};

// A new one is full.
class TokenBucket {
 public:
  // How long the bucket would be in debt after `cost`; nothing is taken.
  Nanoseconds debt_after(const BucketLimit& limit, double cost, Instant now) const {
    const Nanoseconds missing = std::max(full_at_ - now, Nanoseconds{0}) + limit.time_of(cost);
    return std::max(missing - limit.burst_time(), Nanoseconds{0});
  }
  // How long the bucket is in debt afterwards. A cost below zero is given back.
  Nanoseconds take(const BucketLimit& limit, double cost, Instant now) {
    const Nanoseconds missing = std::max(full_at_ - now, Nanoseconds{0}) + limit.time_of(cost);
    full_at_ = now + std::min(missing, kMissingMax);
    return std::max(missing - limit.burst_time(), Nanoseconds{0});
  }

 private:
  static constexpr Nanoseconds kMissingMax{std::int64_t{2} * 1'000'000'000'000'000'000};

  Instant full_at_{};
};

}  // namespace plaintalk::messenger::core
