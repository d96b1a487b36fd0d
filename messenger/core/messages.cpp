#include "messenger/core/messages.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/text.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/targets.hpp"

namespace plaintalk::messenger::core {
namespace {

std::uint64_t content_hash(std::string_view target, std::string_view body) {
  const std::uint64_t target_hash = std::hash<std::string_view>{}(target);
  return std::hash<std::string_view>{}(body) ^ (target_hash * 0x9e3779b97f4a7c15ULL);
}

void send_ok_without_id(World& world, Connection& connection, const Room& room, std::uint64_t seq,
                        std::int64_t at_ms) {
  LastOk& last = world.last_ok;
  if (last.room != room.handle || last.at_ms != at_ms) {
    last.room = room.handle;
    last.at_ms = at_ms;
    last.text.clear();
    FrameWriter writer(last.text, Verb::ok);
    if (room.is_conversation()) writer.parameter("room", room.name);
    last.head = {0, last.text.size()};
    writer.parameter("seq", seq);
    const std::size_t tail = last.text.size();
    writer.parameter("at", static_cast<std::uint64_t>(at_ms));
    last.tail = {tail, last.text.size() - tail};
    writer.end();
    return reply(world, connection, last.text);
  }
  const std::size_t start = last.text.size();
  FrameWriter(last.text, last.head).parameter("seq", seq).repeat(last.tail).end();
  reply(world, connection, std::string_view(last.text).substr(start));
  last.text.resize(start);
}

void send_ok(World& world, Connection& connection, std::string_view id, std::string_view room,
             std::uint64_t seq, std::int64_t at_ms, bool is_repeat) {
  FrameWriter writer = begin_ok(world, id);
  if (room.starts_with('@')) writer.parameter("room", room);
  writer.parameter("seq", seq).parameter("at", static_cast<std::uint64_t>(at_ms));
  if (is_repeat) writer.parameter("dup", std::uint64_t{1});
  writer.end();
  send(world, connection);
}

Answer repeat(World& world, Connection& connection, const RequestMemory::Request& known, std::uint64_t hash) {
  if (known.content_hash != hash)
    return refusal(ErrorName::id_reused, "this id has been used for another message; choose a new one");
  send_ok(world, connection, known.id, known.room, known.seq, known.at_ms, true);
  world.log(Resent{connection.id, known.room, known.seq, world.account_of(connection).name, known.id});
  return kAnswered;
}

}  // namespace

Answer handle_say(World& world, Connection& connection, const Frame& frame) {
  const std::string_view target = frame.argument(0);
  if (target.empty() || frame.body.empty() || frame.argument_count() != 1) return wrong_form(Verb::say);
  if (frame.body.size() > world.config.body_size_max)
    return too_large("shorten the message, or send it as a file", world.config.body_size_max);
  // The decoder has looked at inline text already.
  if (frame.body_kind == BodyKind::counted && !is_utf8(frame.body))
    return refusal(ErrorName::not_utf8, "a message is UTF-8 text");

  Room* room = target_as_written(world, connection, target);
  std::optional<Target> parsed;
  if (room == nullptr) {
    parsed = parse_target(target);
    if (!parsed) return wrong_form(Verb::say);
  }
  const std::string_view id = id_of(frame);
  if (const auto* known = id.empty() ? nullptr : world.device_of(connection).requests->find(id)) {
    const std::string room_name =
        room != nullptr ? room->name : room_name_of(world.account_of(connection), *parsed);
    return repeat(world, connection, *known, content_hash(room_name, frame.body));
  }
  if (room == nullptr) {
    const auto found = open_target(world, connection, *parsed);
    if (!found) return found.error();
    room = *found;
  }
  if (Answer refused = take_message(world, connection, frame.body.size())) {
    drop_room_if_unused(world, *room);  // a conversation that was made for it
    return refused;
  }

  const std::uint64_t seq =
      route(world, *room, connection,
            {Verb::msg, id, frame.body, nullptr, frame.body_kind == BodyKind::inline_text});
  const std::int64_t at_ms = wall_ms(world.now.wall);
  if (id.empty()) {
    send_ok_without_id(world, connection, *room, seq, at_ms);
    return kAnswered;
  }
  world.request_memories.add(
      world.device_of(connection).requests.made(),
      {std::string(id), content_hash(room->name, frame.body), seq, at_ms, room->name, world.now.instant, 0},
      world.config.remembered_request_count_max, world.config.remembered_request_time);
  send_ok(world, connection, id, room->name, seq, at_ms, false);
  return kAnswered;
}

Answer handle_ping(World& world, Connection& connection, const Frame& frame) {
  if (frame.body.size() > world.config.body_size_max)
    return too_large("shorten the text", world.config.body_size_max);
  flush_rooms_of(world, connection);
  send_gaps(world, connection);
  FrameWriter writer = begin_reply(world, Verb::pong);
  if (frame.body_kind == BodyKind::none) {
    writer.end();
  } else {
    writer.body(frame.body);
  }
  send_ordered(world, connection);
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
