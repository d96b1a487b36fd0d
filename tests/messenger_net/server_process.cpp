#include "tests/messenger_net/server_process.hpp"

#include <csignal>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/number.hpp"

namespace plaintalk::messenger::test {

ServerProcess::ServerProcess(std::vector<std::string> arguments)
    : ChildProcess([&] {
        arguments.insert(arguments.begin(), {PLAINTALK_SERVER, "--listen", "127.0.0.1:0"});
        return std::move(arguments);
      }()) {
  const std::string_view mark = "ready: listening on 127.0.0.1:";
  if (!wait_for_output(mark) || !wait_for_output("\n"))
    throw std::runtime_error("the server did not start: " + errors());
  const std::size_t at = output().find(mark) + mark.size();
  while (output().find('\n', at) == std::string::npos) wait_for_output("\n");
  port_ = parse_decimal<std::uint16_t>(std::string_view(output()).substr(at, output().find('\n', at) - at))
              .value();
}

int ServerProcess::stop() {
  signal(SIGTERM);
  return wait();
}

}  // namespace plaintalk::messenger::test
