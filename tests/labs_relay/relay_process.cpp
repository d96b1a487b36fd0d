#include "tests/labs_relay/relay_process.hpp"

#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>

namespace plaintalk::relay::test {
namespace {

std::vector<std::string> words(const std::string& to, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{PLAINTALK_RELAY, "--listen", "127.0.0.1:0", "--to", to};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

}  // namespace

RelayProcess::RelayProcess(const std::string& to, const std::vector<std::string>& arguments)
    : ChildProcess(words(to, arguments)) {
  const auto line = read_until("ready: listening on 127.0.0.1:");
  if (!line) throw std::runtime_error("the relay is not ready: " + errors());
  port_ = static_cast<std::uint16_t>(std::stoul(line->substr(line->find("127.0.0.1:") + 10)));
}

void RelayProcess::expect_line(const std::string& text) {
  EXPECT_TRUE(read_until(text)) << "'" << text << "' is not in:\n" << output();
}

int RelayProcess::stop() {
  signal(SIGTERM);
  return wait();
}

}  // namespace plaintalk::relay::test
