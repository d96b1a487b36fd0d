// Events on their way to the log thread.
#include "messenger/net/event_queue.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace plaintalk::messenger::test {
namespace {

WallTime at(std::int64_t ns) { return WallTime(Nanoseconds(ns)); }

// Goal: what comes out is what went in, also when it lies at an odd place in the buffer.
TEST(EventQueue, GivesBackEventsAsTheyWere) {
  const std::vector<ConnectionId> recipients{ConnectionId{1}, ConnectionId{7}};
  const std::vector<ConnectionId> shed{ConnectionId{9}};
  std::string bytes;
  encode_event(ServerNote{"note", "odd"}, at(1), bytes);
  encode_event(Routed{ConnectionId{1}, "#lab", 42, "msg", "alice", "x", 17, recipients, shed}, at(2), bytes);
  encode_event(
      ConnectionOpened{ConnectionId{3}, {IpAddress::v4(127, 0, 0, 2), 5}, {IpAddress::v4(127, 0, 0, 1), 6}},
      at(3), bytes);
  encode_event(Refused{ConnectionId{3}, "", "SAY", 403, "DENIED", std::string(5000, 'x'), true}, at(4),
               bytes);
  int seen = 0;
  each_event(bytes, [&](const ServerEvent& event, WallTime time) {
    EXPECT_EQ(time, at(++seen));
    if (const auto* note = std::get_if<ServerNote>(&event)) {
      EXPECT_EQ(note->text, "odd");
    }
    if (const auto* routed = std::get_if<Routed>(&event)) {
      EXPECT_EQ(routed->seq, 42U);
      EXPECT_EQ(routed->id, "x");
      EXPECT_EQ(std::vector<ConnectionId>(routed->recipients.begin(), routed->recipients.end()), recipients);
      EXPECT_EQ(std::vector<ConnectionId>(routed->shed.begin(), routed->shed.end()), shed);
    }
    if (const auto* opened = std::get_if<ConnectionOpened>(&event)) {
      EXPECT_EQ(render(opened->client), "127.0.0.2:5");
    }
    if (const auto* refused = std::get_if<Refused>(&event)) {
      EXPECT_EQ(refused->text.size(), 5000U);
      EXPECT_TRUE(refused->fatal);
    }
  });
  EXPECT_EQ(seen, 4);
}

TEST(EventQueue, CountsWhatDoesNotFitAndLetsMessagesGiveWayFirst) {
  EventQueue queue(4000);
  for (int i = 0; i < 100; ++i)
    queue.push(Routed{ConnectionId{1}, "#lab", 1, "msg", "alice", "", 5, {}, {}}, at(i));
  queue.push(ConnectionClosed{ConnectionId{1}, "alice", "quit", 1, 2}, at(100));
  EventQueue::Batch batch;
  ASSERT_TRUE(queue.take(batch));
  std::size_t messages = 0;
  std::size_t others = 0;
  each_event(batch.bytes, [&](const ServerEvent& event, WallTime) {
    ++(std::holds_alternative<Routed>(event) ? messages : others);
  });
  EXPECT_LE(batch.bytes.size(), 4000U);
  EXPECT_GT(batch.lost.routed, 0U);
  EXPECT_EQ(messages + batch.lost.routed, 100U);
  EXPECT_EQ(others, 1U) << "a closed connection is logged though messages were lost";
  EXPECT_EQ(batch.lost.other, 0U);

  queue.push(ServerNote{"after", ""}, at(101));
  queue.close();
  ASSERT_TRUE(queue.take(batch));
  EXPECT_EQ(batch.lost.routed, 0U) << "a loss is reported once";
  EXPECT_FALSE(queue.take(batch));
}

// Goal: the bound is one of memory: a string that doubles would hold nearly twice its content.
TEST(EventQueue, HoldsNoMoreThanItsBound) {
  constexpr std::size_t kBytesMax = (1 << 20) + 1000;
  EventQueue queue(kBytesMax);
  const std::vector<ConnectionId> recipients(200, ConnectionId{7});
  for (int i = 0; i < 2000; ++i)
    queue.push(Routed{ConnectionId{1}, "#lab", 1, "msg", "alice", "", 5, recipients, {}}, at(i));
  queue.push(ServerNote{"full", std::string(kBytesMax / 5, 'x')}, at(2000));
  EventQueue::Batch batch;
  queue.close();
  EXPECT_LE(queue.capacity(), kBytesMax);
  ASSERT_TRUE(queue.take(batch));
  EXPECT_GT(batch.lost.routed, 0U);
}

// The same when it gets full in small steps: a string that is asked for a little more doubles.
TEST(EventQueue, HoldsNoMoreThanItsBoundWhenItFillsSlowly) {
  for (const std::size_t bytes_max : {std::size_t{10'000}, std::size_t{100'000}, std::size_t{300'000}}) {
    EventQueue queue(bytes_max);
    for (std::size_t i = 0; i < bytes_max / 20; ++i) queue.push(ServerNote{"note", "some text"}, at(0));
    EXPECT_LE(queue.capacity(), bytes_max);
    queue.close();
    EventQueue::Batch batch;
    ASSERT_TRUE(queue.take(batch));
    EXPECT_GT(batch.lost.other, 0U);
    EXPECT_GT(batch.bytes.size(), bytes_max - 50);
  }
}

TEST(EventQueue, TakesWhatFitsToTheLastByte) {
  const ServerNote note{"note", std::string_view("text")};
  std::string encoded;
  encode_event(note, at(0), encoded);
  for (const std::size_t missing : {std::size_t{0}, std::size_t{1}}) {
    EventQueue queue(encoded.size() - missing);
    queue.push(note, at(0));
    queue.close();
    EventQueue::Batch batch;
    ASSERT_TRUE(queue.take(batch));
    EXPECT_EQ(batch.lost.other, missing);
  }
}

// Goal: a busy server does not pay a system call for each event. At most one wake of the thread belongs to
// each batch that it takes, however many events come. A batch has a gathering time's or kBatchBytes of them.
TEST(EventQueue, WakesTheLogOnceABatchAndNotForEachEvent) {
  constexpr int kEvents = 20'000;
  EventQueue queue;
  int seen = 0;
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::thread log([&] {
    EventQueue::Batch batch;
    while (queue.take(batch)) {
      ++batches;
      bytes += batch.bytes.size();
      each_event(batch.bytes, [&](const ServerEvent&, WallTime time) { EXPECT_EQ(time, at(seen++)); });
    }
  });
  for (int i = 0; i < kEvents; ++i) {
    queue.push(ServerNote{"note", "text"}, at(i));
    if (i % 100 == 0) std::this_thread::yield();
  }
  queue.close();
  log.join();
  const auto gathering_times =
      static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin) / EventQueue::kGatherTime);
  EXPECT_EQ(seen, kEvents) << "all are there, in their order, when the queue closes";
  EXPECT_LE(queue.wakes(), 2 * batches) << "its first event and its being full wake the log, nothing else";
  EXPECT_LE(batches, gathering_times + bytes / EventQueue::kBatchBytes + 2);
}

// Goal: a burst does not wait for the clock and get lost: half a queue is taken at once.
TEST(EventQueue, TakesAHalfFullQueueWithoutWaitingForTheTime) {
  EventQueue queue(4000);
  EventQueue::Batch batch;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 30; ++i) queue.push(ServerNote{"note", std::string(50, 'x')}, at(i));
    ASSERT_TRUE(queue.take(batch));
    EXPECT_GE(batch.bytes.size(), 2000U);
    EXPECT_EQ(batch.lost.other, 0U);
  }
}

}  // namespace
}  // namespace plaintalk::messenger::test
