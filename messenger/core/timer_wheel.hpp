// One timer for each connection, all in one wheel of 512 slots of 50 ms: arming, moving and firing cost the
// same for ten connections and for a hundred thousand, and an idle server looks at nobody.
//
// A timer due beyond one turn of the wheel fires early, and its owner arms it again: owners always look at
// what is really due.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::messenger::core {

class TimerWheel {
 public:
  explicit TimerWheel(Instant start);

  // Makes timer `key` fire at `due`, rounded up to a slot, instead of whenever it was to fire before.
  void arm(std::uint32_t key, Instant due);
  void disarm(std::uint32_t key);
  // Appends the keys whose time has come; they are no longer armed.
  void advance(Instant now, std::vector<std::uint32_t>& fired);

 private:
  static constexpr std::uint32_t kSlotCount = 512;
  static constexpr Milliseconds kSlot{50};
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Link {
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
    std::uint64_t turn = 0;  // counted in slots from the start; 0 = not armed
  };
  std::uint64_t turn_of(Instant due) const;
  void place(std::uint32_t key, std::uint64_t turn);

  Instant start_;
  std::uint64_t turn_ = 0;  // the last one that has fired
  std::array<std::uint32_t, kSlotCount> heads_;
  std::vector<Link> links_;
};

}  // namespace plaintalk::messenger::core
