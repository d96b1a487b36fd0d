#include "messenger/core/session_end.hpp"

#include "messenger/core/accounts.hpp"
#include "messenger/core/downloads.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/timers.hpp"
#include "messenger/core/unheard.hpp"
#include "messenger/core/uploads.hpp"

namespace plaintalk::messenger::core {
namespace {

void leave_all_rooms(World& world, Connection& connection, Leaving leaving, std::string_view words) {
  Account& account = world.account_of(connection);
  const bool is_last = account.connections.size() == 1 && account.absences->empty();
  const bool is_told = !world.is_draining;
  if (is_told && is_last && leaving == Leaving::quit) announce_presence(world, account, "gone", "");
  account.connections.remove(connection.handle);
  while (!connection.rooms.empty()) {
    Room& room = world.rooms.at(connection.rooms.back().room);
    leave_room(world, connection, connection.rooms.size() - 1);
    if (is_in_room(world, account, room)) continue;
    if (leaving == Leaving::quit || !is_told) {
      announce_parted(world, room, account, connection.id, "quit", words);
      drop_room_if_unused(world, room);
    } else {
      start_absence(world, account, room, leaving == Leaving::replaced ? "replaced" : "dropped");
    }
  }
}

}  // namespace

void stop_counting_login(World& world, Connection& connection) {
  if (!connection.counts_as_login) return;
  connection.counts_as_login = false;
  world.addresses.login_ends(connection.client.address, connection.id);
}

void end_session(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                 std::string_view words) {
  if (connection.phase == Phase::closing) return;
  stop_counting_login(world, connection);
  release_downloads(world, connection);
  release_uploads(world, connection);
  connection.pending_login.reset();
  if (connection.phase == Phase::in) {
    Account& account = world.account_of(connection);
    keep_signs_of(account, connection);  // before what is told now: nothing follows it
    flush_rooms_of(world, connection);
    send_gaps(world, connection);  // not before: what is flushed would come without them
    leave_all_rooms(world, connection, leaving, words);
    Device& device = world.device_of(connection);
    device.connection = {};
    device.last_used = world.now.instant;
    ++account.closing_count;
    if (account.connections.empty()) {
      account.is_away = false;
      if (leaving != Leaving::quit) give_up_waiting_for_signs(world, account);
      // After a QUIT the name is free at once; after a loss it is kept for whoever has its token.
      if (leaving != Leaving::quit && account.has_token_holder)
        account.reserved_until = world.now.instant + world.config.presence_grace;
      if (!account.is_registered()) start_departure(world, account, connection.client.address);
    }
  }
  connection.phase = Phase::closing;
  connection.ending = std::make_unique<Ending>(reason, world.now.instant);
  world.connections.touch(connection);
  arm_timer(world, connection);
}

void end_with_bye(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                  std::optional<ErrorName> error, std::string_view text, std::string_view words) {
  if (connection.phase == Phase::closing) return;
  end_session(world, connection, reason, leaving, words);
  FrameWriter writer = begin_reply(world, Verb::bye);
  if (error) writer.argument(std::uint64_t{code_of(*error)}).argument(text_of(*error));
  writer.body(text);
  send_ordered(world, connection);
}

void end_overfull(World& world) {
  while (Connection* connection = world.connections.take_overfull())
    end_with_bye(world, *connection, "slow", Leaving::dropped, ErrorName::slow,
                 "you read too slowly: too many replies wait for you");
}

void refuse_and_end(World& world, Connection& connection, const Refusal& refusal) {
  send_refusal(world, connection, refusal, "", "");
  if (refusal.fatal) end_session(world, connection, "protocol error", Leaving::dropped);
}

}  // namespace plaintalk::messenger::core
