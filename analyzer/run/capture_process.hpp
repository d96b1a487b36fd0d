// Runs plaintalk-capture as a child and reads its pipe, so that the program that takes packets apart never
// holds a privilege.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::analyzer {

class CaptureProcess {
 public:
  // The program beside this one, else the one in PATH. Throws std::runtime_error when it cannot be started.
  // `buffer_size_mib` is the kernel's ring for packets; nullopt: the program's own choice.
  CaptureProcess(const std::string& interface, std::uint16_t port, const std::string& filter,
                 std::optional<std::size_t> buffer_size_mib);
  CaptureProcess(const CaptureProcess&) = delete;
  CaptureProcess& operator=(const CaptureProcess&) = delete;
  ~CaptureProcess();  // stops it

  // The reading end of the pipe.
  FileDescriptor take_descriptor() { return std::move(descriptor_); }
  // Asks it to write what it has and its statistics, and to end. It ends only when somebody reads that.
  void stop() const;
  void kill() const;  // at once
  // Its exit status, or 128 + the signal that ended it. REQUIRES: the pipe has ended or was closed.
  int wait();

 private:
  pid_t process_ = -1;
  FileDescriptor descriptor_;
};

}  // namespace plaintalk::analyzer
