#include "messenger/core/rooms.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/routing.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr Milliseconds kNoRoomRetry{10'000};
constexpr std::size_t kTopicSizeMax = 1024;

// The room left for longest goes. False when there are people in all of them.
bool make_place_for_room(World& world) {
  if (world.rooms.listed_count() < world.config.room_count_max) return true;
  Room* unused = world.rooms.longest_unused();
  if (unused == nullptr) return false;
  remove_room(world, *unused);
  return true;
}

// The one unused for longest goes: of the address itself when that has opened its share.
void make_place_for_conversation(World& world, const IpAddress& address) {
  const std::size_t count_max = world.config.conversation_count_max;
  const bool has_share = world.rooms.conversation_count_of(address) >=
                         share_of(count_max, world.config.room_percent_per_address);
  if (!has_share && world.rooms.conversation_count() < count_max) return;
  Room* oldest = has_share ? world.rooms.oldest_conversation_of(address) : world.rooms.oldest_conversation();
  flush(world, *oldest);
  remove_room(world, *oldest);
}

// A room that nobody is in, or that is not there yet, is taken into use by the address of the connection.
std::expected<void, Refusal> check_share(const World& world, const Connection& connection) {
  const std::size_t share = share_of(world.config.room_count_max, world.config.room_percent_per_address);
  if (share == world.config.room_count_max ||
      world.addresses.of(connection.client.address).room_count < share)
    return {};
  Refusal refused =
      try_later(ErrorName::busy,
                "people at your address use as many rooms of their own as one address may; PART "
                "one, or JOIN one that others are in",
                kNoRoomRetry);
  refused.max = share;
  return std::unexpected(refused);
}

std::expected<Room*, Refusal> take_into_use(World& world, const Connection& connection, Room* room,
                                            std::string_view name) {
  if (const auto allowed = check_share(world, connection); !allowed) return std::unexpected(allowed.error());
  if (room == nullptr) {
    if (!make_place_for_room(world))
      return std::unexpected(try_later(
          ErrorName::busy, "all rooms are in use; JOIN one of ROOMS, or try again later", kNoRoomRetry));
    room = &world.rooms.add_room(name);
    world.log(RoomChanged{connection.id, "create", room->name, world.account_of(connection).name, ""});
  }
  use_room(world, *room, connection.client.address);
  return room;
}

// Lists end when half of what may wait for a connection is used: the OK then says more=1.
bool list_is_full(const World& world, const Connection& connection) {
  return connection.waiting().reply_size() >= world.config.reply_queue_bytes_max / 2;
}

void finish_list(World& world, Connection& connection, const Frame& frame, std::uint64_t count, bool is_cut) {
  FrameWriter writer = begin_ok(world, frame);
  writer.parameter("count", count);
  if (is_cut) writer.parameter("more", std::uint64_t{1});
  writer.end();
  send(world, connection);
}

// The device is not told: with its name somebody would have half of what a login needs.
void note_who(World& world, Connection& connection, std::string_view room, const Account& account) {
  FrameWriter writer = begin_reply(world, Verb::note);
  writer.argument("WHO").argument(room).argument(account.name).parameter("state", state_of(account));
  if (account.display->empty()) {
    writer.end();
  } else {
    writer.body(*account.display);
  }
  send(world, connection);
}

// Whether the account comes for the first time since the last stamp: several of its devices may be in a list.
bool is_new(const World& world, Account& account) {
  return std::exchange(account.stamp, world.last_stamp) != world.last_stamp;
}

Answer who_is_online(World& world, Connection& connection, const Frame& frame) {
  std::vector<const Account*> online;
  ++world.last_stamp;
  world.connections.for_each([&](const Connection& other) {
    if (other.phase != Phase::in) return;
    Account& account = world.account_of(other);
    if (is_new(world, account)) online.push_back(&account);
  });
  std::ranges::sort(online, {}, &Account::name);
  std::uint64_t count = 0;
  for (const Account* account : online) {
    if (list_is_full(world, connection)) break;
    note_who(world, connection, "*", *account);
    ++count;
  }
  finish_list(world, connection, frame, count, count < online.size());
  return kAnswered;
}

