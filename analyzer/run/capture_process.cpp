#include "analyzer/run/capture_process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/front_door.hpp"
#include "base/program_path.hpp"
#include "base/spawn_program.hpp"

namespace plaintalk::analyzer {

namespace {

// Room for a moment in which the reading thread does not run. More than the system allows changes nothing.
constexpr int kPipeSize = 1 << 20;

}  // namespace

CaptureProcess::CaptureProcess(const std::string& interface, std::uint16_t port,
                               const std::string& filter, std::optional<std::size_t> buffer_size_mib) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  FileDescriptor captured(ends[0]);
  const FileDescriptor written(ends[1]);
  ::fcntl(written.number(), F_SETPIPE_SZ, kPipeSize);
  const auto program = find_program("plaintalk-capture");
  std::vector<std::string> words{program ? program->string() : "plaintalk-capture",
                                 "--interface",
                                 interface,
                                 filter.empty() ? "--port" : "--filter",
                                 filter.empty() ? std::to_string(port) : filter,
                                 "--out",
                                 "-"};
  if (buffer_size_mib) words.insert(words.end(), {"--buffer-size", std::to_string(*buffer_size_mib)});
  try {
    process_ = spawn_program(std::move(words), {.output = written.number()});
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot start plaintalk-capture (" + error.code().message() +
                             "): build or install it, or pipe a capture in: tcpdump -w - | " +
                             front_door("analyze -"));
  }
  descriptor_ = std::move(captured);
}

CaptureProcess::~CaptureProcess() {
  descriptor_.close();
  if (process_ <= 0) return;
  kill();
  wait();
}

void CaptureProcess::stop() const {
  if (process_ > 0) ::kill(process_, SIGINT);
}

void CaptureProcess::kill() const {
  if (process_ > 0) ::kill(process_, SIGKILL);
}

int CaptureProcess::wait() {
  if (process_ <= 0) return 0;
  return wait_for_exit(std::exchange(process_, -1));
}

}  // namespace plaintalk::analyzer
