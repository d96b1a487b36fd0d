// How much a user may still do: a bucket that fills at a steady rate up to its burst (docs/PROTOCOL.md,
// section 9).
//
// A command may be taken on credit, and then its connection is not read until the bucket is out of debt. So
// somebody who sends too fast is slowed down and loses nothing; only a debt longer than the caller allows is
// refused.
//
// Every account has several buckets, so a bucket is one number: the time when it will be full again. What
// fills it is the same for all of one kind and comes as a parameter.
#pragma once

#include "base/time.hpp"

namespace plaintalk::messenger::core {

// What a bucket is filled with, in times: whatever is taken is as long as it takes to come back.
class BucketLimit {
 public:
  BucketLimit() = default;
  BucketLimit(double rate_per_second, double burst);

  Nanoseconds time_of(double cost) const;
  Nanoseconds burst_time() const { return burst_time_; }

 private:
  double nanoseconds_per_unit_ = 0;
  Nanoseconds burst_time_{};
};

// A new one is full.
class TokenBucket {
 public:
  // How long the bucket would be in debt after `cost`; nothing is taken.
  Nanoseconds debt_after(const BucketLimit& limit, double cost, Instant now) const;
  // A cost below zero is given back.
  void take(const BucketLimit& limit, double cost, Instant now);

 private:
  Instant full_at_{};
};

}  // namespace plaintalk::messenger::core
