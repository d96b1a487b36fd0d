#include "messenger/core/id_table.hpp"

#include <utility>

namespace plaintalk::messenger::core {

IdTable::IdTable() : places_(64, kNone), mask_(63) {}

std::size_t IdTable::free_place(ConnectionId id) const {
  std::size_t place = home(id);
  while (places_[place] != kNone) place = (place + 1) & mask_;
  return place;
}

void IdTable::add(ConnectionId id, std::uint32_t slot) {
  if ((count_ + 1) * 2 > places_.size()) grow();
  if (slot >= ids_.size()) ids_.resize(std::size_t{slot} + 1);
  places_[free_place(id)] = slot;
  ids_[slot] = id;
  ++count_;
}

void IdTable::remove(ConnectionId id) {
  std::size_t hole = home(id);
  for (; places_[hole] == kNone || ids_[places_[hole]] != id; hole = (hole + 1) & mask_)
    if (places_[hole] == kNone) return;
  --count_;
  // Whatever was pushed on by the removed entry moves back, so that no tombstones are needed.
  for (std::size_t place = (hole + 1) & mask_; places_[place] != kNone; place = (place + 1) & mask_) {
    const std::size_t distance_from_home = (place - home(ids_[places_[place]])) & mask_;
    if (distance_from_home < ((place - hole) & mask_)) continue;
    places_[hole] = places_[place];
    hole = place;
  }
  places_[hole] = kNone;
}

void IdTable::grow() {
  std::vector<std::uint32_t> old(places_.size() * 2, kNone);
  std::swap(old, places_);
  mask_ = places_.size() - 1;
  for (const std::uint32_t slot : old)
    if (slot != kNone) places_[free_place(ids_[slot])] = slot;
}

}  // namespace plaintalk::messenger::core
