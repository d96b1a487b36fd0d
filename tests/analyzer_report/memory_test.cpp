// The budget of --memory-max, driven to its bound and compared with the heap.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "analyzer/run/memory_budget.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "tests/analyzer_talk/play.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer {
namespace {

TcpSegment segment_of(std::uint32_t number, bool from_client, std::uint32_t sequence,
                      std::uint32_t acknowledgement, std::string_view bytes) {
  TcpSegment segment;
  segment.source = {IpAddress::v4(10, static_cast<std::uint8_t>(number >> 16U),
                                  static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)),
                    40000};
  segment.target = {IpAddress::v4(192, 0, 2, 1), 7777};
  if (!from_client) std::swap(segment.source, segment.target);
  segment.sequence = sequence;
  segment.acknowledgement = acknowledgement;
  segment.flags.syn = bytes.empty();
  segment.flags.ack = acknowledgement != 0;
  segment.payload = as_bytes(bytes);
  segment.payload_size = static_cast<std::uint32_t>(bytes.size());
  segment.window = 65535;
  return segment;
}

// Goal: connections that say our greeting, log in and leave a hole cost the most that a stranger can make one
// cost; the budget holds all the same, and what is given up is told. Method: connections without end, each
// left open; the heap is looked at with every one.
TEST(MemoryBudget, HoldsWhateverConnectionsDoAndTellsWhatItGaveUp) {
  constexpr std::size_t kBudget = 80 << 20;
  constexpr std::uint32_t kCount = 16'000;
  const std::size_t before = plaintalk::test::heap_bytes();
  const auto held = [&] { return plaintalk::test::heap_bytes() - before; };
  struct Sink : Collected {
    void connection(const ConnectionResult& row) override { evicted += row.connection->evicted ? 1U : 0U; }
    void pdu(const PduResult&) override {}
    void credential(const CredentialResult&) override {}
    std::size_t evicted = 0;
  } sink;
  Memory store;
  TalkAnalyzer talk({}, sink, store);
  ConnectionTracker tracker({}, talk);
  MemoryBudget budget(kBudget, held);
  std::uint64_t packet = 0;
  std::size_t most = 0;
  const auto add = [&](TcpSegment segment) {
    segment.packet = ++packet;
    segment.time = WallTime{} + std::chrono::microseconds(50) * packet;
    tracker.segment(segment);
    budget.packet(tracker);
  };
  const std::string hole(500, 'x');
  for (std::uint32_t number = 0; number < kCount; ++number) {
    add(segment_of(number, true, 1000, 0, ""));
    add(segment_of(number, false, 5000, 1001, ""));
    add(segment_of(number, false, 5001, 1001, "PLAINTALK/1 lab caps=history :hello\n"));
    add(segment_of(number, true, 1001, 5037, "LOGIN u" + std::to_string(number) + "\n"));
    add(segment_of(number, true, 2000, 5037, hole));
    most = std::max(most, held());
  }
  // Between two looks 1,024 connections may come, of some KiB each.
  EXPECT_LT(most, kBudget + (std::size_t{64} << 20));
  tracker.finish();
  talk.finish();
  EXPECT_GT(sink.evicted, kCount / 4);
  EXPECT_EQ(sink.count("connection-evicted"), Findings::kCountMaxPerKind + 1)
      << "the last one counts the rest";
}

// Goal: nothing is given up while there is room.
TEST(MemoryBudget, GivesUpNothingWithinIt) {
  Collected sink;
  Memory store;
  TalkAnalyzer talk({}, sink, store);
  ConnectionTracker tracker({}, talk);
  MemoryBudget budget(std::size_t{1} << 40, plaintalk::test::heap_bytes);
  for (std::uint32_t number = 0; number < 5'000; ++number) {
    TcpSegment segment = segment_of(number, true, 1000, 0, "");
    segment.packet = number + 1;
    tracker.segment(segment);
    budget.packet(tracker);
  }
  EXPECT_EQ(tracker.open_count(), 5'000U);
}

}  // namespace
}  // namespace plaintalk::analyzer
