// How much a user may still do: a bucket that fills at a steady rate up to its burst (docs/PROTOCOL.md,
// section 9).
//
// A command may be taken on credit, and then its connection is not read until the bucket is out of debt. So
// somebody who sends too fast is slowed down and loses nothing; only a debt longer than the caller allows is
// refused.
#pragma once

#include "base/time.hpp"

namespace plaintalk::messenger::core {

class TokenBucket {
 public:
  TokenBucket() = default;
  // A full bucket.
  TokenBucket(double rate_per_second, double burst, Instant now);

  // How long the bucket would be in debt after `cost`; nothing is taken.
  Nanoseconds debt_after(double cost, Instant now);
  // REQUIRES: debt_after() was asked at this moment.
  void take(double cost) { level_ -= cost; }

 private:
  double rate_per_second_ = 0;
  double burst_ = 0;
  double level_ = 0;
  Instant filled_at_{};
};

}  // namespace plaintalk::messenger::core
