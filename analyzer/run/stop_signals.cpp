#include "analyzer/run/stop_signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace plaintalk::analyzer {
namespace {

std::atomic<int> signal_count = 0;
std::atomic<int> last_signal = 0;
std::atomic<int> to_thread = -1;
int from_handler = -1;
static_assert(std::atomic<int>::is_always_lock_free, "or a handler must not touch it");

void note_signal(int signal) {
  const int error = errno;
  last_signal = signal;
  ++signal_count;
  const char byte = static_cast<char>(signal);
  static_cast<void>(::write(to_thread, &byte, 1) == 1);  // full: the thread has enough to hear already
  errno = error;
}

}  // namespace

void catch_stop_signals() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category(), "signals cannot be waited for");
  from_handler = ends[0];
  to_thread = ends[1];
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = note_signal;  // without SA_RESTART, so that a waiting read returns
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

int stop_signal_count() { return signal_count; }
int last_stop_signal() { return last_signal; }
void wait_for_stop_signal() {
  pollfd source{from_handler, POLLIN, 0};
  while (signal_count == 0) ::poll(&source, 1, -1);
}

int stop_signal_descriptor() { return from_handler; }

ssize_t InterruptibleSource::read(std::uint8_t* target, std::size_t size) {
  for (;;) {
    // A signal before poll() has left its byte, one during it ends it.
    std::array<pollfd, 2> sources{{{input_.number(), POLLIN, 0}, {from_handler, POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) return -1;
    if (signal_count > 0) {
      errno = EINTR;
      return -1;
    }
    if (sources[0].revents == 0) continue;
    const ssize_t count = ::read(input_.number(), target, size);
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) return count;
  }
}

}  // namespace plaintalk::analyzer
