// One readable line for each thing that happens, for a person who watches a live capture. Safe for a terminal
// whatever the packets say.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <utility>

#include "analyzer/talk/live_watcher.hpp"

namespace plaintalk::analyzer {

// "12:01:02.345 #lab  alice: hello" and a line end; empty when there is nothing worth saying.
std::string render_live_event(const LiveEvent& live_event);

// Writes these lines.
class LiveLines : public LiveWatcher {
 public:
  // `reader_gone` is called once, when they cannot be written any more.
  LiveLines(std::ostream& out, std::function<void()> reader_gone)
      : out_(out), reader_gone_(std::move(reader_gone)) {}

  void live_event(const LiveEvent& live_event) override {
    out_ << render_live_event(live_event) << std::flush;
    if (!out_ && !std::exchange(is_gone_, true)) reader_gone_();
  }

 private:
  std::ostream& out_;
  std::function<void()> reader_gone_;
  bool is_gone_ = false;
};

}  // namespace plaintalk::analyzer
