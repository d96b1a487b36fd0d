#include "messenger/store/spool_queue.hpp"

#include <string>
#include <utility>

namespace plaintalk::messenger {

void SpoolQueue::push(SpoolJob job) {
  if (job.kind != SpoolJob::Kind::append) {
    last_appends_.erase(job.file);
    jobs_.push_back(std::move(job));
    return;
  }
  const auto [last, is_first] = last_appends_.try_emplace(job.file, jobs_.size());
  if (!is_first) {
    std::string& waiting = jobs_[last->second].bytes;
    if (waiting.size() + job.bytes.size() <= kJoinedBytesMax) {
      waiting += job.bytes;
      return;
    }
    last->second = jobs_.size();
  }
  jobs_.push_back(std::move(job));
}

std::vector<SpoolJob> SpoolQueue::take() {
  last_appends_.clear();
  return std::exchange(jobs_, {});
}

}  // namespace plaintalk::messenger
