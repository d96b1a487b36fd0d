// The spool of a real server: one thread hashes and writes, so that file data does not hold up chat.
//
// Results are handed over in batches: `ready` is called when there are some and none were waiting, and the
// event loop then takes all of them.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "messenger/core/services.hpp"
#include "messenger/store/block_spool.hpp"
#include "messenger/store/spool_jobs.hpp"
#include "messenger/store/spool_queue.hpp"

namespace plaintalk::messenger {

class SpoolThread final : public FileSpool {
 public:
  explicit SpoolThread(BlockSpool& spool);
  // Jobs that were not begun are dropped.
  ~SpoolThread() override;
  SpoolThread(const SpoolThread&) = delete;
  SpoolThread& operator=(const SpoolThread&) = delete;

  // Called on the thread. Until it is set, results wait.
  void notify(std::function<void()> ready);
  std::vector<SpoolResult> take_results();

  void submit(SpoolJob job) override;
  std::expected<void, Error> read(FileId file, std::uint64_t offset, std::span<char> out) override;

 private:
  void work();
  void add_results(std::vector<SpoolResult> results);

  BlockSpool& spool_;
  SpoolJobs jobs_;  // used by the thread alone
  std::mutex mutex_;
  std::condition_variable wake_;
  SpoolQueue queue_;
  std::vector<SpoolResult> results_;
  std::function<void()> ready_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plaintalk::messenger
