// A spool for tests and simulations: in memory and without a thread. Jobs are done when the owner says so,
// and always in the same order.
#pragma once

#include <deque>
#include <vector>

#include "messenger/core/services.hpp"
#include "messenger/store/block_spool.hpp"
#include "messenger/store/spool_jobs.hpp"

namespace plaintalk::messenger {

class InlineSpool : public FileSpool {
 public:
  void submit(SpoolJob job) override { waiting_.push_back(std::move(job)); }
  std::expected<void, Error> read(FileId file, std::uint64_t offset, std::span<char> out) override {
    return spool_.read(file, offset, out);
  }

  // Does the oldest job, if there is one; false when there is none. The result is for the core, unless it was
  // a removal.
  bool work(std::vector<SpoolResult>& results);
  std::size_t waiting_count() const { return waiting_.size(); }
  std::size_t file_count() const { return spool_.file_count(); }
  std::uint64_t held_bytes() const { return spool_.held_bytes(); }

 protected:
  virtual SpoolResult run(const SpoolJob& job) { return jobs_.run(job); }

 private:
  BlockSpool spool_;
  SpoolJobs jobs_{spool_};
  std::deque<SpoolJob> waiting_;
};

}  // namespace plaintalk::messenger
