// Jobs that wait for the spool's thread. Not synchronised.
//
// Appends to one file that follow each other are joined: on a slow disk an upload of single bytes would
// otherwise be a job, with some hundred bytes around it, for each of them.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "messenger/core/services.hpp"

namespace plaintalk::messenger {

class SpoolQueue {
 public:
  // An append gets no longer by joining than this.
  static constexpr std::size_t kJoinedBytesMax = 16 << 10;

  bool empty() const { return jobs_.empty(); }
  std::size_t count() const { return jobs_.size(); }
  void push(SpoolJob job);
  // All of them, in an order that keeps that of each file.
  std::vector<SpoolJob> take();

 private:
  std::vector<SpoolJob> jobs_;
  std::unordered_map<FileId, std::size_t> last_appends_;  // of each file: its place in jobs_
};

}  // namespace plaintalk::messenger
