// Something for each open connection, by its number: open addressing, for it is looked up with every packet.
// Numbers are given in order, so they are scattered: as they are they would form one long run, and taking one
// out of it means to look at all of it. Nobody else chooses them, so the scattering needs no secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/stream/connection_record.hpp"

namespace plaintalk::analyzer {

template <typename Value>
class ConnectionMap {
 public:
  // The value, or nullptr. Valid until the next add() or erase().
  Value* find(ConnectionId id) {
    for (std::size_t at = home_of(id);; at = next(at)) {
      if (slots_[at].id == id) return &slots_[at].value;
      if (slots_[at].id == kNone) return nullptr;
    }
  }
  // REQUIRES: it is not there yet, and its number is not 0.
  Value& add(ConnectionId id) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    ++size_;
    std::size_t at = home_of(id);
    while (slots_[at].id != kNone) at = next(at);
    slots_[at].id = id;
    return slots_[at].value;
  }
  void erase(ConnectionId id) {
    std::size_t hole = home_of(id);
    for (; slots_[hole].id != id; hole = next(hole))
      if (slots_[hole].id == kNone) return;
    // What was pushed behind the hole moves back, so that no search ends too early.
    for (std::size_t at = next(hole); slots_[at].id != kNone; at = next(at)) {
      const std::size_t home = home_of(slots_[at].id);
      if (((at - home) & (slots_.size() - 1)) < ((at - hole) & (slots_.size() - 1))) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
    slots_[hole] = Slot{};
    --size_;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr ConnectionId kNone{0};
  struct Slot {
    ConnectionId id = kNone;
    Value value{};
  };
  static constexpr std::size_t kSlotCountMin = 64;

  std::size_t home_of(ConnectionId id) const {
    return (static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ULL >> 32U) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    size_ = 0;
    for (Slot& slot : old)
      if (slot.id != kNone) add(slot.id) = std::move(slot.value);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kSlotCountMin);  // a power of two
  std::size_t size_ = 0;
};

}  // namespace plaintalk::analyzer
