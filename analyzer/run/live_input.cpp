#include "analyzer/run/live_input.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "analyzer/run/stop_signals.hpp"
#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer {
namespace {

FileDescriptor standard_input() {
  if (::isatty(STDIN_FILENO) == 1)
    throw std::runtime_error(
        "standard input is a terminal; pipe a capture in: tcpdump -w - | plaintalk-analyze -");
  FileDescriptor pipe(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!pipe.is_open()) throw std::runtime_error("standard input is closed; pipe a capture into it");
  return pipe;
}

}  // namespace

LiveInput::LiveInput(CaptureProcess* child, Options options) : child_(child), options_(std::move(options)) {
  FileDescriptor pipe = child_ != nullptr ? child_->take_descriptor() : standard_input();
  PipeSpool::Options spool;
  // What comes from a capture of the past (zcat FILE | ...) can wait where it is.
  spool.make_file = [this] {
    if (child_ == nullptr && !is_of_now_) return -1;
    return ::open(options_.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  };
  // The buffer counts as held even before it is used.
  if (options_.memory_max > 0)
    spool.limits.memory_size_max = std::min(spool.limits.memory_size_max, options_.memory_max / 8);
  spool.stop_descriptor = stop_signal_descriptor();
  spool.on_stop = [this] { return stop(); };
  spool.note = options_.note;
  spool_.emplace(std::move(pipe), std::move(spool));
}

capture::CaptureReader LiveInput::reader(const std::string& name) {
  try {
    return capture::CaptureReader::from_source(spool_->source(), name);
  } catch (const std::exception&) {
    // A capture that could not even begin has said why.
    if (child_ != nullptr && end_child() != 0)
      throw std::runtime_error("the capture could not be started; its own message stands above");
    throw;
  }
}

void LiveInput::seen(WallTime packet) { is_of_now_ = read_clocks().wall - packet < std::chrono::minutes(1); }

void LiveInput::stop_child() {
  if (child_ != nullptr) child_->stop();
}

// In the thread that reads the pipe.
PipeSpool::OnStop LiveInput::stop() {
  using OnStop = PipeSpool::OnStop;
  if (stop_signal_count() > 1) {
    if (child_ != nullptr) child_->kill();
    return OnStop::at_once;
  }
  if (options_.tells_of_stop)
    options_.note("stopping: what was captured is still analysed; once more to stop at once");
  stop_child();
  // Ctrl-C also reaches whoever writes into our standard input; other signals may be meant for us alone.
  return child_ != nullptr || last_stop_signal() == SIGINT ? OnStop::read_on : OnStop::until_silence;
}

}  // namespace plaintalk::analyzer
