// Queues of output, lent to a connection only while something waits to be written to it.
//
// A queue with what it keeps to be quick takes half a KiB, and nothing waits for most connections, so queues
// are shared: an empty one is as good as any other.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "messenger/core/out_queue.hpp"

namespace plaintalk::messenger::core {

class OutQueuePool {
 public:
  std::unique_ptr<OutQueue> lend() {
    if (free_.empty()) return std::make_unique<OutQueue>();
    std::unique_ptr<OutQueue> queue = std::move(free_.back());
    free_.pop_back();
    return queue;
  }
  // REQUIRES: queue->empty()
  void give_back(std::unique_ptr<OutQueue>&& queue) {
    if (free_.size() < kFreeCountMax) {
      free_.push_back(std::move(queue));
    } else {
      queue.reset();
    }
  }

 private:
  // As many as a room has members that are all told something in one turn.
  static constexpr std::size_t kFreeCountMax = 1024;

  std::vector<std::unique_ptr<OutQueue>> free_;
};

}  // namespace plaintalk::messenger::core
