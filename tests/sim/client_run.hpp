// One run of the real ClientSession against the real server: people with two devices, guests who come and go,
// direct messages, files, a spool that is full, clients that are killed, connections that are cut, held open
// or refused, and servers that are restarted, in order or not, and then know nobody. The seed decides
// everything.
//
// What must hold, judged from the events that front ends get:
//   - every request has exactly one answer, and in the end everybody is logged in (nobody stays away for
//   ever);
//   - between two restarts a room has one text under each number, nobody sees one twice, and what somebody
//     sees has no hole;
//   - between two restarts no message is said twice and no file announced twice, and what was answered is
//   there in the end;
//   - in the end everybody sees the end of each room; whose program was in a room before a restart, or has
//     seen something of a conversation, misses nothing since;
//   - a file that was answered as saved has the bytes that were sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/client_person.hpp"
#include "tests/sim/stage.hpp"

namespace plaintalk::sim {

struct ClientRunResult {
  std::vector<std::string> violations;
  std::string story;  // what happened, a line each
  Happened happened;  // by what stage.hpp and client_run.cpp call it
};

// Everything that client_run.cpp counts.
std::vector<std::string> all_that_may_happen();

ClientRunResult run_clients(std::uint64_t seed, ClientFault fault);

}  // namespace plaintalk::sim
