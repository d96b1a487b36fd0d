#include "messenger/core/id_table.hpp"

#include <utility>

namespace plaintalk::messenger::core {

IdTable::IdTable() : places_(64), mask_(63) {}

void IdTable::add(ConnectionId id, Connection* connection) {
  if ((count_ + 1) * 2 > places_.size()) grow();
  std::size_t place = home(id);
  while (places_[place].connection != nullptr) place = (place + 1) & mask_;
  places_[place] = {id, connection};
  ++count_;
}

void IdTable::remove(ConnectionId id) {
  std::size_t hole = home(id);
  while (places_[hole].id != id || places_[hole].connection == nullptr) {
    if (places_[hole].connection == nullptr) return;
    hole = (hole + 1) & mask_;
  }
  --count_;
  // Whatever was pushed on by the removed entry moves back, so that no tombstones are needed.
  for (std::size_t place = (hole + 1) & mask_; places_[place].connection != nullptr;
       place = (place + 1) & mask_) {
    const std::size_t distance_from_home = (place - home(places_[place].id)) & mask_;
    if (distance_from_home < ((place - hole) & mask_)) continue;
    places_[hole] = places_[place];
    hole = place;
  }
  places_[hole] = {};
}

void IdTable::grow() {
  std::vector<Place> old(places_.size() * 2);
  std::swap(old, places_);
  mask_ = places_.size() - 1;
  for (const Place& entry : old) {
    if (entry.connection == nullptr) continue;
    std::size_t place = home(entry.id);
    while (places_[place].connection != nullptr) place = (place + 1) & mask_;
    places_[place] = entry;
  }
}

}  // namespace plaintalk::messenger::core
