// As UseQueue, of things that have an address to answer for them: in the order of their last use all of them,
// and those of each address. So whoever has more than its share gives up its own oldest one, at the same cost
// however many there are.
//
// Addresses are those of address_key().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "base/check.hpp"
#include "base/endpoint.hpp"
#include "messenger/core/address_table.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/use_queue.hpp"

namespace plaintalk::messenger::core {

template <class T>
class AddressQueue {
 public:
  // REQUIRES: it is in no queue.
  void add(const IpAddress& address, UsePlace& place, Handle<T> item) {
    check(!place.is_queued(), "something is queued twice");
    const IpAddress key = address_key(address);
    place.queued = place.used = ++last_use_;
    items_.emplace_hint(items_.end(), place.queued, Entry{item, key});
    owners_[key].insert(place.queued);
  }
  void use(UsePlace& place) { place.used = ++last_use_; }
  // REQUIRES: it is in this queue.
  void remove(UsePlace& place) {
    const auto found = items_.find(place.queued);
    check(found != items_.end(), "what is to leave a queue is not in it");
    const auto owner = owners_.find(found->second.address);
    owner->second.erase(place.queued);
    if (owner->second.empty()) owners_.erase(owner);
    items_.erase(found);
    place = {};
  }

  std::size_t count() const { return items_.size(); }
  std::size_t count_of(const IpAddress& address) const {
    const auto owner = owners_.find(address_key(address));
    return owner == owners_.end() ? 0 : owner->second.size();
  }
  // None when there is nothing. `place_of` gives the place of a handle.
  template <class PlaceOf>
  Handle<T> oldest(PlaceOf place_of) {
    while (!items_.empty()) {
      const Handle<T> item = items_.begin()->second.item;
      if (!put_right(place_of(item))) return item;
    }
    return {};
  }
  template <class PlaceOf>
  Handle<T> oldest_of(const IpAddress& address, PlaceOf place_of) {
    const auto owner = owners_.find(address_key(address));
    if (owner == owners_.end()) return {};
    for (;;) {
      const Handle<T> item = items_.at(*owner->second.begin()).item;
      if (!put_right(place_of(item))) return item;
    }
  }

 private:
  struct Entry {
    Handle<T> item;
    IpAddress address;
  };
  // False when it was in its right place.
  bool put_right(UsePlace& place) {
    if (place.used == place.queued) return false;
    auto node = items_.extract(place.queued);
    std::set<std::uint64_t>& owned = owners_.at(node.mapped().address);
    owned.erase(place.queued);
    owned.insert(place.used);
    node.key() = place.queued = place.used;
    items_.insert(std::move(node));
    return true;
  }

  std::map<std::uint64_t, Entry> items_;                 // by UsePlace::queued
  std::map<IpAddress, std::set<std::uint64_t>> owners_;  // their keys
  std::uint64_t last_use_ = 0;
};

}  // namespace plaintalk::messenger::core
