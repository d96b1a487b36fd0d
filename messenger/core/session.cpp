#include "messenger/core/session.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/accounts.hpp"
#include "messenger/core/dispatch.hpp"
#include "messenger/core/downloads.hpp"
#include "messenger/core/login.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/rooms.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/timers.hpp"
#include "messenger/core/uploads.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr Milliseconds kTurnAwayRetry{2'000};

void greet(World& world, Connection& connection) {
  FrameWriter writer = begin_reply(world, Verb::greeting);
  writer.argument(escape(world.config.name))
      .parameter("caps", "history,files")
      .parameter("line", world.config.line_size_max)
      .parameter("body", world.config.body_size_max)
      .parameter("chunk", world.config.chunk_size_max);
  if (world.config.ping_interval) {
    writer.parameter("ping",
                     static_cast<std::uint64_t>(
                         std::chrono::ceil<std::chrono::seconds>(*world.config.ping_interval).count()));
  } else {
    writer.parameter("ping", "unlimited");
  }
  writer.body("type HELP");
  send(world, connection);
}

std::optional<Refusal> reason_to_turn_away(World& world, const Connection& connection) {
  Refusal refusal = try_later(ErrorName::busy, "", kTurnAwayRetry);
  refusal.fatal = true;
  if (world.is_draining) {
    refusal.error = ErrorName::draining;
    refusal.text = "the server is stopping; try again later";
    return refusal;
  }
  if (world.config.connection_count_max && world.ids.count() > *world.config.connection_count_max) {
    refusal.text = "the server is full; try again later";
    return refusal;
  }
  const auto found = world.logins_by_address.find(connection.client.address);
  const auto& limit = world.config.login_connections_per_address_max;
  if (limit && found != world.logins_by_address.end() && found->second >= *limit) {
    refusal.text = "too many connections from your address have not logged in yet";
    return refusal;
  }
  return std::nullopt;
}

// One more frame, or an error in the place of one, before the login. False when it was one too many.
bool count_login_frame(World& world, Connection& connection) {
  if (connection.login_frame_count++ < world.config.login_frame_count_max) return true;
  Refusal too_many = refusal(ErrorName::rate, "too much before a login; connect again and LOGIN first");
  too_many.fatal = true;
  refuse(world, connection, too_many, "", "");
  return false;
}

void check_login_bytes(World& world, Connection& connection) {
  const FrameDecoder& decoder = connection.decoder->decoder;
  if (decoder.stream_offset() + decoder.pending_size() <= world.config.login_bytes_max) return;
  Refusal too_many = refusal(ErrorName::rate, "too much before a login; connect again and LOGIN first");
  too_many.max = world.config.login_bytes_max;
  too_many.fatal = true;
  refuse(world, connection, too_many, "", "");
}

void confirm_what_arrived(World& world, Connection& connection) {
  if (connection.token_is_new) confirm_token(connection);
  if (connection.new_file != FileId{}) confirm_file(world, connection);
}

void handle_step(World& world, Connection& connection, FrameDecoder::Step step) {
  if (connection.phase == Phase::greeted && !count_login_frame(world, connection)) return;
  confirm_what_arrived(world, connection);
  if (step == FrameDecoder::Step::frame) {
    handle_frame(world, connection, connection.decoder->decoder.frame());
  } else {
    handle_decode_error(world, connection, connection.decoder->decoder.error());
  }
}

void run_frames(World& world, Connection& connection) {
  connection.is_parked = false;
  for (;;) {
    if (connection.phase == Phase::closing) return connection.decoder.reset();
    if (must_wait(world, connection)) {
      connection.decoder->decoder.park();
      connection.is_parked = true;
      world.touch(connection);
      return;
    }
    const FrameDecoder::Step step = connection.decoder->next();
    if (step == FrameDecoder::Step::need_more) break;
    handle_step(world, connection, step);
  }
  if (connection.phase == Phase::greeted) check_login_bytes(world, connection);
  if (connection.phase == Phase::closing) return connection.decoder.reset();
  // Not before the login: only there the decoder's own count of octets is needed.
  if (connection.phase == Phase::in && connection.decoder->is_between_frames())
    world.decoders.give_back(std::move(connection.decoder));
}

