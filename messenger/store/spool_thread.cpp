#include "messenger/store/spool_thread.hpp"

#include <iterator>
#include <utility>

#include "base/worker_thread.hpp"

namespace plaintalk::messenger {

SpoolThread::SpoolThread(BlockSpool& spool)
    : spool_(spool), jobs_(spool), thread_(start_worker([this] { work(); })) {}

SpoolThread::~SpoolThread() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SpoolThread::notify(std::function<void()> ready) {
  const std::scoped_lock lock(mutex_);
  ready_ = std::move(ready);
  if (ready_ && !results_.empty()) ready_();
}

std::vector<SpoolResult> SpoolThread::take_results() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(results_, {});
}

void SpoolThread::submit(SpoolJob job) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    was_empty = queue_.empty();
    queue_.push(std::move(job));
  }
  if (was_empty) wake_.notify_one();
}

std::expected<void, FileSpool::Error> SpoolThread::read(FileId file, std::uint64_t offset,
                                                        std::span<char> out) {
  return spool_.read(file, offset, out);
}

void SpoolThread::work() {
  for (;;) {
    std::vector<SpoolJob> jobs;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      jobs = queue_.take();
    }
    std::vector<SpoolResult> results;
    for (SpoolJob& job : jobs) {
      SpoolResult result = jobs_.run(job);
      job.bytes = {};
      if (job.kind != SpoolJob::Kind::remove) results.push_back(std::move(result));
    }
    add_results(std::move(results));
  }
}

// The lock is held while `ready` is called, so that nothing is called after notify({}).
void SpoolThread::add_results(std::vector<SpoolResult> results) {
  if (results.empty()) return;
  const std::scoped_lock lock(mutex_);
  const bool none_waited = results_.empty();
  results_.insert(results_.end(), std::make_move_iterator(results.begin()),
                  std::make_move_iterator(results.end()));
  if (none_waited && ready_) ready_();
}

}  // namespace plaintalk::messenger
