// The frames of one room since its last flush: encoded once, and handed to every member as one block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messenger/core/server_events.hpp"

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
  std::string text;
  std::vector<Sequenced> sequenced;
  std::vector<Route> routes;  // one for each of `sequenced`, when the log wants them
};

}  // namespace plaintalk::messenger::core
