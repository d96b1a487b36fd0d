#include "tests/messenger_client/program.hpp"

#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace plaintalk::test {
namespace {

// Only ends a test that would hang for ever; no result depends on it.
constexpr int kHangLimit_ms = 60'000;

std::pair<int, int> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {ends[0], ends[1]};
}

}  // namespace

Program::Program(const std::vector<std::string>& words) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto [child_input, our_output] = make_pipe();
  const auto [our_input, child_output] = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_output, STDOUT_FILENO);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int error = ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(child_input);
  ::close(child_output);
  input_ = our_output;
  output_ = our_input;
  if (error != 0) pid_ = -1;
  if (error != 0) throw std::runtime_error("cannot start " + words[0]);
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  close_input();
  ::close(output_);
}

void Program::write(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t put = ::write(input_, text.data() + done, text.size() - done);
    if (put <= 0) return;
    done += static_cast<std::size_t>(put);
  }
}

void Program::close_input() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
}

std::optional<std::string> Program::read_line() {
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd ready{output_, POLLIN, 0};
    if (::poll(&ready, 1, kHangLimit_ms) <= 0) return std::nullopt;
    std::array<char, 65536> octets;
    const ssize_t got = ::read(output_, octets.data(), octets.size());
    if (got <= 0) return std::nullopt;
    pending_.append(octets.data(), static_cast<std::size_t>(got));
  }
}

std::optional<std::string> Program::read_until(const std::string& text) {
  for (auto line = read_line(); line; line = read_line()) {
    if (line->find(text) != std::string::npos) return line;
  }
  return std::nullopt;
}

std::string Program::read_all() {
  std::string all;
  for (auto line = read_line(); line; line = read_line()) all += *line + "\n";
  return all;
}

void Program::signal(int number) { ::kill(pid_, number); }

int Program::wait() {
  int status = 0;
  if (pid_ <= 0 || ::waitpid(std::exchange(pid_, -1), &status, 0) < 0) return -1000;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace plaintalk::test
