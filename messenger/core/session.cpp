#include "messenger/core/session.hpp"

#include <algorithm>
#include <utility>

#include "messenger/core/budget.hpp"
#include "messenger/core/dispatch.hpp"
#include "messenger/core/input_pause.hpp"
#include "messenger/core/login.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/session_end.hpp"
#include "messenger/core/timers.hpp"
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
  if (const auto limit = file_size_limit(world.config)) {
    writer.parameter("file", *limit);
  } else {
    writer.parameter("file", "unlimited");
  }
  if (world.config.ping_interval) {
    writer.parameter("ping",
                     static_cast<std::uint64_t>(
                         std::chrono::ceil<std::chrono::seconds>(*world.config.ping_interval).count()));
  } else {
    writer.parameter("ping", "unlimited");
  }
  writer.parameter("run", world.run).body("type HELP");
  send(world, connection);
}

// The oldest of the address that has not logged in gives way to a new one: whoever logs in at once gets in
// also when somebody at the same address holds idle connections. False when all of them wait for a password.
bool make_place_for_login(World& world, const Connection& connection) {
  const auto& limit = world.config.login_connections_per_address_max;
  const std::vector<ConnectionId>& logins = world.addresses.of(connection.client.address).logins;
  if (!limit || logins.size() < *limit) return true;
  for (const ConnectionId id : logins) {
    Connection* oldest = world.connections.find(id);
    if (oldest == nullptr || oldest->pending_login) continue;
    end_with_bye(world, *oldest, "gave way", Leaving::dropped, ErrorName::busy,
                 "too many connections from your address have not logged in; log in at once");
    return true;
  }
  return false;
}

bool has_too_many_connections(const World& world, const IpAddress& address) {
  if (!world.config.connection_count_max) return false;
  const std::size_t share =
      share_of(*world.config.connection_count_max, world.config.connection_percent_per_address);
  return world.addresses.of(address).connection_count > share;
}

std::optional<Refusal> reason_to_turn_away(World& world, const Connection& connection) {
  Refusal refusal = try_later(ErrorName::busy, "", kTurnAwayRetry);
  refusal.fatal = true;
  if (world.is_draining) {
    refusal.error = ErrorName::draining;
    refusal.text = "the server is stopping; try again later";
    return refusal;
  }
  if (world.config.connection_count_max && world.connections.count() > *world.config.connection_count_max) {
    refusal.text = "the server is full; try again later";
    return refusal;
  }
  if (has_too_many_connections(world, connection.client.address)) {
    refusal.text = "too many connections from your address; close one, or try again later";
    return refusal;
  }
  if (!make_place_for_login(world, connection)) {
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
  refuse_and_end(world, connection, too_many);
  return false;
}

void check_login_bytes(World& world, Connection& connection) {
  const FrameDecoder& decoder = connection.decoder->decoder;
  if (decoder.stream_offset() + decoder.pending_size() <= world.config.login_bytes_max) return;
  Refusal too_many = refusal(ErrorName::rate, "too much before a login; connect again and LOGIN first");
  too_many.max = world.config.login_bytes_max;
  too_many.fatal = true;
  refuse_and_end(world, connection, too_many);
}

void handle_step(World& world, Connection& connection, FrameDecoder::Step step) {
  if (connection.phase == Phase::greeted && !count_login_frame(world, connection)) return;
  if (connection.token_is_new) heard_after_login(world, connection);
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
      world.connections.touch(connection);
      return;
    }
    const FrameDecoder::Step step = connection.decoder->next();
    if (step == FrameDecoder::Step::need_more) break;
    handle_step(world, connection, step);
  }
  end_blank_lines(world, connection, connection.decoder->decoder.take_blank_line_count());
  if (connection.phase == Phase::greeted) check_login_bytes(world, connection);
  if (connection.phase == Phase::closing) return connection.decoder.reset();
  // Not before the login: only there the decoder's own count of bytes is needed.
  if (connection.phase == Phase::in && connection.decoder->is_between_frames()) {
    connection.decoder->count_held(false, world.now.instant);
    world.decoders.give_back(std::move(connection.decoder));
  }
}

void run(World& world, Connection& connection) {
  run_frames(world, connection);
  if (connection.decoder) connection.decoder->count_held(connection.is_parked, world.now.instant);
}

// The connection whose frame was begun first, of those that hold no less than the average.
Connection* find_slowest_sender(const World& world) {
  std::size_t count = 0;
  world.connections.for_each(
      [&](const Connection& each) { count += each.decoder && each.decoder->held_bytes > 0; });
  Connection* slowest = nullptr;
  world.connections.for_each([&](Connection& each) {
    if (!each.decoder || each.decoder->held_bytes * count < world.decoders.held_bytes()) return;
    if (slowest == nullptr || each.decoder->held_since < slowest->decoder->held_since) slowest = &each;
  });
  return slowest;
}

// All unfinished frames together are bounded: who took longest over a large one gives way.
void bound_unfinished_frames(World& world) {
  while (world.decoders.held_bytes() > world.config.unfinished_frames_bytes_max) {
    Connection* slowest = find_slowest_sender(world);
    if (slowest == nullptr) return;
    end_with_bye(
        world, *slowest, "unfinished frame", Leaving::dropped, ErrorName::slow,
        "too many frames are unfinished and yours was begun first; send the rest of a frame at once");
    slowest->decoder.reset();
  }
}

}  // namespace

Connection& open_connection(World& world, const Endpoint& client, const Endpoint& server) {
  Connection& connection = world.connections.add(client, world.now.instant);
  world.addresses.connection_opened(client.address);
  world.log(ConnectionOpened{connection.id, client, server});
  if (const auto refusal = reason_to_turn_away(world, connection)) {
    refuse_and_end(world, connection, *refusal);
    return connection;
  }
  connection.counts_as_login = true;
  if (world.config.login_connections_per_address_max)
    world.addresses.login_begins(client.address, connection.id);
  greet(world, connection);
  arm_timer(world, connection);
  return connection;
}

void receive(World& world, Connection& connection, std::string_view bytes) {
  connection.bytes_in += bytes.size();
  connection.last_seen = world.now.instant;
  connection.ping_count = 0;
  if (connection.phase == Phase::closing) return;
  if (!connection.decoder) {
    connection.decoder = connection.has_had_decoder ? world.decoders.lend() : world.decoders.fresh();
    connection.has_had_decoder = true;
  }
  connection.decoder->feed(bytes);
  run(world, connection);
  bound_unfinished_frames(world);
}

void resume(World& world, Connection& connection) {
  if (connection.phase == Phase::closing || must_wait(world, connection)) return;
  world.connections.touch(connection);  // it may be read again
  if (connection.is_parked) run(world, connection);
}

void forget_connection(World& world, Connection& connection, std::string_view reason) {
  end_session(world, connection, "", Leaving::dropped);
  const std::string_view own_reason = connection.ending->reason;
  std::string_view account;
  if (!connection.account.is_none()) {
    Account& person = world.account_of(connection);
    account = person.name;
    --person.closing_count;
  }
  world.log(
      ConnectionClosed{connection.id, account, own_reason.empty() ? reason : own_reason, connection.bytes_in,
                       connection.bytes_out,
                       connection.refusal_count - std::min(connection.refusal_count, kLoggedRefusalsMax)});
  world.addresses.connection_gone(connection.client.address);
  world.timers.disarm(connection.handle.slot);
  world.connections.remove(connection);
}

}  // namespace plaintalk::messenger::core
