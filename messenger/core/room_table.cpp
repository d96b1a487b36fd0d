#include "messenger/core/room_table.hpp"

namespace plaintalk::messenger::core {

Room& RoomTable::add(std::string_view name) {
  Room& room = rooms_.add(name);
  room.last_seq = retired_numbers_.last_of(name);
  room.history.begin_after(room.last_seq);
  return room;
}

Room& RoomTable::add_room(std::string_view name) {
  Room& room = add(name);
  listed_.insert(room.handle);
  return room;
}

Room& RoomTable::add_conversation(std::string_view name, const IpAddress& opener) {
  Room& room = add(name);
  conversations_.add(opener, room.conversation_place, room.handle);
  return room;
}

void RoomTable::remove(Room& room) {
  if (room.conversation_place.is_queued()) {
    conversations_.remove(room.conversation_place);
  } else {
    listed_.erase(room.handle);
  }
  note_in_use(room);
  retired_numbers_.retire(room.name, room.last_seq);
  rooms_.remove(room);
}

Room* RoomTable::longest_unused() {
  return find(unused_.oldest([&](RoomHandle handle) -> UsePlace& { return at(handle).unused_place; }));
}

Room* RoomTable::oldest_conversation() {
  return find(
      conversations_.oldest([&](RoomHandle handle) -> UsePlace& { return at(handle).conversation_place; }));
}

Room* RoomTable::oldest_conversation_of(const IpAddress& opener) {
  return find(conversations_.oldest_of(
      opener, [&](RoomHandle handle) -> UsePlace& { return at(handle).conversation_place; }));
}

}  // namespace plaintalk::messenger::core
