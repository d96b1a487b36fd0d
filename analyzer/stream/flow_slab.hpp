// The connections that are followed, by the number of their place. Places are used again, and lie together in
// blocks that never move: a million connections are a thousand allocations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "analyzer/stream/flow.hpp"

namespace plaintalk::analyzer {

class FlowSlab {
 public:
  Flow& operator[](std::uint32_t index) { return blocks_[index / kBlockSize][index % kBlockSize]; }
  const Flow& operator[](std::uint32_t index) const {
    return blocks_[index / kBlockSize][index % kBlockSize];
  }

  // An empty one.
  std::uint32_t take() {
    ++size_;
    if (!free_.empty()) {
      const std::uint32_t index = free_.back();
      free_.pop_back();
      return index;
    }
    const std::uint32_t index = used_++;
    if (index / kBlockSize == blocks_.size()) blocks_.push_back(std::make_unique<Flow[]>(kBlockSize));
    return index;
  }
  // Frees what it holds. Who still has its old generation will know.
  void give_back(std::uint32_t index) {
    Flow& flow = (*this)[index];
    const std::uint32_t generation = flow.generation + 1;
    flow = Flow{};
    flow.generation = generation;
    free_.push_back(index);
    --size_;
  }
  std::size_t size() const { return size_; }
  // Of places that are free.
  std::size_t spare_bytes() const { return (blocks_.size() * kBlockSize - size_) * sizeof(Flow); }
  std::vector<std::uint32_t> in_use() const {
    std::vector<bool> is_free(used_);
    for (const std::uint32_t index : free_) is_free[index] = true;
    std::vector<std::uint32_t> used;
    for (std::uint32_t index = 0; index < used_; ++index)
      if (!is_free[index]) used.push_back(index);
    return used;
  }

 private:
  static constexpr std::size_t kBlockSize = 256;
  std::vector<std::unique_ptr<Flow[]>> blocks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
  std::size_t size_ = 0;
};

}  // namespace plaintalk::analyzer
