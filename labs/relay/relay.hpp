// A TCP relay that makes a connection bad on purpose, in user space: no root, no tc. See impairments.hpp for
// what it can do. It ends two TCP connections and copies between them, so it can delay, cut, join and stop
// the stream, but never lose or reorder a segment: TCP below it retransmits only what a real network loses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "labs/relay/connection.hpp"

namespace plaintalk::relay {

struct RelayOptions {
  std::optional<HostPort> listen{};  // nullopt: standard input and output are the only client
  HostPort to{};
  std::string source_address{};  // connect to the target from there; empty: the system chooses
  std::uint64_t seed = 0;
  Impairments up{};
  Impairments down{};
  std::size_t buffer_bytes = 16384;  // held in each direction of each connection, at most
  int socket_buffer_bytes = 0;       // SO_RCVBUF and SO_SNDBUF of all sockets; 0: the kernel decides
  std::size_t connections_max = 64;
  bool once = false;  // ends with the first connection
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNoTarget = 3;  // of the only connection, or its name is not known

// Runs until SIGINT or SIGTERM (exit code 0: that is how it ends), or until its only connection has ended.
// The first line that it logs is "ready: listening on ADDRESS:PORT, to TARGET, ..." when it listens. Throws
// std::runtime_error when it cannot begin.
int run_relay(const RelayOptions& options, const Log& log);

}  // namespace plaintalk::relay
