// All rooms and conversations: by name, in alphabetical order, and which of them make way for others. How a
// room that is gone had counted is remembered (retired_numbers.hpp).
#pragma once

#include <cstddef>
#include <set>
#include <string_view>

#include "base/endpoint.hpp"
#include "messenger/core/address_queue.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/name_table.hpp"
#include "messenger/core/retired_numbers.hpp"
#include "messenger/core/room.hpp"
#include "messenger/core/use_queue.hpp"

namespace plaintalk::messenger::core {

class RoomTable {
 public:
  RoomTable() : listed_(Alphabetical{&rooms_}) {}

  Room* find(std::string_view name) const { return rooms_.find(name); }
  Room* find(RoomHandle handle) const { return rooms_.find(handle); }
  Room& at(RoomHandle handle) const { return rooms_.at(handle); }

  // REQUIRES: no room has this name. Its numbers go on where the last room of that name ended.
  Room& add_room(std::string_view name);
  // The caller fills in its people.
  Room& add_conversation(std::string_view name, const IpAddress& opener);
  // REQUIRES: nothing refers to it that has to find it.
  void remove(Room& room);
  template <class Visit>
  void for_each(Visit visit) const {
    rooms_.for_each(visit);
  }

  // Rooms, without conversations, in alphabetical order: visit(room), until it returns false.
  template <class Visit>
  void for_each_listed(Visit visit) const {
    for (const RoomHandle handle : listed_)
      if (!visit(rooms_.at(handle))) return;
  }
  std::size_t listed_count() const { return listed_.size(); }

  // Nobody is in the room any more, or somebody is again.
  void note_unused(Room& room) {
    if (!room.unused_place.is_queued()) unused_.add(room.unused_place, room.handle);
  }
  void note_in_use(Room& room) {
    if (room.unused_place.is_queued()) unused_.remove(room.unused_place);
  }
  // The room that nobody has been in for longest; nullptr when all are in use.
  Room* longest_unused();

  // Something is said in the conversation.
  void use_conversation(Room& room) { conversations_.use(room.conversation_place); }
  std::size_t conversation_count() const { return conversations_.count(); }
  std::size_t conversation_count_of(const IpAddress& opener) const { return conversations_.count_of(opener); }
  // Those unused for longest; nullptr when there is none.
  Room* oldest_conversation();
  Room* oldest_conversation_of(const IpAddress& opener);

 private:
  // The table is of the same RoomTable as the set that asks.
  struct Alphabetical {
    const NameTable<Room>* rooms;
    bool operator()(RoomHandle a, RoomHandle b) const { return rooms->at(a).name < rooms->at(b).name; }
  };

  Room& add(std::string_view name);

  NameTable<Room> rooms_;
  std::set<RoomHandle, Alphabetical> listed_;
  UseQueue<Room> unused_;
  AddressQueue<Room> conversations_;  // by the address of whoever opened them
  RetiredNumbers retired_numbers_;
};

}  // namespace plaintalk::messenger::core