Answer who_is_in(World& world, Connection& connection, const Frame& frame, const Room& room) {
  ++world.last_stamp;
  std::uint64_t count = 0;
  for (const ConnectionHandle member : room.members) {
    if (list_is_full(world, connection)) break;
    Account& account = world.account_of(world.connections.at(member));
    if (!is_new(world, account)) continue;
    note_who(world, connection, room.name, account);
    ++count;
  }
  for (const AccountHandle account : room.absent) {
    if (list_is_full(world, connection)) break;
    note_who(world, connection, room.name, world.accounts.at(account));
    ++count;
  }
  finish_list(world, connection, frame, count, count < room.people_count);
  return kAnswered;
}

Answer where_is(World& world, Connection& connection, const Frame& frame, std::string_view name) {
  const Account* account = world.accounts.find(name);
  if (account == nullptr || (!account->is_registered() && account->connections.empty()))
    return refusal(ErrorName::no_such, "nobody of that name; WHO lists who is online");
  const std::string where = "@" + account->name;
  note_who(world, connection, where, *account);
  finish_list(world, connection, frame, 1, false);
  return kAnswered;
}

}  // namespace

std::expected<Room*, Refusal> enter_room(World& world, Connection& connection, std::string_view name) {
  if (Room* joined = joined_room(world, connection, name)) return joined;
  Account& account = world.account_of(connection);
  Room* room = world.rooms.find(name);
  const bool is_known = room != nullptr && (is_in_room(world, account, *room) ||
                                            std::ranges::count(room->absent, account.handle) > 0);
  const auto& limit = world.config.rooms_per_user_max;
  if (!is_known && limit && account.room_count >= *limit) {
    Refusal refused = refusal(ErrorName::rate, "you are in as many rooms as one may; PART one first");
    refused.max = *limit;
    return std::unexpected(refused);
  }
  if (room == nullptr || !is_in_use(*room)) {
    const auto taken = take_into_use(world, connection, room, name);
    if (!taken) return taken;
    room = *taken;
  }
  flush(world, *room);  // what was said before is not for the newcomer
  const bool is_first = !is_known;
  end_absence(account, *room);
  connection.rooms.push_back({room->handle, static_cast<std::uint32_t>(room->members.size())});
  room->members.push_back(connection.handle);
  world.log(RoomChanged{connection.id, "join", room->name, account.name, is_first ? "" : "again"});
  if (!is_first) return room;
  ++room->people_count;
  ++account.room_count;
  if (announces_members(world, *room)) {
    spend_fan_out(world, kAnnouncementSize, room->members.size());
    FrameWriter(announcement(world, *room), Verb::joined).argument(room->name).argument(account.name).end();
  }
  return room;
}

Room& open_conversation(World& world, const Connection& connection, Account& one, Account& other) {
  const auto found = one.conversations->find(other.handle);
  if (found != one.conversations->end()) {
    Room& room = world.rooms.at(found->second);
    world.rooms.use_conversation(room);
    return room;
  }
  const IpAddress& address = connection.client.address;
  make_place_for_conversation(world, address);
  Room& room = world.rooms.add_conversation(conversation_name(one.name, other.name), address);
  const bool is_in_order = one.name <= other.name;
  room.people = {is_in_order ? one.handle : other.handle, is_in_order ? other.handle : one.handle};
  one.conversations.made()[other.handle] = room.handle;
  other.conversations.made()[one.handle] = room.handle;
  return room;
}

Answer handle_join(World& world, Connection& connection, const Frame& frame) {
  const auto name = fold_room(frame.argument(0));
  if (!name || frame.argument_count() != 1) return wrong_form(Verb::join);
  const auto room = enter_room(world, connection, *name);
  if (!room) return room.error();
  FrameWriter writer = begin_ok(world, frame);
  writer.parameter("room", (*room)->name)
      .parameter("members", (*room)->people_count)
      .parameter("last", (*room)->last_seq);
  if ((*room)->topic.empty()) {
    writer.end();
  } else {
    writer.body((*room)->topic);
  }
  send(world, connection);
  return kAnswered;
}

