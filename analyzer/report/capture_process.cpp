#include "analyzer/report/capture_process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/program_path.hpp"

extern char** environ;

namespace plaintalk::analyzer {

CaptureProcess::CaptureProcess(const std::string& interface, std::uint16_t port) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  const auto program = find_program("plaintalk-capture");
  std::vector<std::string> words{program ? program->string() : "plaintalk-capture",
                                 "--interface",
                                 interface,
                                 "--port",
                                 std::to_string(port),
                                 "--out",
                                 "-"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int result =
      ::posix_spawnp(&process_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  descriptor_ = ends[0];
  if (result == 0) return;
  ::close(descriptor_);
  throw std::runtime_error(
      "cannot start plaintalk-capture (" + std::string(std::strerror(result)) +
      "): build or install it, or pipe a capture in: tcpdump -w - | plaintalk-analyze -");
}

CaptureProcess::~CaptureProcess() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (process_ > 0) {
    stop();
    wait();
  }
}

int CaptureProcess::take_descriptor() { return std::exchange(descriptor_, -1); }

void CaptureProcess::stop() {
  if (process_ > 0) ::kill(process_, SIGINT);
}

int CaptureProcess::wait() {
  if (process_ <= 0) return 0;
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace plaintalk::analyzer
