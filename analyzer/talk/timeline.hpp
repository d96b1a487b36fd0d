// What happened in each second of the capture. Seconds without anything have no row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

class Timeline {
 public:
  static constexpr std::size_t kSecondCountMax = 1 << 20;  // twelve days without a pause

  explicit Timeline(Findings& findings) : findings_(findings) {}

  // The row of that second. Beyond the bound everything goes to a row that is not emitted.
  TimelineResult& at(WallTime time);
  void finish(TalkSink& sink);
  // Whether there may be further seconds.
  void allow_growth(bool is_allowed) { may_grow_ = is_allowed; }

 private:
  Findings& findings_;
  std::map<std::int64_t, TimelineResult> seconds_;
  TimelineResult overflow_;
  TimelineResult* last_ = nullptr;
  bool limit_reported_ = false;
  bool may_grow_ = true;
};

}  // namespace plaintalk::analyzer
