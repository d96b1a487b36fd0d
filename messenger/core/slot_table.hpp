// The owner of all objects of one kind. They lie in numbered slots, in pages of memory that come and go as a
// whole; a slot is used again, with the next generation, so a handle to what was there before finds nothing.
// Looking up is two array accesses, and no object ever moves.
//
// A pointer from here is good until the object is removed: keep the handle.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/memory_poison.hpp"
#include "messenger/core/handle.hpp"

namespace plaintalk::messenger::core {

// A slot whose generations are used up is not used any more: no handle is ever given out twice. `Generation`
// is smaller only in tests.
template <class T, class Generation = std::uint32_t>
class SlotTable {
 public:
  SlotTable() = default;
  SlotTable(const SlotTable&) = delete;
  SlotTable& operator=(const SlotTable&) = delete;
  ~SlotTable() {
    for_each([this](T& object, Handle<T> handle) { destroy(object, handle.slot); });
  }

  template <class... Arguments>
  Handle<T> add(Arguments&&... arguments) {
    const std::uint32_t slot = take_free_slot();
    std::unique_ptr<Page>& page = pages_[slot / kPageSlotCount];
    if (page == nullptr) {
      page = std::make_unique_for_overwrite<Page>();
      poison_memory(page->memory.data(), page->memory.size());
    }
    unpoison_memory(place(slot), sizeof(T));
    ::new (static_cast<void*>(place(slot))) T(std::forward<Arguments>(arguments)...);
    ++page->object_count;
    ++count_;
    return {slot, ++generations_[slot]};
  }
  // REQUIRES: it is there.
  void remove(Handle<T> handle) {
    destroy(at(handle), handle.slot);
    --count_;
    std::unique_ptr<Page>& page = pages_[handle.slot / kPageSlotCount];
    if (--page->object_count == 0) page.reset();
    if (handle.generation == std::numeric_limits<Generation>::max()) {
      --generations_[handle.slot];  // of no handle
    } else {
      ++generations_[handle.slot];
      free_.push_back(handle.slot);
    }
  }

  // nullptr when it has gone.
  T* find(Handle<T> handle) const { return is_living(handle) ? place(handle.slot) : nullptr; }
  // REQUIRES: it is there.
  T& at(Handle<T> handle) const {
    check(is_living(handle), "a handle of something that has gone");
    return *place(handle.slot);
  }
  // Whatever has the slot now; nullptr when nothing has.
  T* in_slot(std::uint32_t slot) const {
    return slot < generations_.size() && generations_[slot] % 2 == 1 ? place(slot) : nullptr;
  }

  std::size_t count() const { return count_; }
  // Calls visit(object, handle) for each. It may remove that object, and may not add any.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint32_t slot = 0; slot < generations_.size(); ++slot)
      if (T* object = in_slot(slot)) visit(*object, Handle<T>{slot, generations_[slot]});
  }

 private:
  static constexpr std::uint32_t kPageSlotCount = 64;
  struct Page {
    alignas(T) alignas(8) std::array<std::byte, kPageSlotCount * sizeof(T)> memory;
    std::uint32_t object_count = 0;
  };
  static_assert(sizeof(T) % 8 == 0, "memory is poisoned in units of 8 bytes");

  T* place(std::uint32_t slot) const {
    return reinterpret_cast<T*>(pages_[slot / kPageSlotCount]->memory.data()) + slot % kPageSlotCount;
  }
  bool is_living(Handle<T> handle) const {
    return handle.slot < generations_.size() && generations_[handle.slot] == handle.generation;
  }
  std::uint32_t take_free_slot() {
    if (free_.empty()) {
      const auto slot = static_cast<std::uint32_t>(generations_.size());
      generations_.push_back(0);
      if (slot % kPageSlotCount == 0) pages_.emplace_back();
      return slot;
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void destroy(T& object, std::uint32_t slot) {
    std::destroy_at(&object);
    poison_memory(place(slot), sizeof(T));
  }

  std::vector<Generation> generations_;  // odd: an object is there
  std::vector<std::unique_ptr<Page>> pages_;
  std::vector<std::uint32_t> free_;
  std::size_t count_ = 0;
};

}  // namespace plaintalk::messenger::core