Answer handle_part(World& world, Connection& connection, const Frame& frame) {
  const auto name = fold_room(frame.argument(0));
  if (!name || frame.argument_count() != 1) return wrong_form(Verb::part);
  Room* room = joined_room(world, connection, *name);
  if (room == nullptr) {
    if (world.rooms.find(*name) == nullptr)
      return refusal(ErrorName::no_such, "there is no such room; ROOMS lists them");
    return refusal(ErrorName::denied, "you are not in this room");
  }
  if (frame.body.size() > kPartingTextSizeMax)
    return too_large("parting words have at most 256 bytes", kPartingTextSizeMax);
  if (!is_utf8(frame.body)) return refusal(ErrorName::not_utf8, "parting words are UTF-8 text");
  flush(world, *room);
  const auto place = std::ranges::find(connection.rooms, room->handle, &Membership::room);
  leave_room(world, connection, static_cast<std::size_t>(place - connection.rooms.begin()));
  begin_ok(world, frame).parameter("room", room->name).end();
  send_ordered(world, connection);  // nothing of the room comes after it
  if (!is_in_room(world, world.account_of(connection), *room)) {
    announce_parted(world, *room, world.account_of(connection), connection.id, "part", frame.body);
    drop_room_if_unused(world, *room);
  }
  return kAnswered;
}

Answer handle_rooms(World& world, Connection& connection, const Frame& frame) {
  std::uint64_t count = 0;
  world.rooms.for_each_listed([&](const Room& room) {
    if (list_is_full(world, connection)) return false;
    FrameWriter writer = begin_reply(world, Verb::note);
    writer.argument("ROOM")
        .argument(room.name)
        .parameter("members", room.people_count)
        .parameter("last", room.last_seq);
    if (room.topic.empty()) {
      writer.end();
    } else {
      writer.body(room.topic);
    }
    send(world, connection);
    ++count;
    return true;
  });
  finish_list(world, connection, frame, count, count < world.rooms.listed_count());
  return kAnswered;
}

Answer handle_who(World& world, Connection& connection, const Frame& frame) {
  const std::string_view what = frame.argument(0);
  if (what.empty()) return who_is_online(world, connection, frame);
  const auto target = parse_target(what);
  if (!target || target->kind == Target::Kind::conversation) return wrong_form(Verb::who);
  if (target->kind == Target::Kind::account) return where_is(world, connection, frame, target->name);
  const Room* room = world.rooms.find(target->name);
  if (room == nullptr) return refusal(ErrorName::no_such, "there is no such room; ROOMS lists them");
  return who_is_in(world, connection, frame, *room);
}

Answer handle_topic(World& world, Connection& connection, const Frame& frame) {
  const auto name = fold_room(frame.argument(0));
  if (!name || frame.argument_count() != 1) return wrong_form(Verb::topic);
  Room* room = world.rooms.find(*name);
  if (room == nullptr) return refusal(ErrorName::no_such, "there is no such room; ROOMS lists them");
  if (frame.body_kind == BodyKind::none) {
    FrameWriter writer = begin_ok(world, frame);
    writer.parameter("room", room->name);
    if (room->topic.empty()) {
      writer.end();
    } else {
      writer.body(room->topic);
    }
    send(world, connection);
    return kAnswered;
  }
  if (joined_room(world, connection, *name) == nullptr)
    return refusal(ErrorName::denied, "only members set the topic: JOIN the room first");
  if (frame.body.size() > kTopicSizeMax) return too_large("a topic has at most 1024 bytes", kTopicSizeMax);
  if (!is_utf8(frame.body)) return refusal(ErrorName::not_utf8, "a topic is UTF-8 text");
  room->topic = frame.body;
  begin_ok(world, frame).parameter("room", room->name).end();
  send(world, connection);
  spend_fan_out(world, kAnnouncementSize + room->topic.size(), room->members.size());
  FrameWriter(announcement(world, *room), Verb::topic)
      .argument(room->name)
      .argument(world.account_of(connection).name)
      .argument(static_cast<std::uint64_t>(wall_ms(world.now.wall)))
      .body(room->topic);
  world.log(RoomChanged{connection.id, "topic", room->name, world.account_of(connection).name, room->topic});
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
