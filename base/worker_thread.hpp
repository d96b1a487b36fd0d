// Threads that leave signals to the thread that started them.
//
// The kernel gives a signal of the process to any thread that does not block it, and a worker that sleeps in
// a wait may hold it for long before its handler runs. So workers are born with every signal blocked, except
// those that a fault of the thread itself raises.
#pragma once

#include <thread>
#include <utility>

#include <signal.h>

namespace plaintalk {

// While it lives, the calling thread and the threads it starts have their signals blocked.
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// Throws std::system_error as std::thread does.
template <class Work>
std::thread start_worker(Work work) {
  const SignalsBlocked blocked;
  return std::thread(std::move(work));
}

}  // namespace plaintalk
