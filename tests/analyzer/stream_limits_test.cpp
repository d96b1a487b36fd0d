// Where each limit of the TCP rules lies, on both of its sides. The values are computed in the comments from
// RFCs and docs/TCP_RULES.md and never taken from the code, so that a changed constant fails a test.
#include <gtest/gtest.h>

#include "analyzer/stream/flow.hpp"
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

// The verdict on bytes that are sent again `ms` later and that nobody asked for.
std::string repeat_after(double ms) {
  Capture capture;
  capture << tcp().syn().without_sack() << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1)
          << tcp().seq(1).ack(1).data("abc").at_ms(10) << tcp().seq(1).ack(1).data("abc").at_ms(10 + ms);
  return capture.finish().verdicts();
}

// RFC 6298 asks for a second, but the lowest retransmission timeout in use is 200 ms (Linux, TCP_RTO_MIN),
// and a clock of 100 ticks a second may fire one tick of 10 ms early: 190 ms.
TEST(StreamLimits, ATimeoutIsNotShorterThan190Milliseconds) {
  EXPECT_EQ(repeat_after(189.999), "retransmission");
  EXPECT_EQ(repeat_after(190), "timeout retransmission");
}

// A hole of which only the time tells why it was open: `ms` from its opening to its filling, on a path whose
// handshake took `rtt_ms`.
std::string hole_filled_after(double rtt_ms, double ms) {
  Capture capture;
  capture << tcp().syn().at_ms(1) << tcp().from_server().syn().ack(1).at_ms(1 + rtt_ms / 2)
          << tcp().seq(1).ack(1).at_ms(1 + rtt_ms) << tcp().seq(3).ack(1).data("cd").at_ms(1000)
          << tcp().seq(1).ack(1).data("ab").at_ms(1000 + ms);
  return std::string(capture.finish().events.back().verdict);
}

// Rule 15: less than a round trip is reordering; 190 ms and two round trips are a retransmission; nobody can
// know what lies between. With 40 ms: 40 and max(190, 80). With 100 ms: 100 and max(190, 200).
TEST(StreamLimits, OnlyTimeTellsReorderingFromRetransmissionBeyondCertainSpans) {
  EXPECT_EQ(hole_filled_after(40, 39.999), "out-of-order");
  EXPECT_EQ(hole_filled_after(40, 40), "out-of-order or retransmission");
  EXPECT_EQ(hole_filled_after(40, 189.999), "out-of-order or retransmission");
  EXPECT_EQ(hole_filled_after(40, 190), "retransmission of uncaptured");
  EXPECT_EQ(hole_filled_after(100, 199.999), "out-of-order or retransmission");
  EXPECT_EQ(hole_filled_after(100, 200), "retransmission of uncaptured");
}

// The same without a handshake: 3 ms stand for the round trip.
TEST(StreamLimits, WithoutAHandshakeThreeMillisecondsStandForTheRoundTrip) {
  for (const bool within : {true, false}) {
    Capture capture;
    capture << tcp().seq(1).ack(1).data("ab").at_ms(100) << tcp().from_server().seq(1).ack(3).at_ms(101)
            << tcp().seq(5).ack(1).data("ef").at_ms(800)
            << tcp().seq(3).ack(1).data("cd").at_ms(within ? 802.999 : 803);
    EXPECT_EQ(capture.finish().events.back().verdict,
              within ? "out-of-order" : "out-of-order or retransmission");
  }
}

// The verdict on a repeat `ms` after the last of `count` duplicate acknowledgements.
std::string repeat_after_duplicates(int count, double ms) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").at_ms(10)
                      << tcp().seq(4).ack(1).data("def").at_ms(11)
                      << tcp().from_server().seq(1).ack(1).at_ms(20);
  for (int index = 1; index < count; ++index) capture << tcp().from_server().seq(1).ack(1).at_ms(20);
  capture << tcp().seq(1).ack(1).data("abc").at_ms(20 + ms);
  return std::string(capture.finish().events.back().verdict);
}

// Rule 14: two duplicates or more, 20 ms or the handshake's round trip (here 2 ms) after them at most.
TEST(StreamLimits, AFastRetransmissionFollowsTwoDuplicatesWithin20Milliseconds) {
  EXPECT_EQ(repeat_after_duplicates(1, 5), "retransmission");
  EXPECT_EQ(repeat_after_duplicates(2, 5), "fast retransmission");
  EXPECT_EQ(repeat_after_duplicates(2, 20), "fast retransmission");
  EXPECT_EQ(repeat_after_duplicates(2, 20.001), "retransmission");
}

