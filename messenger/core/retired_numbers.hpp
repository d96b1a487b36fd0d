// How far rooms that are gone had counted. Clients take a number that is not above their cursor for a repeat,
// so a room that is made again must go on above the last number of its predecessor.
//
// A fixed table of maxima by the hash of the name: rooms that share a place only begin higher than they need.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace plaintalk::messenger::core {

class RetiredNumbers {
 public:
  // The room is gone; `last` was its last number.
  void retire(std::string_view room, std::uint64_t last) {
    std::uint64_t& known = maxima_[place_of(room)];
    known = std::max(known, last);
  }
  // Numbers of a new room of that name come after this one.
  std::uint64_t last_of(std::string_view room) const { return maxima_[place_of(room)]; }

 private:
  static constexpr std::size_t kPlaceCount = 4096;
  static std::size_t place_of(std::string_view room) {
    return std::hash<std::string_view>{}(room) % kPlaceCount;
  }
  std::array<std::uint64_t, kPlaceCount> maxima_{};
};

}  // namespace plaintalk::messenger::core
