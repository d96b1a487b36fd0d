#include "tests/messenger_net/server_process.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/number.hpp"

extern char** environ;

namespace plaintalk::messenger::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kTimeMax{30};

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

int status_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

bool drain(int& descriptor, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  if (size > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }
  ::close(descriptor);
  descriptor = -1;
  return false;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, std::vector<std::string> arguments) {
  const auto output = make_pipe();
  const auto errors = make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int error = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  ::close(errors[1]);
  output_pipe_ = output[0];
  errors_pipe_ = errors[0];
  if (error != 0) throw std::runtime_error("cannot start " + program);
}

ChildProcess::~ChildProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  if (output_pipe_ >= 0) ::close(output_pipe_);
  if (errors_pipe_ >= 0) ::close(errors_pipe_);
}

bool ChildProcess::read_some(int timeout_ms) {
  std::array<pollfd, 2> waiting{pollfd{output_pipe_, POLLIN, 0}, pollfd{errors_pipe_, POLLIN, 0}};
  if (::poll(waiting.data(), waiting.size(), timeout_ms) <= 0) return false;
  if (waiting[0].revents != 0) drain(output_pipe_, output_);
  if (waiting[1].revents != 0) drain(errors_pipe_, errors_);
  return true;
}

bool ChildProcess::wait_for_output(std::string_view text) {
  const auto deadline = Clock::now() + kTimeMax;
  while (output_.find(text) == std::string::npos) {
    if (output_pipe_ < 0 || Clock::now() > deadline) return false;
    read_some(100);
  }
  return true;
}

int ChildProcess::wait() {
  const auto deadline = Clock::now() + kTimeMax;
  while (output_pipe_ >= 0 || errors_pipe_ >= 0) {
    if (Clock::now() > deadline) {
      ::kill(process_, SIGKILL);
      ::waitpid(std::exchange(process_, -1), nullptr, 0);
      return -1;
    }
    read_some(100);
  }
  int status = 0;
  ::waitpid(std::exchange(process_, -1), &status, 0);
  return status_of(status);
}

int ChildProcess::wait_a_moment() {
  read_some(100);
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == 0) return kRunning;
  process_ = -1;
  return status_of(status);
}

void ChildProcess::signal(int number) const { ::kill(process_, number); }

ServerProcess::ServerProcess(std::vector<std::string> arguments)
    : ChildProcess(PLAINTALK_SERVER, [&] {
        arguments.insert(arguments.begin(), {"--listen", "127.0.0.1:0"});
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
