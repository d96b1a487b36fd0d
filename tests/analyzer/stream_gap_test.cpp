#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

TEST(StreamGap, WaitsTheGraceTimeForAnAcknowledgedHoleThenCallsItCaptureLoss) {
  Capture capture({.hole_grace = std::chrono::seconds(2)});
  capture.handshake() << tcp().seq(4).ack(1).data("def").at_ms(100)
                      << tcp().from_server().seq(1).ack(7).at_ms(110)
                      << tcp().from_server().seq(1).ack(7).data("x").at_ms(1900);
  EXPECT_EQ(capture.sink.gaps.size(), 0U);
  capture << tcp().from_server().seq(2).ack(7).data("y").at_ms(2200);
  RecordingSink& sink = capture.sink;
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].cause, GapCause::capture_loss);
  EXPECT_EQ(sink.gaps[0].size, 3U);
  EXPECT_EQ(sink.client(), "???def");
  capture.finish();
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 3U);
  EXPECT_EQ(sink.connections[0].client.bytes, 3U);
}

// P6: a mirror port may hand over the acknowledgement before the data.
TEST(StreamGap, UsesDataThatIsCapturedAfterItsAcknowledgement) {
  Capture capture;
  capture.handshake() << tcp().from_server().seq(1).ack(4) << tcp().seq(1).ack(1).data("abc");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.gaps.size(), 0U);
  EXPECT_EQ(sink.count("acknowledges unseen"), 1U);
  EXPECT_EQ(sink.count("late capture"), 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

TEST(StreamGap, StillCountsBytesThatComeAfterTheirHoleWasGivenUp) {
  Capture capture({.hole_grace = Nanoseconds(1)});
  capture.handshake() << tcp().seq(4).ack(1).data("def") << tcp().from_server().seq(1).ack(7)
                      << tcp().from_server().seq(1).ack(7).data("x") << tcp().seq(1).ack(1).data("abc");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "???def");
  EXPECT_EQ(sink.connections[0].client.bytes, 6U);
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
}

TEST(StreamGap, CallsAHoleThatNobodyAcknowledgedOpen) {
  Capture capture;
  capture.handshake() << tcp().seq(4).ack(1).data("def");
  RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].cause, GapCause::open);
  EXPECT_EQ(sink.count("hole opened"), 1U);
}

TEST(StreamGap, ReportsWhatTheSnapLengthCutOffAndCountsItByItsSizeOnTheWire) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abcdef").cut_to(2) << tcp().seq(7).ack(1).data("gh");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "ab????gh");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].cause, GapCause::truncated);
  EXPECT_EQ(sink.connections[0].client.bytes, 8U);
  EXPECT_EQ(sink.connections[0].client.truncated_bytes, 4U);
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
}

TEST(StreamGap, ReleasesByTheByteLimitWhenNobodyAcknowledges) {
  Capture capture({.direction_bytes_max = 4096});
  capture.handshake();
  const std::string block(1000, 'z');
  for (std::uint32_t index = 0; index < 8; ++index)
    capture << tcp().seq(11 + index * 1000).ack(1).data(block);
  ASSERT_EQ(capture.sink.gaps.size(), 1U);
  EXPECT_EQ(capture.sink.gaps[0].cause, GapCause::skipped_by_limit);
  EXPECT_EQ(capture.finish().client().size(), 8010U);
}

TEST(StreamGap, ReleasesTheOldestWaitingDirectionWhenAllTogetherHoldTooMuch) {
  Capture capture({.total_bytes_max = 5000});
  const std::string block(1000, 'z');
  for (std::uint16_t port = 1; port <= 8; ++port) {
    const Endpoint client{IpAddress::v4(192, 0, 2, 9), port};
    capture << tcp().between(client, kServer).syn() << tcp().between(kServer, client).syn().ack(1)
            << tcp().between(client, kServer).seq(11).ack(1).data(block);
  }
  ASSERT_GE(capture.sink.gaps.size(), 4U);
  EXPECT_EQ(capture.sink.gaps[0].connection, ConnectionId{1});
  EXPECT_EQ(capture.sink.gaps[0].cause, GapCause::skipped_by_limit);
  EXPECT_EQ(capture.finish().connections.size(), 8U);
}

TEST(StreamGap, EvictsTheConnectionThatWasIdleLongestWhenTheTableIsFull) {
  Capture capture({.connection_count_max = 2});
  const auto client = [](std::uint16_t port) { return Endpoint{IpAddress::v4(192, 0, 2, 9), port}; };
  capture << tcp().between(client(1), kServer).syn() << tcp().between(client(2), kServer).syn()
          << tcp().between(client(1), kServer).seq(1).data("a") << tcp().between(client(3), kServer).syn();
  ASSERT_EQ(capture.sink.connections.size(), 1U);
  EXPECT_EQ(capture.sink.connections[0].client.endpoint, client(2));
  EXPECT_TRUE(capture.sink.connections[0].evicted);
}

TEST(StreamGap, CountsTheSideThatWasNeverCapturedAsGapOnly) {
  Capture capture;
  capture << tcp().syn() << tcp().seq(1).ack(1).data("GET") << tcp().seq(4).ack(501).data("GET");
  RecordingSink& sink = capture.finish();
  const ConnectionRecord& connection = sink.connections[0];
  EXPECT_EQ(sink.client(), "GETGET");
  EXPECT_EQ(connection.server.packets, 0U);
  EXPECT_EQ(connection.server.bytes, 0U);
  EXPECT_EQ(connection.server.gap_bytes, 500U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
