// One simulated client: a socket, what it has not parsed yet, what it has not sent yet, and what it expects
// to receive next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::messenger::bench {

struct Client {
  int descriptor = -1;
  std::size_t index = 0;
  std::size_t room = 0;
  std::size_t member = 0;  // in its room, from 0; the first ones publish
  bool waits_to_send = false;
  std::string unparsed;
  std::string unsent;
  std::uint64_t received_count = 0;
  std::uint64_t answered_count = 0;        // OKs, where the protocol has them
  std::uint64_t next_seq = 0;              // 0: not known yet
  std::vector<std::uint64_t> next_number;  // of each publisher of the room
};

// Blocking while the session is set up, each step bounded by `deadline`. All throw std::runtime_error.
int connect_to(const HostPort& where, bool remote_allowed);
void send_all(int descriptor, std::string_view bytes, Instant deadline);
// Reads until the client's unparsed text has a whole line, and takes it out without its line end.
std::string read_line(Client& client, Instant deadline);
// Throws: which client, and what went wrong with it.
[[noreturn]] void fail_client(const Client& client, const std::string& what);

}  // namespace plaintalk::messenger::bench
