// Two witnesses, one session: what the server wrote down against what the packets show, message by message.
//
// Neither is derived from the other (except in the recorded mode, where both come from the server), so
// agreement means something: every message, every copy of it, every file and every byte of every connection
// is accounted for twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "labs/demo/evidence.hpp"
#include "labs/demo/server_log.hpp"

namespace plaintalk::demo {

struct Check {
  std::string subject;  // "messages"
  std::uint64_t server_count = 0;
  std::uint64_t packet_count = 0;
  std::vector<std::string> differences{};  // each a sentence; equal counts of different things differ too
};

struct CrossCheck {
  std::vector<Check> checks;  // connections, messages, deliveries, files, bytes in, bytes out

  bool agrees() const;
  std::vector<std::string> differences() const;
};

CrossCheck cross_check(const ServerLog& server, const Evidence& packets);

}  // namespace plaintalk::demo
