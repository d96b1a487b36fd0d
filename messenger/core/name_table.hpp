// The owner of all objects of one kind that are found by a name, which is kept once: in the object.
//
// The table itself holds a slot and part of the hash of each name, so that a look-up nearly always touches
// one object: the one that is looked for (open addressing, linear probing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "messenger/core/slot_table.hpp"

namespace plaintalk::messenger::core {

// T has a `handle` and a `name`, which are set here and never change.
template <class T>
class NameTable {
 public:
  NameTable() = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  // REQUIRES: nothing has this name.
  T& add(std::string_view name) {
    check(find(name) == nullptr, "two things have one name");
    if ((count() + 1) * 4 > places_.size() * 3) grow();
    const Handle<T> handle = objects_.add();
    T& object = objects_.at(handle);
    object.handle = handle;
    object.name = name;
    put({handle.slot, hash_of(name)});
    return object;
  }
  void remove(const T& object) {
    std::size_t hole = home(hash_of(object.name));
    while (places_[hole].slot != object.handle.slot) hole = next(hole);
    // Whatever was pushed on by the removed entry moves back, so that no tombstones are needed.
    for (std::size_t place = next(hole); places_[place].slot != kNone; place = next(place)) {
      if (distance(home(places_[place].hash), place) < distance(hole, place)) continue;
      places_[hole] = places_[place];
      hole = place;
    }
    places_[hole] = {};
    objects_.remove(object.handle);
  }

  // nullptr when it is not there.
  T* find(std::string_view name) const {
    const std::uint32_t hash = hash_of(name);
    for (std::size_t place = home(hash); places_[place].slot != kNone; place = next(place)) {
      if (places_[place].hash != hash) continue;
      T* const object = objects_.in_slot(places_[place].slot);
      if (object->name == name) return object;
    }
    return nullptr;
  }
  T* find(Handle<T> handle) const { return objects_.find(handle); }
  T& at(Handle<T> handle) const { return objects_.at(handle); }
  std::size_t count() const { return objects_.count(); }
  template <class Visit>
  void for_each(Visit visit) const {
    objects_.for_each([&](T& object, Handle<T>) { visit(object); });
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::size_t kPlaceCountMin = 16;
  struct Place {
    std::uint32_t slot = kNone;
    std::uint32_t hash = 0;
  };
  static std::uint32_t hash_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }
  std::size_t home(std::uint32_t hash) const { return hash & (places_.size() - 1); }
  std::size_t next(std::size_t place) const { return (place + 1) & (places_.size() - 1); }
  std::size_t distance(std::size_t from, std::size_t to) const { return (to - from) & (places_.size() - 1); }
  void put(Place entry) {
    std::size_t place = home(entry.hash);
    while (places_[place].slot != kNone) place = next(place);
    places_[place] = entry;
  }
  void grow() {
    const std::vector<Place> old = std::exchange(places_, std::vector<Place>(places_.size() * 2));
    for (const Place& entry : old)
      if (entry.slot != kNone) put(entry);
  }

  SlotTable<T> objects_;
  std::vector<Place> places_ = std::vector<Place>(kPlaceCountMin);  // a power of two, a quarter of it free
};

}  // namespace plaintalk::messenger::core
