// The worker threads that turn passwords into verifiers: milliseconds of hashing that may not stop the event
// loop.
//
// The queue is bounded; what does not fit is refused, and the core answers 503 BUSY. Every copy of a password
// that passes through here is overwritten after use.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class PasswordPool final : public PasswordWorker {
 public:
  static constexpr std::size_t kThreadCount = 2;
  static constexpr std::size_t kQueueCountMax = 64;

  // `done` is called on a worker thread.
  explicit PasswordPool(std::function<void(PasswordResult)> done);
  // Jobs that nobody has begun are dropped.
  ~PasswordPool() override;
  PasswordPool(const PasswordPool&) = delete;
  PasswordPool& operator=(const PasswordPool&) = delete;

  bool submit(PasswordJob&& job) override;

 private:
  void work();

  std::function<void(PasswordResult)> done_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<PasswordJob>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace plaintalk::messenger
