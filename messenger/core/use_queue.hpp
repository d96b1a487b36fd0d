// Things in the order of their last use, the one used longest ago in front. A use only writes a number into
// the thing itself: its place is put right when it comes to the front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "base/check.hpp"
#include "messenger/core/handle.hpp"

namespace plaintalk::messenger::core {

// Where something is in a queue; kept by the thing itself. Uses are counted from 1.
struct UsePlace {
  std::uint64_t queued = 0;  // its key in the queue; 0: in none
  std::uint64_t used = 0;    // its last use, at or after `queued`

  bool is_queued() const { return queued != 0; }
};

template <class T>
class UseQueue {
 public:
  // REQUIRES: it is in no queue.
  void add(UsePlace& place, Handle<T> item) {
    check(!place.is_queued(), "something is queued twice");
    place.queued = place.used = ++last_use_;
    items_.emplace_hint(items_.end(), place.queued, item);
  }
  void use(UsePlace& place) { place.used = ++last_use_; }
  // REQUIRES: it is in this queue.
  void remove(UsePlace& place) {
    check(items_.erase(place.queued) == 1, "what is to leave a queue is not in it");
    place = {};
  }
  std::size_t count() const { return items_.size(); }

  // None when there is nothing. `place_of` gives the place of a handle.
  template <class PlaceOf>
  Handle<T> oldest(PlaceOf place_of) {
    while (!items_.empty()) {
      const auto front = items_.begin();
      UsePlace& place = place_of(front->second);
      if (place.used == place.queued) return front->second;
      auto node = items_.extract(front);
      node.key() = place.queued = place.used;
      items_.insert(std::move(node));
    }
    return {};
  }

 private:
  std::map<std::uint64_t, Handle<T>> items_;  // by UsePlace::queued
  std::uint64_t last_use_ = 0;
};

}  // namespace plaintalk::messenger::core
