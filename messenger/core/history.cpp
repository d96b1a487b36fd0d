#include "messenger/core/history.hpp"

#include <algorithm>
#include <utility>

namespace plaintalk::messenger::core {

// With what malloc and the count of references add to it.
std::size_t History::charge_of(const Block& block) { return block.size() + 32; }

void History::add(const Block& block, std::size_t offset, std::size_t size, std::size_t count_max) {
  ++last_;
  if (count_max == 0) return;
  if (count_ == frames_.size() && count_ < count_max) {
    std::vector<Frame> larger(std::min(std::max<std::size_t>(8, frames_.size() * 2), count_max));
    for (std::size_t index = 0; index < count_; ++index) larger[index] = std::move(frames_[place(index)]);
    frames_ = std::move(larger);
    head_ = 0;
  }
  if (count_ == count_max) forget_front();
  const bool is_next_of_block = count_ > 0 && frames_[place(count_ - 1)].block.is_same(block);
  if (!is_next_of_block) block_bytes_ += charge_of(block);
  Frame& frame = frames_[place(count_++)];
  frame.block = block;
  frame.offset = static_cast<std::uint32_t>(offset);
  frame.size = static_cast<std::uint32_t>(size);
}

void History::skip(std::size_t count) {
  while (count_ > 0) forget_front();
  last_ += count;
}

void History::drop_oldest() {
  forget_front();
  if (count_ > 0) return;
  std::vector<Frame>().swap(frames_);
  head_ = 0;
}

void History::forget_front() {
  const Frame oldest = std::move(frames_[head_]);
  head_ = place(1);
  --count_;
  if (count_ == 0 || !frames_[head_].block.is_same(oldest.block)) block_bytes_ -= charge_of(oldest.block);
}

}  // namespace plaintalk::messenger::core