// Rule 17 (RFC 8985, section 7.2): a probe comes 1.5 smoothed round trips after the tail, and not before 2
// ms. With one sample of 40 ms that is 60 ms; with one of 1 ms the handshake's 2 ms count.
TEST(StreamLimits, ATailLossProbeComesOneAndAHalfRoundTripsAfterTheTail) {
  const auto repeat_of_tail = [](double rtt_ms, double ms) {
    Capture capture;
    capture.handshake() << tcp().seq(1).ack(1).data("abc").at_ms(10)
                        << tcp().from_server().seq(1).ack(4).at_ms(10 + rtt_ms)
                        << tcp().seq(4).ack(1).data("def").at_ms(100)
                        << tcp().seq(4).ack(1).data("def").at_ms(100 + ms);
    return std::string(capture.finish().events.back().verdict);
  };
  EXPECT_EQ(repeat_of_tail(40, 59.999), "retransmission");
  EXPECT_EQ(repeat_of_tail(40, 60), "tail loss probe");
  EXPECT_EQ(repeat_of_tail(1, 2.999), "retransmission");
  EXPECT_EQ(repeat_of_tail(1, 3), "tail loss probe");
}

// RFC 7323, section 2.3: a window is at most 65535 x 2^14 bytes, which is just below 2^30. Nobody can have
// more outstanding, so an acknowledgement further above everything seen is of another connection, or forged.
TEST(StreamLimits, AnAcknowledgementMoreThanAWindowAboveEverythingSeenIsNotBelieved) {
  constexpr std::uint32_t kLargest = std::uint32_t{1} << 30;
  for (const std::uint32_t beyond : {0U, 1U}) {
    Capture capture;
    capture.handshake() << tcp().seq(1).ack(1).data("abc")
                        << tcp().from_server().seq(1).ack(4 + kLargest + beyond);
    RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.count("acknowledges unseen"), beyond == 0 ? 1U : 0U);
    EXPECT_EQ(sink.acks.size(), beyond == 0 ? 1U : 0U);
  }
}

// RFC 7323, section 2.3: a shift above 14 counts as 14. 1 x 2^14 bytes fill such a window of 1 exactly.
TEST(StreamLimits, AWindowIsShiftedByFourteenAtMost) {
  Capture capture;
  capture << tcp().syn().shift(15) << tcp().from_server().syn().ack(1).shift(15)
          << tcp().seq(1).ack(1).window(1) << tcp().from_server().seq(1).ack(1)
          << tcp().from_server().seq(1).ack(1).data(std::string(1 << 14, 'x'));
  EXPECT_EQ(capture.finish().count("window full"), 1U) << capture.sink.verdicts();
}

// Rule 29: at most 16 segments wait for the receiver's word; the oldest makes room.
TEST(StreamLimits, SixteenSegmentsWithAWrongChecksumAreHeldForADirection) {
  for (const std::uint32_t count : {16U, 17U}) {
    Capture capture;
    capture.handshake();
    for (std::uint16_t good = 0; good < 20; ++good) capture << tcp().seq(1).ack(1).window(1000 + good);
    std::string expected;
    for (std::uint32_t index = 0; index < count; ++index) {
      const std::string text(2, static_cast<char>('a' + index));
      expected += count == 17 && index == 0 ? "??" : text;
      capture << tcp().seq(1 + 2 * index).ack(1).data(text).checksum(ChecksumState::bad);
    }
    capture << tcp().from_server().seq(1).ack(1 + 2 * count);
    EXPECT_EQ(capture.finish().client(), expected);
  }
}

