// A set of numbers kept as ranges: sequence numbers seen in a room, bytes of a file seen so far. Dense sets
// cost next to nothing; a hostile sender who scatters is bounded by the caller through range_count().
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>

namespace plaintalk::analyzer {

class RangeSet {
 public:
  // Adds [begin, end). Returns how many of them were new.
  std::uint64_t add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return 0;
    std::uint64_t overlap = 0;
    std::uint64_t low = begin;
    std::uint64_t high = end;
    auto next = ranges_.upper_bound(begin);
    if (next != ranges_.begin() && std::prev(next)->second >= begin) --next;
    while (next != ranges_.end() && next->first <= end) {
      const std::uint64_t from = next->first > begin ? next->first : begin;
      const std::uint64_t to = next->second < end ? next->second : end;
      if (to > from) overlap += to - from;
      if (next->first < low) low = next->first;
      if (next->second > high) high = next->second;
      next = ranges_.erase(next);
    }
    ranges_.emplace(low, high);
    const std::uint64_t added = end - begin - overlap;
    size_ += added;
    return added;
  }

  bool contains(std::uint64_t number) const {
    auto next = ranges_.upper_bound(number);
    return next != ranges_.begin() && std::prev(next)->second > number;
  }
  // Where the range that holds `number` ends; `number` itself when it is not in the set.
  std::uint64_t end_of(std::uint64_t number) const {
    auto next = ranges_.upper_bound(number);
    if (next == ranges_.begin() || std::prev(next)->second <= number) return number;
    return std::prev(next)->second;
  }
  // The first member at or above `number`, or `otherwise`.
  std::uint64_t next_member(std::uint64_t number, std::uint64_t otherwise) const {
    if (contains(number)) return number;
    const auto next = ranges_.lower_bound(number);
    return next == ranges_.end() ? otherwise : next->first;
  }

  std::uint64_t size() const { return size_; }  // members
  std::size_t range_count() const { return ranges_.size(); }
  bool empty() const { return ranges_.empty(); }
  std::uint64_t lowest() const { return ranges_.begin()->first; }                 // REQUIRES: not empty
  std::uint64_t highest() const { return std::prev(ranges_.end())->second - 1; }  // REQUIRES: not empty
  void clear() {
    ranges_.clear();
    size_ = 0;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // begin to end
  std::uint64_t size_ = 0;
};

}  // namespace plaintalk::analyzer
