#include "messenger/core/token_bucket.hpp"

#include <algorithm>
#include <chrono>

namespace plaintalk::messenger::core {

TokenBucket::TokenBucket(double rate_per_second, double burst, Instant now)
    : rate_per_second_(rate_per_second), burst_(burst), level_(burst), filled_at_(now) {}

Nanoseconds TokenBucket::debt_after(double cost, Instant now) {
  const std::chrono::duration<double> passed = now - filled_at_;
  filled_at_ = now;
  level_ = std::min(burst_, level_ + std::max(0.0, passed.count()) * rate_per_second_);
  const double missing = cost - level_;
  if (missing <= 0) return Nanoseconds{0};
  // A rate of next to nothing must not overflow the clock.
  const double seconds = std::min(missing / std::max(rate_per_second_, 1e-9), 1e6);
  return std::chrono::ceil<Nanoseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace plaintalk::messenger::core
