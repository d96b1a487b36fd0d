#include "messenger/core/input_pause.hpp"

#include <algorithm>

namespace plaintalk::messenger::core {

bool must_wait(const World& world, const Connection& connection) {
  return connection.pending_login || connection.awaits_digest || connection.is_rate_paused ||
         connection.waiting().reply_size() >=
             std::max<std::size_t>(world.config.reply_queue_bytes_max / 4, 1);
}

}  // namespace plaintalk::messenger::core
