#include "messenger/core/membership.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/routing.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {
namespace {

void forget_gap(Connection& connection, const Room& room) {
  if (!connection.gaps) return;
  std::erase_if(*connection.gaps, [&](const Gap& gap) { return gap.room == &room; });
  if (connection.gaps->empty()) connection.gaps.reset();
}

}  // namespace

bool announces_members(const World& world, const Room& room) {
  return room.people_count <= world.config.room_member_announce_max;
}

Room* joined_room(const Connection& connection, std::string_view name) {
  for (const Membership& membership : connection.rooms)
    if (membership.room->name == name) return membership.room;
  return nullptr;
}

bool is_in_room(const World& world, const Account& account, const Room& room) {
  const auto has_joined = [&](ConnectionHandle handle) {
    return std::ranges::any_of(world.connections.at(handle).rooms,
                               [&](const Membership& entry) { return entry.room == &room; });
  };
  return std::ranges::any_of(account.connections, has_joined);
}

void leave_room(const World& world, Connection& connection, std::size_t index) {
  const Membership left = connection.rooms[index];
  connection.rooms[index] = connection.rooms.back();
  connection.rooms.pop_back();
  std::vector<ConnectionHandle>& members = left.room->members;
  check(members[left.place] == connection.handle, "a member is not where it says");
  const ConnectionHandle moved = members.back();
  members[left.place] = moved;
  members.pop_back();
  forget_gap(connection, *left.room);
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

void leave_conversation(const World& world, Account& account, const Room& room) {
  std::erase_if(account.conversations, [&](const auto& entry) { return entry.second == &room; });
  for (const ConnectionHandle handle : account.connections) forget_gap(world.connections.at(handle), room);
}

}  // namespace

void use_room(World& world, Room& room, const IpAddress& address) {
  check(!room.payer && !is_in_use(room), "a room is paid for twice");
  room.payer = address_key(address);
  world.addresses.room_taken(address);
  if (std::exchange(room.is_unused, false)) world.unused_rooms.erase(room.unused_place);
}

void drop_room_if_unused(World& world, Room& room) {
  if (is_in_use(room)) return;
  flush(world, room);
  if (room.payer) world.addresses.room_released(*std::exchange(room.payer, std::nullopt));
  if (room.history.empty()) return remove_room(world, room);
  if (room.is_conversation() || std::exchange(room.is_unused, true)) return;
  room.unused_place = world.unused_rooms.insert(world.unused_rooms.end(), &room);
}

void remove_room(World& world, Room& room) {
  check(!is_in_use(room) && room.batch == nullptr, "a room that is in use is removed");
  if (room.is_conversation()) {
    for (Account* account : room.people) leave_conversation(world, *account, room);
    world.conversations.remove(room.conversation_place);
  }
  if (room.is_unused) world.unused_rooms.erase(room.unused_place);
  if (room.is_recent) world.recent.erase(room.recent_place);
  world.history_bytes -= room.history.held_bytes();
  world.retired_numbers.retire(room.name, room.last_seq);
  world.listed_rooms.erase(room.name);
  world.rooms.erase(std::string(room.name));
}

void remove_emptied_rooms(World& world) {
  for (const std::string& name : world.emptied) {
    Room* room = world.find_room(name);
    if (room != nullptr && !is_in_use(*room) && room->batch == nullptr && room->history.empty())
      remove_room(world, *room);
  }
  world.emptied.clear();
}

}  // namespace plaintalk::messenger::core
