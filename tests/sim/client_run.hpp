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
//   - in the end everybody sees the end of each room; whoever was in a room before a restart, and the other
//   side
//     of a conversation, misses nothing since;
//   - a file that was answered as saved has the bytes that were sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plaintalk::sim {

// Faults that no correct server or client has, to prove that the run finds them.
enum class ClientFault : std::uint8_t {
  none,
  never_comes_back,   // a client that is not told that its connection is gone
  no_request_memory,  // the server takes a repeat for a new message
  bent_text,          // one client gets another text
};

struct ClientRunResult {
  std::vector<std::string> violations;
  std::string story;                // what happened, a line each
  std::uint64_t message_count = 0;  // said
  std::uint64_t restart_count = 0;
  std::uint64_t drop_count = 0;
  std::uint64_t kill_count = 0;     // clients
  std::uint64_t repeat_count = 0;   // answered with dup=1
  std::uint64_t file_count = 0;     // fetched whole
  std::uint64_t refused_count = 0;  // files refused for want of room
};

ClientRunResult run_clients(std::uint64_t seed, ClientFault fault);

}  // namespace plaintalk::sim
