#include "messenger/core/history.hpp"

#include <algorithm>
#include <utility>

namespace plaintalk::messenger::core {

void History::add(const Block& block, std::size_t offset, std::size_t size, std::size_t count_max) {
  ++last_;
  if (count_max == 0) return;
  if (count_ == frames_.size() && count_ < count_max) {
    std::vector<Frame> larger(std::min(std::max<std::size_t>(8, frames_.size() * 2), count_max));
    for (std::size_t index = 0; index < count_; ++index)
      larger[index] = std::move(frames_[(head_ + index) % frames_.size()]);
    frames_ = std::move(larger);
    head_ = 0;
  }
  if (count_ == count_max) {
    drop_oldest();
  }
  frames_[(head_ + count_++) % frames_.size()] = {block, static_cast<std::uint32_t>(offset),
                                                  static_cast<std::uint32_t>(size)};
  size_ += size;
}

void History::drop_oldest() {
  Frame& oldest = frames_[head_];
  size_ -= oldest.size;
  oldest = {};
  head_ = (head_ + 1) % frames_.size();
  --count_;
}

}  // namespace plaintalk::messenger::core
