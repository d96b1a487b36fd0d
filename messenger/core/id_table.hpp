// From the number of a connection to its slot. Numbers only grow and the living ones lie close together, so
// the number itself is the hash and a look-up nearly always hits at the first place (open addressing, linear
// probing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger::core {

class IdTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  IdTable();
  // kNone when the number is of no slot.
  std::uint32_t find(ConnectionId id) const {
    for (std::size_t place = home(id);; place = (place + 1) & mask_) {
      const std::uint32_t slot = places_[place];
      if (slot == kNone || ids_[slot] == id) return slot;
    }
  }
  // REQUIRES: neither `id` nor `slot` is in the table.
  void add(ConnectionId id, std::uint32_t slot);
  void remove(ConnectionId id);

 private:
  std::size_t home(ConnectionId id) const { return static_cast<std::size_t>(id) & mask_; }
  std::size_t free_place(ConnectionId id) const;
  void grow();

  std::vector<std::uint32_t> places_;  // slots
  std::vector<ConnectionId> ids_;      // by slot
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace plaintalk::messenger::core
