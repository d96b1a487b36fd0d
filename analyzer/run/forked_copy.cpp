#include "analyzer/run/forked_copy.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/spawn_program.hpp"
#include "base/worker_thread.hpp"
#include "base/write_all.hpp"

namespace plaintalk::analyzer {
namespace {

// How a copy says that it is independent; what comes behind it is its trouble.
constexpr char kIndependent = '\0';
constexpr int kNiceness = 10;

[[noreturn]] void be_the_copy(const ForkedCopy::Work& work, int answer) {
  // Ctrl-C reaches the whole group; what it means is for the original to decide.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  static_cast<void>(::nice(kNiceness));
  try {
    work([answer] { static_cast<void>(write_all(answer, std::string_view(&kIndependent, 1))); });
  } catch (const std::exception& error) {
    const char* const what = error.what();
    static_cast<void>(write_all(answer, *what != '\0' ? what : "unknown trouble"));
  }
  // Nothing of the original's is put in order here: no destructor, no buffer.
  ::_exit(0);
}

}  // namespace

std::string ForkedCopy::start(const Work& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return std::string("cannot make a pipe: ") + std::strerror(errno);
  FileDescriptor heard(ends[0]);
  const FileDescriptor answer(ends[1]);
  pid_t copy = -1;
  {
    const SignalsBlocked blocked;  // until the copy ignores them
    copy = ::fork();
    if (copy == 0) be_the_copy(work, answer.number());
  }
  if (copy < 0) return std::string("cannot make a copy of the process: ") + std::strerror(errno);
  process_ = copy;
  heard_ = std::move(heard);
  is_independent_ = false;
  has_ended_ = false;
  said_.clear();
  return {};
}

bool ForkedCopy::hear() {
  std::array<char, 4096> block{};
  while (!has_ended_) {
    const ssize_t count = ::read(heard_.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) {
      has_ended_ = true;
      break;
    }
    std::string_view said(block.data(), static_cast<std::size_t>(count));
    if (said.front() == kIndependent) {
      is_independent_ = true;
      said.remove_prefix(1);
    }
    said_ += said;
  }
  return false;
}

std::optional<std::string> ForkedCopy::end() {
  heard_.close();
  const int status = wait_for_exit(std::exchange(process_, -1));
  if (said_.empty() && status != 0) said_ = "the copy ended with status " + std::to_string(status);
  return std::exchange(said_, {});
}

std::optional<std::string> ForkedCopy::poll() {
  if (!is_running() || hear()) return std::nullopt;
  return end();
}

std::optional<std::string> ForkedCopy::wait() {
  if (!is_running()) return std::nullopt;
  while (hear()) {
    pollfd source{heard_.number(), POLLIN, 0};
    ::poll(&source, 1, -1);
  }
  return end();
}

void ForkedCopy::wait_until_independent() {
  while (is_dependent() && hear() && !is_independent_) {
    pollfd source{heard_.number(), POLLIN, 0};
    ::poll(&source, 1, -1);
  }
}

std::size_t ForkedCopy::further_memory() const {
  if (!is_running()) return 0;
  const std::string folder = "/proc/" + std::to_string(process_) + '/';
  constexpr std::size_t kKib = 1024;
  std::ifstream maps(folder + "smaps_rollup");
  std::size_t own = 0;
  bool is_told = false;
  for (std::string word; maps >> word;) {
    std::size_t size = 0;
    if ((word != "Private_Clean:" && word != "Private_Dirty:") || !(maps >> size)) continue;
    own += size * kKib;
    is_told = true;
  }
  if (is_told) return own;
  // After root's rights were given up the other's memory is secret; its size is not.
  std::ifstream sizes(folder + "statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  sizes >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace plaintalk::analyzer
