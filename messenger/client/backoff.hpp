// How long to wait before connecting again: doubling from half a second to a cap, then jittered, so that a
// thousand clients of a server that restarts do not come back in step, not even those at the cap.
#pragma once

#include "base/time.hpp"

namespace plaintalk::messenger::client {

inline constexpr Milliseconds kRetryDelayMin{250};
inline constexpr Milliseconds kRetryDelayMax{15'000};

// Before the `attempt`-th try, from 1. `jitter` is uniform in [0, 1). Between half of the doubled delay and
// all of it.
Milliseconds retry_delay(unsigned attempt, double jitter);

}  // namespace plaintalk::messenger::client
