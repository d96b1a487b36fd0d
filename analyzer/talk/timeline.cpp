#include "analyzer/talk/timeline.hpp"

#include <chrono>

namespace plaintalk::analyzer {

TimelineResult& Timeline::at(WallTime time) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  if (last_ && last_->second == second) return *last_;
  auto found = seconds_.find(second);
  if (found == seconds_.end()) {
    if (seconds_.size() >= kSecondCountMax || !may_grow_) {
      if (!limit_reported_)
        findings_.add("limit-reached", time, {}, {}, "too many seconds: timeline.csv is not complete");
      limit_reported_ = true;
      return overflow_;
    }
    found = seconds_.emplace(second, TimelineResult{}).first;
    found->second.second = second;
  }
  last_ = &found->second;
  return *last_;
}

void Timeline::finish(TalkSink& sink) {
  for (const auto& [second, row] : seconds_) sink.timeline(row);
  seconds_.clear();
  last_ = nullptr;
}

}  // namespace plaintalk::analyzer
