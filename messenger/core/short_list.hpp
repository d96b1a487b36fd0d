// A list that nearly always has one element, which then lies in the list itself; more of them lie in the
// heap. A std::vector takes 24 bytes and 32 of the heap for one number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace plaintalk::messenger::core {

template <class T>
class ShortList {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T* begin() { return outside_ ? outside_.get() : &inside_; }
  T* end() { return begin() + size_; }
  const T* begin() const { return outside_ ? outside_.get() : &inside_; }
  const T* end() const { return begin() + size_; }
  T& operator[](std::size_t index) { return begin()[index]; }
  const T& operator[](std::size_t index) const { return begin()[index]; }
  T& back() { return end()[-1]; }

  void push_back(const T& element) {
    if (size_ == capacity_) grow();
    begin()[size_++] = element;
  }
  void pop_back() { --size_; }
  // The others keep their order.
  void remove(const T& element) {
    size_ = static_cast<std::uint32_t>(std::remove(begin(), end(), element) - begin());
  }

 private:
  static constexpr std::uint32_t kCapacityOutside = 4;
  void grow() {
    const std::uint32_t capacity = outside_ ? capacity_ * 2 : kCapacityOutside;
    auto larger = std::make_unique<T[]>(capacity);
    std::copy(begin(), end(), larger.get());
    outside_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<T[]> outside_;  // none while one place is enough
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 1;
  T inside_{};
};

}  // namespace plaintalk::messenger::core
