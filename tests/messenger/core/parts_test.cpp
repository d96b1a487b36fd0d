// The parts of the rules that can be told apart from the story: queue, wheel, bucket, tables.
#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "messenger/core/history.hpp"
#include "messenger/core/id_table.hpp"
#include "messenger/core/out_queue.hpp"
#include "messenger/core/request_memory.hpp"
#include "messenger/core/timer_wheel.hpp"
#include "messenger/core/token_bucket.hpp"

namespace plaintalk::messenger::test {
namespace {

std::string drain(OutQueue& queue, std::size_t step) {
  std::string text;
  std::array<iovec, 3> pieces{};
  for (std::size_t count = queue.gather(pieces); count > 0; count = queue.gather(pieces)) {
    std::string offered;
    for (std::size_t index = 0; index < count; ++index)
      offered.append(static_cast<const char*>(pieces[index].iov_base), pieces[index].iov_len);
    offered.resize(std::min(step, offered.size()));
    text += offered;
    queue.consumed(offered.size());
  }
  return text;
}

TEST(OutQueue, RepliesGoBeforeChatAndOrderedFramesBehindIt) {
  OutQueue queue;
  queue.chat(Block("chat1 "), 0);
  queue.reply("reply1 ");
  queue.ordered("barrier ");
  queue.chat(Block("chat2 "), 0);
  queue.reply("reply2 ");
  EXPECT_EQ(drain(queue, 1000), "reply1 chat1 barrier chat2 reply2 ");
  EXPECT_TRUE(queue.empty());
  queue.chat(Block("chat3 "), 0);
  queue.reply("reply3 ");
  EXPECT_EQ(drain(queue, 1000), "reply3 chat3 ");
}

TEST(OutQueue, ItGivesTheSameBytesHoweverLittleIsWritten) {
  for (std::size_t step = 1; step < 12; ++step) {
    OutQueue queue;
    std::string expected;
    for (int n = 0; n < 40; ++n) {
      queue.chat(Block("chat" + std::to_string(n) + " "), 0);
      expected += "chat" + std::to_string(n) + " ";
    }
    EXPECT_EQ(queue.chat_size(), expected.size());
    EXPECT_EQ(drain(queue, step), expected) << step;
    EXPECT_EQ(queue.chat_size(), 0U);
  }
}

TEST(OutQueue, APieceThatHasBegunIsFinishedFirst) {
  OutQueue queue;
  queue.bulk("filedata ", FileId{1});
  queue.consumed(4);
  queue.reply("reply ");
  queue.chat(Block("chat "), 0);
  EXPECT_EQ(drain(queue, 1000), "data reply chat ");
  queue.chat(Block("chatter "), 0);
  queue.consumed(4);
  queue.reply("reply ");
  EXPECT_EQ(drain(queue, 1000), "ter reply ");
}

TEST(OutQueue, FileDataThatHasNotBegunCanBeTakenBack) {
  OutQueue queue;
  queue.bulk("filedata ", FileId{1});
  EXPECT_FALSE(queue.drop_bulk(FileId{2}));  // of another file
  EXPECT_FALSE(queue.empty());
  EXPECT_TRUE(queue.drop_bulk(FileId{1}));
  EXPECT_TRUE(queue.empty());
  queue.bulk("filedata ", FileId{1});
  queue.consumed(1);
  EXPECT_FALSE(queue.drop_bulk(FileId{1}));
  EXPECT_EQ(drain(queue, 1000), "iledata ");
}

TEST(Block, IsFreedWithItsLastReference) {
  Block first("bytes");
  {
    Block second = first;
    EXPECT_TRUE(second.is_same(first));
    first = Block();
    EXPECT_EQ(second.bytes(), "bytes");
    Block& same = second;
    second = std::move(same);
    EXPECT_EQ(second.bytes(), "bytes");
  }
  EXPECT_EQ(first.bytes(), "");
}

Instant at(int ms) { return Instant{std::chrono::hours(1)} + Milliseconds(ms); }

TEST(TimerWheel, FiresAtTheDueTimeAndNotBefore) {
  core::TimerWheel wheel(at(0));
  wheel.arm(3, at(120));
  wheel.arm(4, at(1000));
  std::vector<std::uint32_t> fired;
  wheel.advance(at(119), fired);
  EXPECT_TRUE(fired.empty());
  wheel.advance(at(150), fired);
  EXPECT_EQ(fired, std::vector<std::uint32_t>{3});
  wheel.disarm(4);
  wheel.advance(at(5000), fired);
  EXPECT_EQ(fired.size(), 1U);
}

TEST(TimerWheel, TheLastArmingCounts) {
  core::TimerWheel wheel(at(0));
  wheel.arm(1, at(100));
  wheel.arm(1, at(500));
  std::vector<std::uint32_t> fired;
  wheel.advance(at(450), fired);
  EXPECT_TRUE(fired.empty());
  wheel.advance(at(500), fired);
  EXPECT_EQ(fired.size(), 1U);
}

// Goal: no timer is ever lost or late, whatever the jumps of the clock.
// Method: random arming, disarming and jumps, compared with a plain map.
TEST(TimerWheel, AgreesWithAPlainMapOfTimes) {
  std::mt19937 random(7);
  core::TimerWheel wheel(at(0));
  std::map<std::uint32_t, int> due;
  int now = 0;
  for (int step = 0; step < 5000; ++step) {
    const auto key = static_cast<std::uint32_t>(random() % 50);
    const int when = now + static_cast<int>(random() % 20'000);
    if (random() % 4 == 0) {
      wheel.disarm(key);
      due.erase(key);
    } else {
      wheel.arm(key, at(when));
      due[key] = when;
    }
    now += random() % 50 == 0 ? 60'000 : static_cast<int>(random() % 100);
    std::vector<std::uint32_t> fired;
    wheel.advance(at(now), fired);
    for (const std::uint32_t fired_key : fired) {
      ASSERT_TRUE(due.contains(fired_key));
      ASSERT_LE(due[fired_key], now);
      due.erase(fired_key);
    }
    for (const auto& [waiting, time] : due) ASSERT_GT(time, now - 50) << "timer " << waiting << " is late";
  }
}

TEST(TokenBucket, FillsSteadilyUpToItsBurst) {
  const core::BucketLimit limit(20, 3);
  core::TokenBucket bucket;
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(bucket.debt_after(limit, 1, at(0)), Nanoseconds{0});
    bucket.take(limit, 1, at(0));
  }
  EXPECT_EQ(bucket.debt_after(limit, 1, at(0)), Milliseconds(50));
  EXPECT_EQ(bucket.debt_after(limit, 1, at(40)), Milliseconds(10));
  EXPECT_EQ(bucket.take(limit, 1, at(40)), Milliseconds(10));
  EXPECT_EQ(bucket.debt_after(limit, 1, at(40)), Milliseconds(60));
  EXPECT_EQ(bucket.debt_after(limit, 3, at(100'000)), Nanoseconds{0});
  EXPECT_GT(bucket.debt_after(limit, 4, at(100'000)), Nanoseconds{0});
}

TEST(TokenBucket, WhatIsGivenBackDoesNotFillItBeyondItsBurst) {
  const core::BucketLimit limit(20, 3);
  core::TokenBucket bucket;
  bucket.take(limit, 3, at(0));
  bucket.take(limit, -2, at(0));
  EXPECT_EQ(bucket.debt_after(limit, 2, at(0)), Nanoseconds{0});
  EXPECT_EQ(bucket.debt_after(limit, 3, at(0)), Milliseconds(50));
  bucket.take(limit, -2, at(0));
  EXPECT_EQ(bucket.debt_after(limit, 3, at(0)), Nanoseconds{0});
  EXPECT_EQ(bucket.debt_after(limit, 4, at(0)), Milliseconds(50));
}

TEST(TokenBucket, AnAbsurdRateDoesNotOverflowTheClock) {
  const core::BucketLimit limit(1e-12, 0);
  core::TokenBucket bucket;
  for (int n = 0; n < 100; ++n) bucket.take(limit, 1e9, at(0));
  EXPECT_GT(bucket.debt_after(limit, 1e9, at(0)), std::chrono::hours(1));
  EXPECT_LT(at(0), at(0) + bucket.debt_after(limit, 1e9, at(0)));
}

TEST(IdTable, AgreesWithAPlainMap) {
  std::mt19937 random(7);
  core::IdTable table;
  std::map<std::uint64_t, std::uint32_t> expected;
  std::vector<std::uint32_t> free;
  for (std::uint32_t slot = 0; slot <= 300; ++slot) free.push_back(slot);
  for (std::uint64_t id = 1; id < 5000; ++id) {
    table.add(ConnectionId{id}, free.back());
    expected[id] = free.back();
    free.pop_back();
    while (expected.size() > 300) {
      auto victim = expected.begin();
      std::advance(victim, static_cast<std::ptrdiff_t>(random() % expected.size()));
      table.remove(ConnectionId{victim->first});
      free.push_back(victim->second);
      expected.erase(victim);
    }
    if (id % 97 != 0) continue;
    for (std::uint64_t known = 1; known <= id; ++known) {
      const auto found = expected.find(known);
      ASSERT_EQ(table.find(ConnectionId{known}),
                found == expected.end() ? core::IdTable::kNone : found->second);
    }
  }
}

TEST(RequestMemory, KeepsTheLatestIdsAndForgetsTheOldest) {
  core::RequestMemory memory;
  for (int n = 0; n < 500; ++n) {
    ASSERT_EQ(memory.find(std::to_string(n)), nullptr);
    core::RequestMemory::Request request;
    request.id = std::to_string(n);
    request.seq = static_cast<std::uint64_t>(n);
    request.time = at(n);
    memory.add(request, 100, std::chrono::minutes(10));
    for (int known = std::max(0, n - 99); known <= n; ++known) {
      const auto* found = memory.find(std::to_string(known));
      ASSERT_NE(found, nullptr) << known << " of " << n;
      ASSERT_EQ(found->seq, static_cast<std::uint64_t>(known));
    }
    if (n >= 100) {
      ASSERT_EQ(memory.find(std::to_string(n - 100)), nullptr);
    }
  }
  EXPECT_EQ(memory.count(), 100U);
}

TEST(RequestMemory, ForgetsWhatIsTooOld) {
  core::RequestMemory memory;
  core::RequestMemory::Request request;
  request.id = "old";
  request.time = at(0);
  memory.add(request, 100, Milliseconds(1000));
  request.id = "of the last moment";
  request.time = at(1000);
  memory.add(request, 100, Milliseconds(1000));
  EXPECT_NE(memory.find("old"), nullptr);
  request.id = "new";
  request.time = at(1001);
  memory.add(request, 100, Milliseconds(1000));
  EXPECT_EQ(memory.find("old"), nullptr);
  EXPECT_NE(memory.find("new"), nullptr);
}

TEST(History, KeepsTheLatestFramesByTheirNumbers) {
  core::History history;
  EXPECT_EQ(history.oldest(), 1U);
  const Block block("abcdefghij");
  for (std::uint64_t n = 1; n <= 10; ++n) history.add(block, n - 1, 1, 4);
  EXPECT_EQ(history.last(), 10U);
  EXPECT_EQ(history.oldest(), 7U);
  // The whole block, once, and the ring of four.
  EXPECT_EQ(history.held_bytes(), 10U + 32U + 4U * sizeof(core::History::Frame));
  for (std::uint64_t n = 7; n <= 10; ++n) EXPECT_EQ(history.frame(n).offset, n - 1);
  while (history.oldest() <= history.last()) history.drop_oldest();
  EXPECT_EQ(history.oldest(), 11U);
  EXPECT_EQ(history.held_bytes(), 0U);
  history.add(block, 0, 1, 4);
  EXPECT_EQ(history.last(), 11U);
  EXPECT_EQ(history.oldest(), 11U);
  history.skip(5);
  EXPECT_TRUE(history.empty());
  EXPECT_EQ(history.last(), 16U);
  EXPECT_EQ(history.held_bytes(), 4U * sizeof(core::History::Frame));
  history.add(block, 3, 1, 4);
  EXPECT_EQ(history.oldest(), 17U);
  EXPECT_EQ(history.frame(17).offset, 3U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
