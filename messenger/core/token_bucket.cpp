#include "messenger/core/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace plaintalk::messenger::core {
namespace {

// Thirty years: a rate of next to nothing must not overflow the clock.
constexpr double kNanosecondsMax = 1e18;
constexpr Nanoseconds kDebtMax{static_cast<std::int64_t>(kNanosecondsMax)};

}  // namespace

BucketLimit::BucketLimit(double rate_per_second, double burst)
    : nanoseconds_per_unit_(1e9 / std::max(rate_per_second, 1e-9)), burst_time_(time_of(burst)) {}

Nanoseconds BucketLimit::time_of(double cost) const {
  const double time = std::clamp(cost * nanoseconds_per_unit_, -kNanosecondsMax, kNanosecondsMax);
  return Nanoseconds{std::llrint(time)};
}

Nanoseconds TokenBucket::debt_after(const BucketLimit& limit, double cost, Instant now) const {
  const Nanoseconds missing = std::max(full_at_ - now, Nanoseconds{0}) + limit.time_of(cost);
  return std::max(missing - limit.burst_time(), Nanoseconds{0});
}

void TokenBucket::take(const BucketLimit& limit, double cost, Instant now) {
  full_at_ = std::min(std::max(full_at_, now) + limit.time_of(cost), now + 2 * kDebtMax);
}

}  // namespace plaintalk::messenger::core
