// From the number of a connection to its object. Numbers only grow and the living ones lie close together, so
// the number itself is the hash and a look-up nearly always hits at the first place (open addressing, linear
// probing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger::core {

struct Connection;

class IdTable {
 public:
  IdTable();
  Connection* find(ConnectionId id) const {
    for (std::size_t place = home(id);; place = (place + 1) & mask_) {
      if (places_[place].connection == nullptr) return nullptr;
      if (places_[place].id == id) return places_[place].connection;
    }
  }
  // REQUIRES: `id` is not in the table.
  void add(ConnectionId id, Connection* connection);
  void remove(ConnectionId id);
  std::size_t count() const { return count_; }

 private:
  struct Place {
    ConnectionId id{};
    Connection* connection = nullptr;
  };
  std::size_t home(ConnectionId id) const { return static_cast<std::size_t>(id) & mask_; }
  void grow();

  std::vector<Place> places_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace plaintalk::messenger::core
