#include "tests/support/child_process.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn_program.hpp"

namespace plaintalk::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kTimeMax{60};
constexpr int kLookInterval_ms = 100;

struct Pipe {
  Pipe() {
    std::array<int, 2> numbers{};
    if (::pipe2(numbers.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    for_reading = FileDescriptor(numbers[0]);
    for_writing = FileDescriptor(numbers[1]);
  }
  FileDescriptor for_reading;
  FileDescriptor for_writing;
};

void drain(FileDescriptor& pipe, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::read(pipe.number(), buffer.data(), buffer.size());
  if (size > 0)
    into.append(buffer.data(), static_cast<std::size_t>(size));
  else
    pipe.close();
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> words) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe input;
  Pipe output;
  Pipe errors;
  process_ = spawn_program(std::move(words), {input.for_reading.number(), output.for_writing.number(),
                                              errors.for_writing.number()});
  input_ = std::move(input.for_writing);
  output_pipe_ = std::move(output.for_reading);
  errors_pipe_ = std::move(errors.for_reading);
}

ChildProcess::~ChildProcess() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  wait_for_exit(process_);
}

void ChildProcess::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(input_.number(), text.data(), text.size());
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

// False when nothing came and both streams are still open.
bool ChildProcess::collect(int timeout_ms) {
  std::array<pollfd, 2> waiting{pollfd{output_pipe_.number(), POLLIN, 0},
                                pollfd{errors_pipe_.number(), POLLIN, 0}};
  if (::poll(waiting.data(), waiting.size(), timeout_ms) <= 0) return false;
  if (waiting[0].revents != 0) drain(output_pipe_, output_);
  if (waiting[1].revents != 0) drain(errors_pipe_, errors_);
  return true;
}

std::optional<std::string> ChildProcess::read_line() {
  const auto deadline = Clock::now() + kTimeMax;
  std::size_t looked_at = read_;
  for (;;) {
    if (const auto end = output_.find('\n', looked_at); end != std::string::npos) {
      std::string line = output_.substr(read_, end - read_);
      read_ = end + 1;
      return line;
    }
    looked_at = output_.size();
    if (!output_pipe_.is_open() || Clock::now() > deadline) return std::nullopt;
    collect(kLookInterval_ms);
  }
}

std::optional<std::string> ChildProcess::read_until(std::string_view text) {
  for (auto line = read_line(); line; line = read_line())
    if (line->find(text) != std::string::npos) return line;
  return std::nullopt;
}

std::string ChildProcess::read_all() {
  std::string all;
  for (auto line = read_line(); line; line = read_line()) all += *line + "\n";
  return all;
}

bool ChildProcess::wait_for_output(std::string_view text) {
  const auto deadline = Clock::now() + kTimeMax;
  while (output_.find(text) == std::string::npos) {
    if (!output_pipe_.is_open() || Clock::now() > deadline) return false;
    collect(kLookInterval_ms);
  }
  return true;
}

int ChildProcess::wait() {
  const auto deadline = Clock::now() + kTimeMax;
  while (output_pipe_.is_open() || errors_pipe_.is_open()) {
    if (Clock::now() > deadline) {
      ::kill(process_, SIGKILL);
      wait_for_exit(std::exchange(process_, -1));
      return -1;
    }
    collect(kLookInterval_ms);
  }
  return wait_for_exit(std::exchange(process_, -1));
}

int ChildProcess::wait_a_moment() {
  collect(kLookInterval_ms);
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) == 0) return kRunning;
  process_ = -1;
  return exit_code_of(status);
}

void ChildProcess::signal(int number) const { ::kill(process_, number); }

}  // namespace plaintalk::test
