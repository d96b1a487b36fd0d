#include "messenger/net/password_pool.hpp"

#include <string>
#include <utility>

#include <string.h>

#include "base/worker_thread.hpp"

namespace plaintalk::messenger {
namespace {

// Overwrites the whole capacity: a short string keeps its bytes in place even after it was moved from.
void wipe(std::string& secret) {
  secret.resize(secret.capacity());
  explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace

PasswordPool::PasswordPool(std::function<void(PasswordResult)> done) : done_(std::move(done)) {
  for (std::size_t i = 0; i < kThreadCount; ++i) threads_.push_back(start_worker([this] { work(); }));
}

PasswordPool::~PasswordPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  for (const auto& job : queue_) wipe(job->password);
}

bool PasswordPool::submit(PasswordJob&& job) {
  bool taken = false;
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() < kQueueCountMax) {
      queue_.push_back(std::make_unique<PasswordJob>(std::move(job)));
      taken = true;
    }
  }
  wipe(job.password);
  if (taken) wake_.notify_one();
  return taken;
}

void PasswordPool::work() {
  for (;;) {
    std::unique_ptr<PasswordJob> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    PasswordResult result = run(*job);
    wipe(job->password);
    done_(std::move(result));
  }
}

}  // namespace plaintalk::messenger
