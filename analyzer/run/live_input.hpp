// What a capture that still goes on comes through: the pipe, and the child that captures, if it is ours.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "analyzer/run/capture_process.hpp"
#include "analyzer/run/pipe_spool.hpp"
#include "base/time.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

class LiveInput {
 public:
  struct Options {
    std::string folder;  // of the analysis; what has not been analysed yet may wait on the disk beside it
    std::function<void(const std::string&)> note;  // for people; called from the thread that reads the pipe
    bool tells_of_stop = true;
    std::size_t memory_max = 0;  // of the whole analysis; 0: no bound
  };

  // Reads what `child` captures, or standard input when there is none. Throws std::runtime_error.
  LiveInput(CaptureProcess* child, Options options);

  PipeSpool& spool() { return *spool_; }
  // Throws std::runtime_error when no capture begins.
  capture::CaptureReader reader(const std::string& name);
  // The time of a packet: is this capture one of now?
  void seen(WallTime packet);
  // Whoever read what we print has gone: nobody watches any more.
  void stop_child();
  // The exit status of the child, 0 without one.
  int end_child() { return child_ != nullptr ? child_->wait() : 0; }

 private:
  PipeSpool::OnStop stop();

  CaptureProcess* child_;
  Options options_;
  std::atomic<bool> is_of_now_ = false;
  std::optional<PipeSpool> spool_;  // gone first: its thread speaks to the child
};

}  // namespace plaintalk::analyzer