TEST(StreamLimits, ASegmentWithAWrongChecksumIsKeptWhole) {
  Capture capture;
  const std::string text(60'000, 'z');
  capture.handshake() << tcp().seq(1).ack(1).data(text).checksum(ChecksumState::bad)
                      << tcp().from_server().seq(1).ack(60'001);
  EXPECT_EQ(capture.finish().client(), text);
}

// Rule P4: the first packets of a connection that was there before the capture wait until there are 16 of
// them, or until they are 64 KiB.
TEST(StreamLimits, SixteenPacketsOr64KiBDecideWhereAStreamBegins) {
  Capture many;
  for (std::uint32_t index = 0; index < 15; ++index) many << tcp().seq(1 + index).ack(1).data("x").at_ms(100);
  EXPECT_TRUE(many.sink.opened_order.empty());
  many << tcp().seq(16).ack(1).data("x").at_ms(100);
  EXPECT_EQ(many.sink.opened_order.size(), 1U);

  Capture large;
  large << tcp().seq(1).ack(1).data(std::string(60'000, 'x')).at_ms(100);
  EXPECT_TRUE(large.sink.opened_order.empty());
  large << tcp().seq(60'001).ack(1).data(std::string(5'536, 'x')).at_ms(100);
  EXPECT_EQ(large.sink.opened_order.size(), 1U);
}

// Single bytes with holes between them: more than 8192 pieces of one direction do not wait.
TEST(StreamLimits, AtMost8192SegmentsWaitOutOfOrder) {
  Capture capture;
  capture.handshake();
  for (std::uint32_t index = 0; index < 8192; ++index)
    capture << tcp().seq(2 + 2 * index).ack(1).data("x").at_ms(100);
  EXPECT_EQ(capture.sink.gaps.size(), 0U);
  capture << tcp().seq(2 + 2 * 8192).ack(1).data("x").at_ms(100);
  ASSERT_EQ(capture.sink.gaps.size(), 1U);
  EXPECT_EQ(capture.sink.gaps[0].cause, GapCause::skipped_by_limit);
}

// A segment costs more than its bytes, and the budget counts that too: with 1000 bytes for a direction, and
// some hundred a segment, the budget is full long before 1000 segments of one byte.
TEST(StreamLimits, TheBudgetOfADirectionCountsWhatASegmentCostsBesideItsBytes) {
  Capture capture({.direction_bytes_max = 1000});
  capture.handshake();
  std::uint32_t count = 0;
  while (capture.sink.gaps.empty() && count < 100)
    capture << tcp().seq(2 + 2 * count++).ack(1).data("x").at_ms(100);
  EXPECT_GE(count, 2U);
  EXPECT_LE(count * sizeof(OutOfOrderSegment), 1000U + sizeof(OutOfOrderSegment));
}

// Rule 15: an IP-ID says something only where this side's IDs count up packet by packet: three steps at
// least.
TEST(StreamLimits, IpIdsAreTrustedAfterThreeStepsUpwards) {
  for (const int steps : {2, 3}) {
    Capture capture;
    std::uint16_t id = 10;
    std::uint32_t seq = 1;
    capture.handshake();
    for (int index = 0; index < steps; ++index) capture << tcp().seq(seq++).ack(1).data("x").ip_id(id++);
    capture << tcp().seq(seq + 1).ack(1).data("z").ip_id(static_cast<std::uint16_t>(id + 1)).at_ms(100)
            << tcp().seq(seq).ack(1).data("y").ip_id(id).at_ms(100);
    const TcpEvent& event = capture.finish().events.back();
    EXPECT_EQ(event.verdict, "out-of-order");
    EXPECT_EQ(event.confidence, steps == 3 ? "certain" : "likely");
  }
}

// Rule 15: IDs that jump by a thousand do not count up packet by packet: other connections take those
// between.
TEST(StreamLimits, IpIdsThatJumpByAThousandAreNotTrusted) {
  for (const std::uint16_t step : {std::uint16_t{999}, std::uint16_t{1000}}) {
    Capture capture;
    const auto id = [&](int index) { return static_cast<std::uint16_t>(index * step); };
    capture.handshake();
    for (std::uint32_t index = 1; index <= 3; ++index)
      capture << tcp().seq(index).ack(1).data("x").ip_id(id(static_cast<int>(index)));
    capture << tcp().seq(5).ack(1).data("z").ip_id(id(4)).at_ms(100)
            << tcp().seq(4).ack(1).data("y").ip_id(static_cast<std::uint16_t>(id(4) - 1)).at_ms(100);
    EXPECT_EQ(capture.finish().events.back().confidence, step < 1000 ? "certain" : "likely");
  }
}

// RFC 9293, section 3.5.2: a RST of a side that has sent nothing is believed when it acknowledges what it
// got.
TEST(StreamLimits, AResetThatAcknowledgesDataIsCertainThoughItsSenderIsUnknown) {
  Capture capture;
  capture << tcp().syn() << tcp().seq(1).ack(1).data("abcdefgh") << tcp().from_server().rst().ack(9);
  const TcpEvent& event = capture.finish().events.back();
  EXPECT_EQ(event.verdict, "reset");
  EXPECT_EQ(event.confidence, "certain");
}

}  // namespace
}  // namespace plaintalk::analyzer::test
