// plaintalk-server as a child of the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"

namespace plaintalk::messenger::test {

using plaintalk::test::ChildProcess;

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
