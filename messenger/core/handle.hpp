// How the rules refer to something from one call to the next: by its slot in a SlotTable and the generation
// of that slot, never by pointer. What has gone is not found any more, whoever has its slot by now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace plaintalk::messenger::core {

template <class T>
struct Handle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // 0: of nothing

  bool is_none() const { return generation == 0; }
  friend bool operator==(const Handle&, const Handle&) = default;
};

struct Account;
struct Connection;
struct Room;
using AccountHandle = Handle<Account>;
using ConnectionHandle = Handle<Connection>;
using RoomHandle = Handle<Room>;

}  // namespace plaintalk::messenger::core

template <class T>
struct std::hash<plaintalk::messenger::core::Handle<T>> {
  std::size_t operator()(const plaintalk::messenger::core::Handle<T>& handle) const { return handle.slot; }
};
