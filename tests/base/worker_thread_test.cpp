#include "base/worker_thread.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

sigset_t mask_of_this_thread() {
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return mask;
}

TEST(WorkerThread, LeavesSignalsToItsStarter) {
  const sigset_t before = mask_of_this_thread();
  sigset_t inside{};
  std::thread worker = start_worker([&] { inside = mask_of_this_thread(); });
  worker.join();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGWINCH, SIGUSR1, SIGALRM})
    EXPECT_EQ(sigismember(&inside, number), 1) << number;
  for (const int fault : {SIGSEGV, SIGABRT, SIGFPE}) EXPECT_EQ(sigismember(&inside, fault), 0) << fault;
  const sigset_t after = mask_of_this_thread();
  for (int number = 1; number < 32; ++number)
    EXPECT_EQ(sigismember(&before, number), sigismember(&after, number)) << number;
}

}  // namespace
}  // namespace plaintalk
