// Things that have an address to answer for them, in the order in which they were added: all of them, and
// those of each address. So whoever has more than its share gives up its own oldest one, at the same cost
// however many there are.
//
// Addresses are those of address_key(). The items are borrowed: whoever owns one removes it before it goes.
#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "base/endpoint.hpp"
#include "messenger/core/address_table.hpp"

namespace plaintalk::messenger::core {

template <class Item>
class AddressQueue {
 private:
  struct Entry;
  using Entries = std::list<Entry>;
  using Places = std::list<typename Entries::iterator>;
  struct Entry {
    Item* item;
    typename std::map<IpAddress, Places>::iterator owner;
    typename Places::iterator place_of_owner;
  };

 public:
  using Place = typename Entries::iterator;

  Place add(const IpAddress& address, Item& item) {
    const auto owner = owners_.try_emplace(address_key(address)).first;
    const Place place = entries_.insert(entries_.end(), Entry{&item, owner, {}});
    place->place_of_owner = owner->second.insert(owner->second.end(), place);
    return place;
  }
  void remove(Place place) {
    const auto owner = place->owner;
    owner->second.erase(place->place_of_owner);
    entries_.erase(place);
    if (owner->second.empty()) owners_.erase(owner);
  }
  // As if it were added now.
  void renew(Place place) {
    Places& places = place->owner->second;
    places.splice(places.end(), places, place->place_of_owner);
    entries_.splice(entries_.end(), entries_, place);
  }

  std::size_t count() const { return entries_.size(); }
  std::size_t count_of(const IpAddress& address) const {
    const auto owner = owners_.find(address_key(address));
    return owner == owners_.end() ? 0 : owner->second.size();
  }
  // nullptr when there is none.
  Item* oldest() const { return entries_.empty() ? nullptr : entries_.front().item; }
  Item* oldest_of(const IpAddress& address) const {
    const auto owner = owners_.find(address_key(address));
    return owner == owners_.end() ? nullptr : owner->second.front()->item;
  }

 private:
  Entries entries_;
  std::map<IpAddress, Places> owners_;
};

}  // namespace plaintalk::messenger::core
