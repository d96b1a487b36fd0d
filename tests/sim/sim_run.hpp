// One run: a server, clients, and a network between them that cuts bytes anywhere, delays them, reads slowly
// and breaks connections. The seed decides everything; the same seed gives the same run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/checker.hpp"

namespace plaintalk::sim {

// Faults that no correct server or network has, to prove that the checker sees them.
enum class Fault {
  none,
  short_history,      // what slow readers missed is forgotten
  no_request_memory,  // a resend is taken for a new message
  swapped_frames,     // two messages change places on their way to one client
  bent_frame,         // one client reads another text than the others
  swallowed_gap,      // slow readers are not told
  false_ok,           // an OK names another message
};

struct RunResult {
  std::vector<Violation> violations;
  std::string story;
  std::uint64_t message_count = 0;  // all that was said
  std::uint64_t gap_count = 0;
  std::uint64_t drop_count = 0;
  std::uint64_t repeat_count = 0;  // answered with dup=1
};

RunResult run(std::uint64_t seed, Fault fault, bool tells_story);

}  // namespace plaintalk::sim
