#include "messenger/client/backoff.hpp"

#include <algorithm>

namespace plaintalk::messenger::client {

Milliseconds retry_delay(unsigned attempt, double jitter) {
  const unsigned doublings = std::min(attempt == 0 ? 0U : attempt - 1, 10U);
  const Milliseconds capped = std::min(kRetryDelayMin * (2U << doublings), kRetryDelayMax);
  const auto half = static_cast<double>(capped.count()) / 2;
  return Milliseconds{static_cast<Milliseconds::rep>(half + half * std::clamp(jitter, 0.0, 1.0))};
}

}  // namespace plaintalk::messenger::client
