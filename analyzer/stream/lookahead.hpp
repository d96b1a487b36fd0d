// The next few segments, known before their turn. With thousands of connections each finds its own out of the
// cache; what is asked for some packets ahead has come by then, for many at once. Only a hint: nothing that
// is found out depends on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analyzer/stream/flow_table.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

// Where a segment belongs, as far as it says so itself.
struct FlowPlace {
  FlowKey key;
  std::uint64_t hash = 0;
  bool source_is_lower = false;

  static FlowPlace of(const TcpSegment& segment, const FlowTable& table) {
    FlowPlace place;
    place.key = FlowKey::of(segment.source, segment.target, place.source_is_lower);
    place.hash = table.hash_of(place.key);
    return place;
  }
};

class Lookahead {
 public:
  // How many segments may be expected at once.
  static constexpr std::size_t kCount = 32;

  // `packet` comes after all that are expected already.
  void expect(std::uint64_t packet, const FlowPlace& place) {
    if (last_ - first_ == kCount) ++first_;
    at(last_++) = {packet, place};
  }
  // Of the packet, if it was expected; all before it are forgotten.
  const FlowPlace* take(std::uint64_t packet) {
    while (first_ != last_ && at(first_).packet < packet) ++first_;
    return first_ != last_ && at(first_).packet == packet ? &at(first_++).place : nullptr;
  }
  // The one that was expected `count` before the newest, or nullptr.
  const FlowPlace* before_newest(std::size_t count) {
    return last_ - first_ > count ? &at(last_ - 1 - count).place : nullptr;
  }

 private:
  struct Expected {
    std::uint64_t packet = 0;
    FlowPlace place;
  };
  Expected& at(std::size_t index) { return ring_[index % kCount]; }

  std::array<Expected, kCount> ring_;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

}  // namespace plaintalk::analyzer
