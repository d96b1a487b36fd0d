// The threads that hash passwords.
#include "messenger/net/password_pool.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace plaintalk::messenger::test {
namespace {

// The object itself, where a short string keeps its characters also after it was moved from.
bool holds(const PasswordJob& job, std::string_view password) {
  const std::string_view bytes(reinterpret_cast<const char*>(&job), sizeof job);
  return bytes.find(password) != bytes.npos || job.password.find(password) != job.password.npos;
}

TEST(PasswordPool, LeavesNothingOfAPasswordWithWhoeverSubmitsIt) {
  std::mutex mutex;
  mutex.lock();
  PasswordPool pool([&](const PasswordResult&) { const std::scoped_lock lock(mutex); });
  for (bool is_taken = true; is_taken;) {
    for (const std::string password : {"tulip9", "a password that is too long to lie in the object"}) {
      PasswordJob job{ConnectionId{1}, 1, password, "salt", 1};
      ASSERT_TRUE(holds(job, password));
      is_taken = pool.submit(std::move(job));
      EXPECT_FALSE(holds(job, password)) << is_taken;
    }
  }
  mutex.unlock();
}

// Goal: every accepted job gives one result, and the queue has an end.
// Method: the workers are held in their first results while the queue is filled.
TEST(PasswordPool, RefusesWhatDoesNotFitAndAnswersTheRest) {
  std::mutex mutex;
  std::condition_variable wake;
  bool may_go_on = false;
  std::set<std::uint64_t> tickets;
  std::uint64_t accepted = 0;
  {
    PasswordPool pool([&](PasswordResult result) {
      std::unique_lock lock(mutex);
      EXPECT_EQ(result.salted_password.size(), 32U);
      tickets.insert(result.ticket);
      wake.notify_all();
      wake.wait(lock, [&] { return may_go_on; });
    });
    while (pool.submit({ConnectionId{1}, accepted, "secret", "salt", 1})) {
      ++accepted;
      ASSERT_LE(accepted, PasswordPool::kQueueCountMax + PasswordPool::kThreadCount);
    }
    EXPECT_GE(accepted, PasswordPool::kQueueCountMax);
    std::unique_lock lock(mutex);
    may_go_on = true;
    wake.notify_all();
    wake.wait(lock, [&] { return tickets.size() == accepted; });
  }
  EXPECT_EQ(tickets.size(), accepted);
}

}  // namespace
}  // namespace plaintalk::messenger::test
