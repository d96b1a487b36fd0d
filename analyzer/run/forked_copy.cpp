#include "analyzer/run/forked_copy.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/spawn_program.hpp"
#include "base/worker_thread.hpp"
#include "base/write_all.hpp"

namespace plaintalk::analyzer {
namespace {

[[noreturn]] void be_the_copy(const std::function<void()>& work, int answer) {
  // Ctrl-C reaches the whole group; what it means is for the original to decide.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_IGN);
  try {
    work();
  } catch (const std::exception& error) {
    const char* const what = error.what();
    static_cast<void>(write_all(answer, *what != '\0' ? what : "unknown trouble"));
  }
  // Nothing of the original's is put in order here: no destructor, no buffer.
  ::_exit(0);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string run_in_copy(const std::function<void()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::string("cannot make a pipe: ") + std::strerror(errno);
  const FileDescriptor heard(ends[0]);
  FileDescriptor answer(ends[1]);
  pid_t copy = -1;
  {
    const SignalsBlocked blocked;  // until the copy ignores them
    copy = ::fork();
    if (copy == 0) be_the_copy(work, answer.number());
  }
  if (copy < 0) return std::string("cannot make a copy of the process: ") + std::strerror(errno);
  answer.close();
  std::string trouble = read_all(heard.number());
  const int status = wait_for_exit(copy);
  if (trouble.empty() && status != 0) trouble = "the copy ended with status " + std::to_string(status);
  return trouble;
}

}  // namespace plaintalk::analyzer
