#include "base/worker_thread.hpp"

#include "base/check.hpp"

namespace plaintalk {

SignalsBlocked::SignalsBlocked() {
  sigset_t signals;
  ::sigfillset(&signals);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    ::sigdelset(&signals, fault);
  check(::pthread_sigmask(SIG_BLOCK, &signals, &before_) == 0, "signals cannot be blocked");
}

SignalsBlocked::~SignalsBlocked() {
  check(::pthread_sigmask(SIG_SETMASK, &before_, nullptr) == 0, "signals cannot be allowed again");
}

}  // namespace plaintalk
