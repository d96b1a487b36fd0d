// What one run of the load generator does, and what it found out. The same plan is run against every target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/bench/histogram.hpp"

namespace plaintalk::messenger::bench {

enum class Workload : std::uint8_t {
  fanout,  // publishers send as fast as the window allows; every member of the room gets every message
  pairs,   // the same with rooms of two and one publisher each
  paced,   // messages at fixed times whatever the server does, for latency
  idle,    // clients that only stay, for memory
};

struct Plan {
  Workload workload = Workload::fanout;
  std::size_t room_count = 1;
  std::size_t member_count = 10;    // of each room, the publishers among them
  std::size_t publisher_count = 1;  // of each room
  std::size_t body_size = 128;
  std::uint64_t message_count = 1'000'000;  // of the whole run
  std::uint64_t window = 1024;              // messages of a room that some member has not received yet
  double messages_per_second = 10'000;      // paced only
  bool direct = false;                      // pairs write to @user instead of to a room
  bool echo = true;                         // NATS: publishers hear themselves, as members of a room do
  std::chrono::seconds time_max{120};
};

struct Target {
  enum class Kind : std::uint8_t { plaintalk, nats };
  Kind kind = Kind::plaintalk;
  HostPort where;
  std::optional<int> server_process;
  bool remote_allowed = false;
};

struct Outcome {
  std::uint64_t message_count = 0;
  std::uint64_t delivery_count = 0;
  std::uint64_t bytes_received = 0;
  double seconds = 0;  // from the first message sent to the last one received
  double generator_cpu_seconds = 0;
  std::optional<double> server_cpu_seconds;
  std::optional<double> server_bytes_per_client;  // growth of the resident set
  Histogram latency_ns;                           // paced only
};

}  // namespace plaintalk::messenger::bench
