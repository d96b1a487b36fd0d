#include "messenger/core/timer_wheel.hpp"

#include <algorithm>

namespace plaintalk::messenger::core {

TimerWheel::TimerWheel(Instant start) : start_(start) { heads_.fill(kNone); }

std::uint64_t TimerWheel::turn_of(Instant due) const {
  const Nanoseconds wait = std::max(due - start_, Nanoseconds{0});
  const auto turn = static_cast<std::uint64_t>((wait + kSlot - Nanoseconds{1}) / kSlot);
  return std::clamp(turn, turn_ + 1, turn_ + kSlotCount - 1);
}

void TimerWheel::place(std::uint32_t key, std::uint64_t turn) {
  Link& link = links_[key];
  std::uint32_t& head = heads_[turn % kSlotCount];
  link = {kNone, head, turn};
  if (head != kNone) links_[head].previous = key;
  head = key;
}

void TimerWheel::arm(std::uint32_t key, Instant due) {
  if (key >= links_.size()) links_.resize(std::size_t{key} + 1);
  disarm(key);
  place(key, turn_of(due));
}

void TimerWheel::disarm(std::uint32_t key) {
  if (key >= links_.size() || links_[key].turn == 0) return;
  Link& link = links_[key];
  if (link.previous != kNone) {
    links_[link.previous].next = link.next;
  } else {
    heads_[link.turn % kSlotCount] = link.next;
  }
  if (link.next != kNone) links_[link.next].previous = link.previous;
  link = {};
}

void TimerWheel::advance(Instant now, std::vector<std::uint32_t>& fired) {
  const auto reached = static_cast<std::uint64_t>(std::max(now - start_, Nanoseconds{0}) / kSlot);
  // After a long pause one look at each slot finds every timer.
  const std::uint64_t first = reached - turn_ > kSlotCount ? reached - kSlotCount : turn_;
  for (std::uint64_t turn = first + 1; turn <= reached; ++turn) {
    std::uint32_t& head = heads_[turn % kSlotCount];
    for (std::uint32_t key = head; key != kNone;) {
      const std::uint32_t next = links_[key].next;
      links_[key] = {};
      fired.push_back(key);
      key = next;
    }
    head = kNone;
  }
  turn_ = std::max(turn_, reached);
}

}  // namespace plaintalk::messenger::core
