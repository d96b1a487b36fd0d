#include "messenger/client/backoff.hpp"

#include <algorithm>

namespace plaintalk::messenger::client {
namespace {

Milliseconds scaled(Milliseconds time, double factor) {
  return Milliseconds{static_cast<Milliseconds::rep>(static_cast<double>(time.count()) * factor)};
}

}  // namespace

Milliseconds retry_delay(unsigned attempt, double jitter) {
  const unsigned doublings = std::min(attempt == 0 ? 0U : attempt - 1, 10U);
  const Milliseconds capped = std::min(kRetryDelayMin * (2U << doublings), kRetryDelayMax);
  return scaled(capped, 0.5 + 0.5 * std::clamp(jitter, 0.0, 1.0));
}

void Backoff::ready(Instant now) {
  if (!ready_since_) ready_since_ = now;
  ever_ready_ = true;
}

Backoff::Try Backoff::lost(Instant now, Milliseconds asked, double jitter) {
  const bool was_good = ready_since_ && now - *ready_since_ >= kGoodConnectionTime;
  ready_since_.reset();
  failure_count_ = was_good ? 1 : failure_count_ + 1;
  const Milliseconds believed = std::clamp(asked, Milliseconds{0}, kRetryAskedMax);
  const Milliseconds delay =
      std::max(retry_delay(failure_count_, jitter), scaled(believed, 1 + std::clamp(jitter, 0.0, 1.0) / 2));
  return {delay, ever_ready_ ? failure_count_ : failure_count_ + 1};
}

void Backoff::start_over() {
  failure_count_ = 0;
  ready_since_.reset();
}

}  // namespace plaintalk::messenger::client
