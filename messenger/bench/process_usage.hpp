// What a process has used so far, from /proc; nothing when it cannot be read.
#pragma once

#include <cstdint>
#include <optional>

namespace plaintalk::messenger::bench {

std::optional<double> cpu_seconds(int process);
std::optional<std::uint64_t> resident_bytes(int process);
double own_cpu_seconds();

}  // namespace plaintalk::messenger::bench
