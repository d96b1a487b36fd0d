// Which process a number means: numbers are used again, the moment of the start tells them apart.
#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace plaintalk::stage {

// When the process started, in clock ticks since the machine did (proc(5), field starttime); nullopt when
// there is no such process, or it has ended and is only not reaped yet.
std::optional<std::uint64_t> start_time_of(pid_t process);

}  // namespace plaintalk::stage
