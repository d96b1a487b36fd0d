#include "analyzer/run/pipe_spool.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/worker_thread.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kReadSize = 256 << 10;
// A pipe that says nothing for so long has nothing in it.
constexpr int kSilenceMs = 500;
constexpr Milliseconds kRetryInterval{100};  // of a disk that was full

}  // namespace

class PipeSpool::Source : public capture::ByteSource {
 public:
  explicit Source(PipeSpool& spool) : spool_(spool) {}
  ssize_t read(std::uint8_t* target, std::size_t size) override { return spool_.read(target, size); }

 private:
  PipeSpool& spool_;
};

PipeSpool::PipeSpool(FileDescriptor pipe, Options options)
    : options_(std::move(options)),
      pipe_(std::move(pipe)),
      leave_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      queue_(options_.limits, options_.make_file) {
  if (!leave_.is_open()) throw std::system_error(errno, std::generic_category(), "cannot read a pipe");
  thread_ = start_worker([this] { run(); });
}

PipeSpool::~PipeSpool() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  const std::uint64_t one = 1;
  static_cast<void>(::write(leave_.number(), &one, sizeof one) == sizeof one);
  thread_.join();
}

std::unique_ptr<capture::ByteSource> PipeSpool::source() { return std::make_unique<Source>(*this); }

ssize_t PipeSpool::read(std::uint8_t* target, std::size_t size) {
  std::unique_lock lock(mutex_);
  const auto is_ready = [this] { return at_once_ || ended_ || !queue_.empty(); };
  while (!is_ready()) {
    if (!idle_) {
      changed_.wait(lock, is_ready);
      break;
    }
    lock.unlock();
    const Milliseconds patience = idle_();
    lock.lock();
    changed_.wait_for(lock, patience, is_ready);
  }
  if (!at_once_ && !queue_.empty()) {
    const ssize_t count = queue_.take(target, size);
    changed_.notify_all();  // there is room again
    return count;
  }
  if (!at_once_ && !until_silence_) return 0;
  errno = EINTR;
  return -1;
}

void PipeSpool::run() {
  std::vector<std::uint8_t> block(kReadSize);
  while (wait_for_pipe()) {
    const ssize_t count = ::read(pipe_.number(), block.data(), block.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
    // A pipe that fails has ended: what came through it is whole or is found to be cut by its reader.
    if (count <= 0 || !keep(Bytes(block.data(), static_cast<std::size_t>(count)))) break;
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    // Whoever still writes learns that nobody reads.
    pipe_.close();
  }
  changed_.notify_all();
}

// False when there will be nothing more to read.
bool PipeSpool::wait_for_pipe() {
  for (;;) {
    std::array<pollfd, 3> sources{
        {{pipe_.number(), POLLIN, 0}, {options_.stop_descriptor, POLLIN, 0}, {leave_.number(), POLLIN, 0}}};
    const int ready = ::poll(sources.data(), sources.size(), until_silence_ ? kSilenceMs : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || sources[2].revents != 0) return false;
    if (sources[1].revents != 0 && !hear_stop()) return false;
    if (sources[0].revents != 0) return true;
  }
}

// False when reading ends here.
bool PipeSpool::hear_stop() {
  char signal = 0;
  while (::read(options_.stop_descriptor, &signal, 1) == 1) {
    const OnStop what = options_.on_stop();
    const std::lock_guard lock(mutex_);
    until_silence_ = until_silence_ || what == OnStop::until_silence;
    at_once_ = at_once_ || what == OnStop::at_once;
  }
  if (at_once_) changed_.notify_all();
  return !at_once_;
}

// False when nobody will read them.
bool PipeSpool::keep(Bytes bytes) {
  std::unique_lock lock(mutex_);
  while (!at_once_ && !leaving_) {
    bytes = bytes.subspan(queue_.put(bytes));
    memory_peak_ = std::max(memory_peak_, queue_.in_memory());
    file_peak_ = std::max(file_peak_, queue_.in_file());
    changed_.notify_all();
    if (queue_.in_file() > 0)
      tell_once(told_behind_,
                "the analysis is behind; packets wait in a temporary file, none is lost by that");
    if (bytes.empty()) return true;
    const int error = queue_.file_error();
    if (error != 0 || queue_.in_file() > 0)
      tell_once(told_stalled_, "no room for packets that wait to be analysed (" +
                                   (error != 0 ? std::generic_category().message(error)
                                               : std::string("the bound is reached")) +
                                   "); the capture has to wait and may lose some");
    changed_.wait_for(lock, kRetryInterval);
    lock.unlock();
    hear_stop();
    lock.lock();
  }
  return false;
}

void PipeSpool::tell_once(bool& told, const std::string& text) {
  if (!std::exchange(told, true) && options_.note) options_.note(text);
}

std::uint64_t PipeSpool::memory_peak() const {
  const std::lock_guard lock(mutex_);
  return memory_peak_;
}

std::uint64_t PipeSpool::file_peak() const {
  const std::lock_guard lock(mutex_);
  return file_peak_;
}

}  // namespace plaintalk::analyzer
