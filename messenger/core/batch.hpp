// The frames of one room since its last flush: encoded once, and handed to every member as one block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messenger/core/handle.hpp"
#include "messenger/core/server_events.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {

struct Batch {
  struct Sequenced {  // a MSG or FILE frame
    std::uint32_t offset;
    std::uint32_t size;
  };
  struct Route {  // for the log
    ConnectionId connection;
    std::string_view kind;
    std::string account;
    std::string id;
    std::uint64_t body_size;
  };
  // Where parts of the last MSG stand in `text`: the next one repeats them if it is by the same person at the
  // same moment. None after a FILE.
  struct LastMessage {
    AccountHandle sender;  // none: there is none
    std::int64_t at_ms = 0;
    WrittenPart head;  // verb and room
    WrittenPart tail;  // name and time
  };
  std::string text;
  std::vector<Sequenced> sequenced;
  std::vector<Route> routes;  // one for each of `sequenced`, when the log wants them
  LastMessage last_message;
};

}  // namespace plaintalk::messenger::core
