// One client's socket and what the loop has to remember of it. Everything else about the client is the
// core's.
//
// There is no buffer here: input is read into one buffer that all connections share, output lies in the
// core's queues.
#pragma once

#include <cstdint>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/time.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger {

struct Connection {
  enum class Phase : std::uint8_t {
    open,
    lingering,  // our side is shut down; what the peer still sends is read, so that no reset destroys our
                // last words
    gone,       // closed; kept until the turn is over
  };

  Connection(FileDescriptor from, ConnectionId number) : socket(std::move(from)), id(number) {}

  FileDescriptor socket;
  ConnectionId id;
  Phase phase = Phase::open;
  bool wants_input = false;     // what the peer sends is to be read
  bool has_input = false;       // there may be something that was not read yet
  bool peer_has_ended = false;  // whatever is left to read has an end
  bool queued_to_read = false;
  bool waiting_to_write = false;  // the kernel takes no more for now
  bool input_ended = false;       // the peer has finished, or the connection is broken
  bool output_broken = false;     // the kernel takes no more for ever
  bool was_reset = false;
  bool queued_for_turn = false;
  bool has_deadline = false;
  std::uint32_t unchecked_bytes = 0;  // given to the kernel since its unsent data was last looked at
  std::uint32_t discarded_bytes = 0;  // read and thrown away, since nothing of it is wanted any more
  std::uint64_t read_in_turn = 0;
  std::uint64_t served_in_turn = 0;
  Instant deadline;  // of the last words: when the connection is cut whatever is still unsent
};

}  // namespace plaintalk::messenger
