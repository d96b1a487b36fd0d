#include "messenger/core/membership.hpp"

#include <algorithm>

#include "messenger/core/budget.hpp"
#include "messenger/core/routing.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {

bool announces_members(const World& world, const Room& room) {
  return room.people_count <= world.config.room_member_announce_max;
}

Room* joined_room(const Connection& connection, std::string_view name) {
  for (const Membership& membership : connection.rooms)
    if (membership.room->name == name) return membership.room;
  return nullptr;
}

bool is_in_room(const Account& account, const Room& room) {
  const auto has_joined = [&](const Connection* connection) {
    return std::ranges::any_of(connection->rooms,
                               [&](const Membership& entry) { return entry.room == &room; });
  };
  return std::ranges::any_of(account.connections, has_joined);
}

void leave_room(Connection& connection, std::size_t index) {
  const Membership left = connection.rooms[index];
  connection.rooms[index] = connection.rooms.back();
  connection.rooms.pop_back();
  std::vector<Connection*>& members = left.room->members;
  Connection* moved = members.back();
  members[left.place] = moved;
  members.pop_back();
  if (moved == &connection) return;
  for (Membership& membership : moved->rooms)
    if (membership.room == left.room) membership.place = left.place;
}

void announce_parted(World& world, Room& room, Account& account, ConnectionId connection,
                     std::string_view reason) {
  const bool is_announced = announces_members(world, room);
  --room.people_count;
  --account.room_count;
  world.log(RoomChanged{connection, "part", room.name, account.name, reason});
  if (!is_announced || room.members.empty()) return;
  spend_fan_out(world, kAnnouncementSize, room.members.size());
  FrameWriter(announcement(world, room), Verb::parted)
      .argument(room.name)
      .argument(account.name)
      .parameter("reason", reason)
      .end();
}

void drop_room_if_unused(World& world, Room& room) {
  if (!room.members.empty() || !room.absent.empty() || room.last_seq > 0 || room.is_conversation()) return;
  flush(world, room);
  world.listed_rooms.erase(room.name);
  world.rooms.erase(room.name);
}

}  // namespace plaintalk::messenger::core
