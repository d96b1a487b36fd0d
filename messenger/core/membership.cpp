#include "messenger/core/membership.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/routing.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {
bool announces_members(const World& world, const Room& room) {
  return room.people_count <= world.config.room_member_announce_max;
}

Room* joined_room(const World& world, const Connection& connection, std::string_view name) {
  for (const Membership& membership : connection.rooms) {
    Room& room = world.rooms.at(membership.room);
    if (room.name == name) return &room;
  }
  return nullptr;
}

bool is_in_room(const World& world, const Account& account, const Room& room) {
  const auto has_joined = [&](ConnectionHandle handle) {
    return std::ranges::any_of(world.connections.at(handle).rooms,
                               [&](const Membership& entry) { return entry.room == room.handle; });
  };
  return std::ranges::any_of(account.connections, has_joined);
}

void leave_room(World& world, Connection& connection, std::size_t index) {
  const Membership left = connection.rooms[index];
  connection.rooms[index] = connection.rooms.back();
  connection.rooms.pop_back();
  Room& room = world.rooms.at(left.room);
  std::vector<ConnectionHandle>& members = room.members;
  check(members[left.place] == connection.handle, "a member is not where it says");
  const ConnectionHandle moved = members.back();
  members[left.place] = moved;
  members.pop_back();
  settle_gap(world, connection, room);
  if (moved == connection.handle) return;
  for (Membership& membership : world.connections.at(moved).rooms)
    if (membership.room == left.room) membership.place = left.place;
}

void announce_parted(World& world, Room& room, Account& account, ConnectionId connection,
                     std::string_view reason, std::string_view text) {
  const bool is_announced = announces_members(world, room);
  --room.people_count;
  --account.room_count;
  world.log(RoomChanged{connection, "part", room.name, account.name, reason});
  if (!is_announced || room.members.empty()) return;
  spend_fan_out(world, kAnnouncementSize + text.size(), room.members.size());
  FrameWriter writer(announcement(world, room), Verb::parted);
  writer.argument(room.name).argument(account.name).parameter("reason", reason);
  if (text.empty()) {
    writer.end();
  } else {
    writer.body(text);
  }
}

namespace {

// Whoever was too slow for some of it learns that before it goes: its numbers go on above.
void leave_conversation(World& world, const Room& room, std::size_t side) {
  Account& account = world.accounts.at(room.people[side]);
  account.conversations.reduce([&](auto& conversations) { conversations.erase(room.people[1 - side]); });
  for (const ConnectionHandle handle : account.connections)
    settle_gap(world, world.connections.at(handle), room);
}

}  // namespace

void use_room(World& world, Room& room, const IpAddress& address) {
  check(!room.payer && !is_in_use(room), "a room is paid for twice");
  room.payer = address_key(address);
  world.addresses.room_taken(address);
  world.rooms.note_in_use(room);
}

void drop_room_if_unused(World& world, Room& room) {
  if (is_in_use(room)) return;
  flush(world, room);
  if (room.payer) world.addresses.room_released(*std::exchange(room.payer, std::nullopt));
  if (room.history.empty()) return remove_room(world, room);
  if (!room.is_conversation()) world.rooms.note_unused(room);
}

void remove_room(World& world, Room& room) {
  check(!is_in_use(room) && room.batch == nullptr, "a room that is in use is removed");
  if (room.is_conversation())
    for (std::size_t side = 0; side < room.people.size(); ++side) leave_conversation(world, room, side);
  world.history.forget(room);
  world.rooms.remove(room);
}

void remove_emptied_rooms(World& world) {
  for (const RoomHandle handle : world.history.take_emptied()) {
    Room* room = world.rooms.find(handle);
    if (room != nullptr && !is_in_use(*room) && room->batch == nullptr && room->history.empty())
      remove_room(world, *room);
  }
}

}  // namespace plaintalk::messenger::core
