// plaintalk-relay as a child of the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"

namespace plaintalk::relay::test {

// On a free loopback port, ready.
class RelayProcess : public plaintalk::test::ChildProcess {
 public:
  RelayProcess(const std::string& to, const std::vector<std::string>& arguments);
  std::uint16_t port() const { return port_; }
  // Reads on to a line of the log with this text; the test fails without one.
  void expect_line(const std::string& text);
  // SIGTERM, then the exit status.
  int stop();

 private:
  std::uint16_t port_ = 0;
};

}  // namespace plaintalk::relay::test
