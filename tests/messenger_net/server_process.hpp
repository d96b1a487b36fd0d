// A program of ours as a child: its output is collected, it is always ended and reaped, and nothing waits
// longer than a limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace plaintalk::messenger::test {

class ChildProcess {
 public:
  ChildProcess(const std::string& program, std::vector<std::string> arguments);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Reads standard output until it has `text`; false when it ends or time is up before.
  bool wait_for_output(std::string_view text);
  // The exit status, or 128 + the signal that ended it. Reads all output. -1 when time is up: then it is
  // killed.
  int wait();
  // The same after at most a tenth of a second, or kRunning.
  int wait_a_moment();
  static constexpr int kRunning = -2;
  void signal(int number) const;

  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }
  pid_t id() const { return process_; }

 private:
  bool read_some(int timeout_ms);

  pid_t process_ = -1;
  int output_pipe_ = -1;
  int errors_pipe_ = -1;
  std::string output_;
  std::string errors_;
};

// plaintalk-server on a free loopback port, ready.
class ServerProcess : public ChildProcess {
 public:
  explicit ServerProcess(std::vector<std::string> arguments = {});
  std::uint16_t port() const { return port_; }
  // SIGTERM, then the exit status.
  int stop();

 private:
  std::uint16_t port_ = 0;
};

}  // namespace plaintalk::messenger::test
