// The latest frames of a room, by reference to the very blocks that were sent: so history is byte for byte
// what went out live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "messenger/core/out_queue.hpp"

namespace plaintalk::messenger::core {

class History {
 public:
  struct Frame {
    Block block;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };

  // Frames oldest() .. last() are kept; an empty history has oldest() == last() + 1.
  std::uint64_t last() const { return last_; }
  std::uint64_t oldest() const { return last_ + 1 - count_; }
  // What it holds of the heap: each block counts whole, from its first frame to its last one, and so does the
  // ring of references. A block that only history holds is little larger than its frames (routing.cpp).
  std::size_t held_bytes() const { return block_bytes_ + frames_.capacity() * sizeof(Frame); }
  const Frame& frame(std::uint64_t seq) const { return frames_[place(seq - oldest())]; }

  // The frame becomes number last() + 1; the oldest leaves when there are more than `count_max`.
  void add(const Block& block, std::size_t offset, std::size_t size, std::size_t count_max);
  // As if so many frames had been added and forgotten again, with all before them.
  void skip(std::size_t count);
  // Numbers go on after `last`. REQUIRES: nothing was added yet.
  void begin_after(std::uint64_t last) { last_ = last; }
  bool empty() const { return count_ == 0; }
  // Forgets the oldest frame. REQUIRES: there is one.
  void drop_oldest();

 private:
  static std::size_t charge_of(const Block& block);
  void forget_front();
  // The place in the ring that is so many after the first; fewer than there are places.
  std::size_t place(std::size_t index) const {
    const std::size_t at = head_ + index;
    return at < frames_.size() ? at : at - frames_.size();
  }

  std::vector<Frame> frames_;  // a ring
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::size_t block_bytes_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace plaintalk::messenger::core
