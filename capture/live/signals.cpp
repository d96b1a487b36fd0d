#include "capture/live/signals.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <sys/signalfd.h>

namespace plaintalk::capture {

int stop_signals_descriptor() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  const int descriptor =
      ::sigprocmask(SIG_BLOCK, &signals, nullptr) == 0 ? ::signalfd(-1, &signals, SFD_CLOEXEC) : -1;
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "signals cannot be waited for");
  return descriptor;
}

}  // namespace plaintalk::capture
