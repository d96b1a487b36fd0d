// One client's socket and what the loop has to remember of it. Everything else about the client is the
// core's.
//
// There is no buffer here: input is read into one buffer that all connections share, output lies in the
// core's queues.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "base/time.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/net/handler_memory.hpp"

namespace plaintalk::messenger {

struct Connection {
  enum class Phase : std::uint8_t {
    open,
    lingering,  // our side is shut down; what the peer still sends is read, so that no reset destroys our
                // last words
    gone,       // closed; kept until its handlers have returned
  };

  Connection(boost::asio::ip::tcp::socket from, ConnectionId number) : socket(std::move(from)), id(number) {}

  boost::asio::ip::tcp::socket socket;
  ConnectionId id;
  Phase phase = Phase::open;
  bool waiting_to_read = false;
  bool waiting_to_write = false;  // the kernel takes no more for now
  bool input_ended = false;       // the peer has finished, or the connection is broken
  bool output_broken = false;     // the kernel takes no more for ever
  bool was_reset = false;
  bool queued_for_turn = false;
  bool has_deadline = false;
  std::uint32_t unchecked_bytes = 0;  // given to the kernel since its unsent data was last looked at
  std::uint64_t served_in_turn = 0;
  Instant deadline;  // of the last words: when the connection is cut whatever is still unsent
  HandlerMemory read_memory;
  HandlerMemory write_memory;

  bool has_handlers() const { return waiting_to_read || waiting_to_write; }
};

}  // namespace plaintalk::messenger
