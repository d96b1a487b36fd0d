// How long to wait before connecting again: doubling from half a second to a cap, then jittered, so that a
// thousand clients of a server that restarts do not come back in step, not even those at the cap.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace plaintalk::messenger::client {

inline constexpr Milliseconds kRetryDelayMin{250};
inline constexpr Milliseconds kRetryDelayMax{15'000};
// A server that asks for more is not believed.
inline constexpr Milliseconds kRetryAskedMax{300'000};
// A connection that lasted this long was a good one: the next loss starts with the shortest delay again.
inline constexpr Milliseconds kGoodConnectionTime{5'000};

// Before the `attempt`-th try, from 1. `jitter` is uniform in [0, 1). Between half of the doubled delay and
// all of it.
Milliseconds retry_delay(unsigned attempt, double jitter);

// Counts the connections that failed in a row.
class Backoff {
 public:
  struct Try {
    Milliseconds delay{};
    unsigned attempt = 0;  // at a connection, from 1; the very first one counts until there was a good one
  };

  // Logged in and caught up.
  void ready(Instant now);
  // `asked` is the retry= of the server: never less than that, and up to a half more, for the same reason.
  Try lost(Instant now, Milliseconds asked, double jitter);
  // The loss was asked for: no sign of trouble.
  void start_over();

 private:
  unsigned failure_count_ = 0;
  std::optional<Instant> ready_since_;
  bool ever_ready_ = false;
};

}  // namespace plaintalk::messenger::client