void leave_all_rooms(World& world, Connection& connection, Leaving leaving) {
  Account& account = *connection.account;
  const bool is_last = account.connections.size() == 1 && account.absences.empty();
  const bool is_told = !world.is_draining;
  if (is_told && is_last && leaving == Leaving::quit) announce_presence(world, account, "gone", "");
  std::erase(account.connections, &connection);
  while (!connection.rooms.empty()) {
    Room& room = *connection.rooms.back().room;
    leave_room(connection, connection.rooms.size() - 1);
    if (is_in_room(account, room)) continue;
    if (leaving == Leaving::quit || !is_told) {
      announce_parted(world, room, account, connection.id, "quit");
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
  const auto found = world.logins_by_address.find(connection.client.address);
  if (found != world.logins_by_address.end() && --found->second == 0) world.logins_by_address.erase(found);
}

Connection& open_connection(World& world, const Endpoint& client, const Endpoint& server) {
  std::uint32_t slot = static_cast<std::uint32_t>(world.slots.size());
  if (world.free_slots.empty()) {
    world.slots.emplace_back();
  } else {
    slot = world.free_slots.back();
    world.free_slots.pop_back();
  }
  world.slots[slot] = std::make_unique<Connection>();
  Connection& connection = *world.slots[slot];
  connection.id = ConnectionId{++world.last_connection_id};
  connection.slot = slot;
  connection.client = client;
  connection.opened_at = connection.last_seen = world.now.instant;
  world.ids.add(connection.id, &connection);
  world.log(ConnectionOpened{connection.id, client, server});
  if (const auto refusal = reason_to_turn_away(world, connection)) {
    refuse(world, connection, *refusal, "", "");
    return connection;
  }
  connection.counts_as_login = true;
  ++world.logins_by_address[client.address];
  greet(world, connection);
  arm_timer(world, connection);
  return connection;
}

bool must_wait(const World& world, const Connection& connection) {
  return connection.pending_login || connection.awaits_digest || connection.is_rate_paused ||
         connection.out.reply_size() >= std::max<std::size_t>(world.config.reply_queue_bytes_max / 4, 1);
}

void receive(World& world, Connection& connection, std::string_view octets) {
  connection.bytes_in += octets.size();
  connection.last_seen = world.now.instant;
  connection.ping_count = 0;
  if (connection.phase == Phase::closing) return;
  if (!connection.decoder) {
    connection.decoder = connection.has_had_decoder ? world.decoders.lend() : world.decoders.fresh();
    connection.has_had_decoder = true;
  }
  connection.decoder->feed(octets);
  run_frames(world, connection);
}

void resume(World& world, Connection& connection) {
  if (connection.phase == Phase::closing || must_wait(world, connection)) return;
  world.touch(connection);  // it may be read again
  if (connection.is_parked) run_frames(world, connection);
}

void end_session(World& world, Connection& connection, std::string_view reason, Leaving leaving) {
  if (connection.phase == Phase::closing) return;
  stop_counting_login(world, connection);
  release_downloads(world, connection);
  release_uploads(world, connection);
  connection.pending_login.reset();
  connection.gaps.reset();
  if (connection.phase == Phase::in) {
    Account& account = *connection.account;
    flush_rooms_of(world, connection);
    leave_all_rooms(world, connection, leaving);
    connection.device->connection = nullptr;
    connection.device->last_used = world.now.instant;
    connection.device = nullptr;
    ++account.closing_count;
    if (account.connections.empty()) {
      account.is_away = false;
      // After a QUIT the name is free at once; after a loss it is kept for whoever has its token.
      if (leaving != Leaving::quit && account.has_token_holder)
        account.reserved_until = world.now.instant + world.config.presence_grace;
      if (!account.is_registered()) schedule_departure(world, account);
    }
  }
  connection.phase = Phase::closing;
  connection.close_reason = reason;
  connection.closing_since = world.now.instant;
  world.touch(connection);
  arm_timer(world, connection);
}

void end_with_bye(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                  std::optional<ErrorName> error, std::string_view text) {
  if (connection.phase == Phase::closing) return;
  end_session(world, connection, reason, leaving);
  FrameWriter writer = begin_reply(world, Verb::bye);
  if (error) writer.argument(std::uint64_t{code_of(*error)}).argument(text_of(*error));
  writer.body(text);
  send_ordered(world, connection);
}

void end_overfull(World& world) {
  while (!world.overfull.empty()) {
    const ConnectionId id = world.overfull.back();
    world.overfull.pop_back();
    Connection* connection = world.find(id);
    if (connection == nullptr) continue;
    end_with_bye(world, *connection, "slow", Leaving::dropped, ErrorName::slow,
                 "you read too slowly: too many replies wait for you");
  }
}

void forget_connection(World& world, Connection& connection, std::string_view reason) {
  end_session(world, connection, "", Leaving::dropped);
  const bool has_own_reason = !connection.close_reason.empty();
  std::string_view account;
  if (connection.account != nullptr) {
    account = connection.account->name;
    --connection.account->closing_count;
  }
  world.log(ConnectionClosed{connection.id, account, has_own_reason ? connection.close_reason : reason,
                             connection.bytes_in, connection.bytes_out});
  world.timers.disarm(connection.slot);
  world.ids.remove(connection.id);
  world.free_slots.push_back(connection.slot);
  world.slots[connection.slot].reset();
}

}  // namespace plaintalk::messenger::core
