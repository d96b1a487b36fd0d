// What waits to be written to a connection: a queue that it has from the first thing to the last byte.
#pragma once

#include <utility>

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// The queue, to which something is added at once.
inline OutQueue& open_output(World& world, Connection& connection) {
  if (connection.out == nullptr) {
    connection.out = world.out_queues.lend();
    connection.write_progress_at = world.now.instant;
  }
  return *connection.out;
}

// Something has left the queue: it is given back if that was all. REQUIRES: there is one.
inline void close_output_if_empty(World& world, Connection& connection) {
  if (connection.out->empty()) world.out_queues.give_back(std::move(connection.out));
}

}  // namespace plaintalk::messenger::core
