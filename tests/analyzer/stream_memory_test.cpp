// What connections cost: measured on the heap, for what docs/TCP_RULES.md promises.
#include <gtest/gtest.h>

#include "analyzer/stream/connection_tracker.hpp"
#include "tests/analyzer/recording_sink.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer::test {
namespace {

// Only counts, so that what is measured is the tracker.
class CountingSink : public StreamSink {
 public:
  void opened(const ConnectionRecord&) override { ++opened_count; }
  void data(const StreamData&) override {}
  void gap(const StreamGap&) override {}
  void acknowledged(const StreamAck&) override {}
  void event(const TcpEvent&) override {}
  void closed(const ConnectionRecord& connection) override {
    ++closed_count;
    evicted_count += connection.evicted ? 1U : 0U;
    half_open_count += connection.state == "S0" && connection.history == "S" ? 1U : 0U;
  }
  std::size_t opened_count = 0;
  std::size_t closed_count = 0;
  std::size_t evicted_count = 0;
  std::size_t half_open_count = 0;
};

class Crowd {
 public:
  explicit Crowd(TrackerLimits limits = {}) : tracker(limits, sink) {}
  // Client number `number`, all of another address.
  SegmentBuilder from(std::uint32_t number) {
    return tcp().between(
        {IpAddress::v4(10, static_cast<std::uint8_t>(number >> 16U), static_cast<std::uint8_t>(number >> 8U),
                       static_cast<std::uint8_t>(number)),
         40000},
        kServer);
  }
  SegmentBuilder to(std::uint32_t number) { return from(number).from_server(); }
  void operator<<(const SegmentBuilder& builder) {
    TcpSegment segment = builder.segment(++packet_);
    segment.time = WallTime{} + std::chrono::microseconds(100) * packet_;
    tracker.segment(segment);
  }
  // A whole conversation: an open connection, or one that is over and lingers.
  void talk(std::uint32_t number, bool is_over) {
    *this << from(number).syn();
    *this << to(number).syn().ack(1);
    *this << from(number).seq(1).ack(1).data("hello, is anybody there?\n");
    *this << to(number).seq(1).ack(26).data("yes\n");
    *this << from(number).seq(26).ack(5);
    if (!is_over) return;
    *this << from(number).seq(26).ack(5).fin();
    *this << to(number).seq(5).ack(27).fin();
    *this << from(number).seq(27).ack(6);
  }
  CountingSink sink;
  ConnectionTracker tracker;

 private:
  std::uint64_t packet_ = 0;
};

// The memory of packets and the ring of bytes are full, and cost the same whoever fills them.
constexpr std::uint32_t kWarmUp = 70'000;

// Goal: a flood of SYNs that nobody answers costs little. Method: more of them than any table starts with,
// measured where a table has just grown and where it has not.
TEST(StreamMemory, AHalfOpenConnectionCostsAtMost256Bytes) {
  Crowd crowd;
  std::uint32_t number = 0;
  for (; number < kWarmUp; ++number) crowd << crowd.from(number).syn().stamp(number);
  const std::size_t before = plaintalk::test::heap_bytes();
  for (const std::uint32_t count : {61'000U, 62'000U, 130'000U}) {
    for (; number < kWarmUp + count; ++number) crowd << crowd.from(number).syn().stamp(number);
    EXPECT_LE(plaintalk::test::heap_bytes() - before, std::size_t{256} * count) << count;
  }
  EXPECT_EQ(crowd.sink.closed_count, 0U);
  crowd.tracker.finish();
  EXPECT_EQ(crowd.sink.opened_count, number);
  EXPECT_EQ(crowd.sink.half_open_count, number);
}

TEST(StreamMemory, AConnectionThatIsOverLingersInAtMost1300Bytes) {
  for (const bool is_over : {false, true}) {
    Crowd crowd;
    std::uint32_t number = 0;
    for (; number < 9'000; ++number) crowd.talk(number, is_over);
    const std::size_t before = plaintalk::test::heap_bytes();
    for (; number < 18'000; ++number) crowd.talk(number, is_over);
    const std::size_t each = (plaintalk::test::heap_bytes() - before) / 9'000;
    EXPECT_LE(each, is_over ? 1300U : 1500U);
    EXPECT_EQ(crowd.sink.closed_count, 0U);
  }
}

// Goal: attempts that nobody answers make way by themselves, and not before a late answer can come.
TEST(StreamMemory, AnAttemptIsGivenUp150SecondsAfterItsLastSyn) {
  Capture capture;
  capture << tcp().syn().at_ms(0) << tcp().syn().at_ms(149'000);
  EXPECT_EQ(capture.sink.count("syn retransmission"), 1U) << "it was still there";
  capture << tcp().between({IpAddress::v4(10, 0, 0, 1), 1}, kServer).syn().at_ms(200'000)
          << tcp().between({IpAddress::v4(10, 0, 0, 2), 1}, kServer).syn().at_ms(350'000);
  ASSERT_EQ(capture.sink.connections.size(), 1U);
  EXPECT_EQ(capture.sink.connections[0].state, "S0");
  EXPECT_EQ(capture.sink.connections[0].id, ConnectionId{2});
  EXPECT_FALSE(capture.sink.connections[0].evicted);
  EXPECT_EQ(capture.finish().connections.size(), 3U);
}

// Goal: at the bound it is the longest idle one that goes, be it an attempt or a connection.
TEST(StreamMemory, TheLongestIdleMakesWayWhetherItWasAnsweredOrNot) {
  TrackerLimits limits;
  limits.connection_count_max = 2;
  Capture capture(limits);
  const auto client = [](std::uint8_t number) {
    return tcp().between({IpAddress::v4(10, 0, 0, number), 1}, kServer);
  };
  capture << client(1).syn() << client(2).syn() << client(2).from_server().syn().ack(1) << client(3).syn();
  ASSERT_EQ(capture.sink.connections.size(), 1U);
  EXPECT_EQ(capture.sink.connections[0].id, ConnectionId{1});
  EXPECT_TRUE(capture.sink.connections[0].evicted);
  capture << client(4).syn();
  ASSERT_EQ(capture.sink.connections.size(), 2U);
  EXPECT_EQ(capture.sink.connections[1].id, ConnectionId{2});
  EXPECT_EQ(capture.finish().connections.size(), 4U);
}

// Goal: what an attempt keeps is all that its SYN said. Method: the handshake is judged by what only the SYN
// says: scale, selective acknowledgements, time, and whether a copy of it is one.
TEST(StreamMemory, AnAnsweredAttemptForgetsNothingOfItsSyn) {
  Capture capture;
  capture << tcp().syn().shift(7).stamp(5).ip_id(9).at_ms(1)
          << tcp().syn().shift(7).stamp(5).ip_id(9).at_ms(1.2)
          << tcp().from_server().syn().shift(7).ack(1).at_ms(20) << tcp().seq(1).ack(1).window(100).at_ms(41)
          << tcp().from_server().seq(1).ack(1).data(std::string(12'800, 'x')).at_ms(42);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.verdicts(), "duplicate capture, window full");
  EXPECT_EQ(sink.connections[0].handshake_rtt, std::chrono::milliseconds(40));
  EXPECT_EQ(sink.connections[0].client.packets, 2U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
