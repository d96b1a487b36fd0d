// Ctrl-C, kill(1) and a closed terminal, counted instead of obeyed: what was analysed must still be written.
// A full disk (SIGXFSZ) and a reader that has gone (SIGPIPE) become errors of write(2).
#pragma once

#include <utility>

#include "base/file_descriptor.hpp"
#include "capture/file/byte_source.hpp"

namespace plaintalk::analyzer {

// From now on. SIGHUP stays ignored where it was (nohup).
void catch_stop_signals();

// How many have come, and which came last.
int stop_signal_count();
int last_stop_signal();

// Returns once there was one.
void wait_for_stop_signal();

// Each signal makes a byte readable here, so that a thread that waits hears of it. Only one may read it.
int stop_signal_descriptor();

// Reads a pipe in such a way that no signal can come unnoticed between two reads: then it ends with EINTR.
class InterruptibleSource : public capture::ByteSource {
 public:
  explicit InterruptibleSource(FileDescriptor input) : input_(std::move(input)) {}
  ssize_t read(std::uint8_t* target, std::size_t size) override;

 private:
  FileDescriptor input_;
};

}  // namespace plaintalk::analyzer
