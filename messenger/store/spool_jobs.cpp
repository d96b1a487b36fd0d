#include "messenger/store/spool_jobs.hpp"

#include "base/check.hpp"

namespace plaintalk::messenger {

// What has been written of a file that failed gives its place back at once.
void SpoolJobs::append(const SpoolJob& job, Writing& file) {
  if (!file.trouble.empty()) return;
  check(job.offset == file.size, "a hole in a file of the spool");
  file.hash.update(job.bytes);
  file.size += job.bytes.size();
  if (const auto written = spool_.append(job.file, job.bytes); !written) {
    file.trouble = written.error().what;
    spool_.remove(job.file);
  }
}

SpoolResult SpoolJobs::run(const SpoolJob& job) {
  SpoolResult result{job.kind, job.file, job.bytes.size(), {}, {}};
  if (job.kind == SpoolJob::Kind::remove) {
    writing_.erase(job.file);
    spool_.remove(job.file);
    return result;
  }
  Writing& file = writing_[job.file];
  if (job.kind == SpoolJob::Kind::append) append(job, file);
  result.trouble = file.trouble;
  if (job.kind == SpoolJob::Kind::digest && file.trouble.empty()) {
    result.sha256 = file.hash.finish();
    writing_.erase(job.file);
  }
  return result;
}

}  // namespace plaintalk::messenger
