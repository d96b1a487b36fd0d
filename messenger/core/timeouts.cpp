#include "messenger/core/timeouts.hpp"

#include "messenger/core/replies.hpp"
#include "messenger/core/session.hpp"
#include "messenger/core/session_end.hpp"
#include "messenger/core/timers.hpp"

namespace plaintalk::messenger::core {
namespace {

void ping_or_give_up(World& world, Connection& connection) {
  if (connection.ping_count >= world.config.ping_miss_count_max) {
    end_with_bye(world, connection, "no answer to PING", Leaving::dropped, ErrorName::slow,
                 "no answer to PING");
    return;
  }
  send_ping(world, connection);
}

// Nothing can be written any more: not even a farewell.
void give_up_writing(World& world, Connection& connection) {
  end_session(world, connection, "no progress in writing", Leaving::dropped);
  connection.out.reset();
  world.connections.touch(connection);
}

bool is_write_stalled(const World& world, const Connection& connection) {
  if (!connection.out) return false;
  const Instant since =
      connection.phase == Phase::closing ? connection.ending->since : connection.write_progress_at;
  return since + world.config.write_stall_timeout <= world.now.instant;
}

void check_deadlines(World& world, Connection& connection) {
  const Instant now = world.now.instant;
  if (is_write_stalled(world, connection)) return give_up_writing(world, connection);
  if (connection.phase == Phase::closing) return;
  if (connection.is_rate_paused && connection.resume_at <= now) {
    connection.is_rate_paused = false;
    resume(world, connection);
  }
  if (connection.phase == Phase::greeted && !connection.pending_login &&
      connection.opened_at + world.config.login_timeout <= now) {
    end_with_bye(world, connection, "no login in time", Leaving::dropped, ErrorName::slow,
                 "no login in time; connect again");
    return;
  }
  if (is_pinged(world, connection) && ping_due(world, connection) <= now) ping_or_give_up(world, connection);
}

}  // namespace

void fire_timers(World& world) {
  world.fired.clear();
  world.timers.advance(world.now.instant, world.fired);
  for (const std::uint32_t slot : world.fired) {
    Connection* connection = world.connections.in_slot(slot);
    if (connection == nullptr) continue;
    check_deadlines(world, *connection);
    arm_timer(world, *connection);
  }
}

}  // namespace plaintalk::messenger::core
