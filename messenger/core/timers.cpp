#include "messenger/core/timers.hpp"

#include <algorithm>
#include <string>

#include "messenger/core/input_pause.hpp"
#include "messenger/core/replies.hpp"

namespace plaintalk::messenger::core {
Instant ping_due(const World& world, const Connection& connection) {
  return connection.last_seen + *world.config.ping_interval * (connection.ping_count + 1);
}

void send_ping(World& world, Connection& connection) {
  ++connection.ping_count;
  begin_reply(world, Verb::ping).body("p" + std::to_string(connection.ping_count));
  send(world, connection);
}

bool is_pinged(const World& world, const Connection& connection) {
  return world.config.ping_interval && connection.phase == Phase::in && !must_wait(world, connection);
}

void arm_timer(World& world, Connection& connection) {
  const Instant now = world.now.instant;
  // Often enough to notice a stalled write in time: whatever was queued after this look is looked at before
  // it is too late.
  Instant due = now + world.config.write_stall_timeout / 2;
  if (connection.out) {
    const Instant since =
        connection.phase == Phase::closing ? connection.ending->since : connection.write_progress_at;
    due = since + world.config.write_stall_timeout;
  }
  if (connection.is_rate_paused) due = std::min(due, connection.resume_at);
  if (connection.phase == Phase::greeted)
    due = std::min(due, std::max(now, connection.opened_at + world.config.login_timeout));
  if (is_pinged(world, connection)) due = std::min(due, ping_due(world, connection));
  world.timers.arm(connection.handle.slot, due);
}

}  // namespace plaintalk::messenger::core
