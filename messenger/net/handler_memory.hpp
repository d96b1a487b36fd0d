// Memory for the one handler that may be outstanding in a place, so that waiting for a socket allocates
// nothing.
//
// Asio asks a handler's associated allocator for the memory of each asynchronous operation. The end of a
// turn, the tick and the wait for sockets are outstanding once at most, so one slot each serves them for
// ever.
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace plaintalk::messenger {

class HandlerMemory {
 public:
  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* allocate(std::size_t size) {
    if (in_use_ || size > storage_.size()) return ::operator new(size);
    in_use_ = true;
    return storage_.data();
  }
  void deallocate(void* memory) {
    if (memory == storage_.data())
      in_use_ = false;
    else
      ::operator delete(memory);
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, 160> storage_;
  bool in_use_ = false;
};

// The standard allocator interface over one slot.
template <class Value>
class HandlerAllocator {
 public:
  using value_type = Value;

  explicit HandlerAllocator(HandlerMemory& memory) : memory_(&memory) {}
  template <class Other>
  HandlerAllocator(const HandlerAllocator<Other>& other) : memory_(other.memory_) {}

  Value* allocate(std::size_t count) { return static_cast<Value*>(memory_->allocate(sizeof(Value) * count)); }
  void deallocate(Value* memory, std::size_t) { memory_->deallocate(memory); }

  template <class Other>
  bool operator==(const HandlerAllocator<Other>& other) const {
    return memory_ == other.memory_;
  }

 private:
  template <class Other>
  friend class HandlerAllocator;
  HandlerMemory* memory_;
};

}  // namespace plaintalk::messenger
