// Runs plaintalk-capture as a child and reads its pipe, so that the program that takes packets apart never
// holds a privilege.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer {

class CaptureProcess {
 public:
  // The program beside this one, else the one in PATH. Throws std::runtime_error when it cannot be started.
  CaptureProcess(const std::string& interface, std::uint16_t port);
  CaptureProcess(const CaptureProcess&) = delete;
  CaptureProcess& operator=(const CaptureProcess&) = delete;
  ~CaptureProcess();  // stops it

  pid_t process() const { return process_; }
  // The reading end of the pipe; the caller closes it.
  int take_descriptor();
  // Asks it to write its statistics and end. Safe in a signal handler is only kill() itself.
  void stop();
  // Its exit status, or 128 + the signal that ended it.
  int wait();

 private:
  pid_t process_ = -1;
  FileDescriptor descriptor_;
};

}  // namespace plaintalk::analyzer
