#include "messenger/store/inline_spool.hpp"

#include <utility>

namespace plaintalk::messenger {

bool InlineSpool::work(std::vector<SpoolResult>& results) {
  if (waiting_.empty()) return false;
  const SpoolJob job = std::move(waiting_.front());
  waiting_.pop_front();
  SpoolResult result = run(job);
  if (job.kind != SpoolJob::Kind::remove) results.push_back(std::move(result));
  return true;
}

}  // namespace plaintalk::messenger
