// Which connection has been idle longest, for when the table is full. A heap of lower bounds: a connection
// that was active since it was queued is queued again when it comes up, so packets cost nothing here and the
// answer is still exact.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::analyzer {

class IdleQueue {
 public:
  struct Entry {
    WallTime active;  // not later than the connection's last activity
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
  };

  void push(Entry entry) { heap_.push(entry); }
  std::size_t size() const { return heap_.size(); }

  // `activity_of` gives the last activity, or nullopt when that connection is gone. Removes the entry it
  // returns.
  template <typename ActivityOf>
  std::optional<Entry> take_longest_idle(const ActivityOf& activity_of) {
    while (!heap_.empty()) {
      const Entry entry = heap_.top();
      heap_.pop();
      const std::optional<WallTime> active = activity_of(entry);
      if (!active) continue;
      if (*active <= entry.active) return entry;
      heap_.push({*active, entry.index, entry.generation});
    }
    return std::nullopt;
  }

  // Throws away what is gone, when that is most of it.
  template <typename ActivityOf>
  void compact(const ActivityOf& activity_of) {
    std::vector<Entry> kept;
    for (; !heap_.empty(); heap_.pop())
      if (activity_of(heap_.top())) kept.push_back(heap_.top());
    heap_ = Heap(Later{}, std::move(kept));
  }

 private:
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.active > b.active; }
  };
  using Heap = std::priority_queue<Entry, std::vector<Entry>, Later>;
  Heap heap_;
};

}  // namespace plaintalk::analyzer
