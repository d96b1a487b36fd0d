#include <random>

#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

TEST(StreamOrder, DeliversAWholeSessionWithItsCountsAndAcknowledgements) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("LOGIN alice\n")
                      << tcp().from_server().seq(1).ack(13).data("OK user=alice\n")
                      << tcp().seq(13).ack(15).fin() << tcp().from_server().seq(15).ack(14).fin()
                      << tcp().seq(14).ack(16);
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 1U);
  const ConnectionRecord& connection = sink.connections[0];
  EXPECT_EQ(capture.sink.client(), "LOGIN alice\n");
  EXPECT_EQ(capture.sink.server(), "OK user=alice\n");
  EXPECT_EQ(connection.role_reason, "syn");
  EXPECT_EQ(connection.client.endpoint, kClient);
  EXPECT_EQ(connection.client.bytes, 12U);
  EXPECT_EQ(connection.server.bytes, 14U);
  EXPECT_EQ(connection.client.packets, 5U);
  EXPECT_EQ(connection.server.packets, 3U);
  EXPECT_EQ(connection.state, "SF");
  EXPECT_EQ(connection.history, "ShADdFf");
  EXPECT_EQ(connection.completeness, 31U);
  EXPECT_EQ(connection.handshake_rtt, Nanoseconds(2'000'000));
  EXPECT_TRUE(connection.client.has_fin && connection.server.has_fin);
  EXPECT_FALSE(connection.midstream);
  ASSERT_EQ(sink.acks.size(), 2U);
  EXPECT_EQ(sink.acks[0].offset, 12U);
  EXPECT_EQ(sink.acks[0].direction, Direction::client_to_server);
  EXPECT_EQ(sink.acks[1].offset, 14U);
  EXPECT_EQ(sink.events.size(), 0U) << sink.verdicts();
}

TEST(StreamOrder, ReportsThePacketAndTimeThatBroughtBytesWhichHadToWait) {
  Capture capture;
  capture.handshake() << tcp().seq(4).ack(1).data("def").at_ms(10)
                      << tcp().seq(1).ack(1).data("abc").at_ms(11);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  ASSERT_EQ(sink.pieces.size(), 2U);
  EXPECT_EQ(sink.pieces[1].packet, 4U);
  EXPECT_EQ(sink.pieces[1].time, WallTime(Nanoseconds(10'000'000)));
}

TEST(StreamOrder, CrossesTheEndOfTheSequenceSpace) {
  Capture capture;
  const auto near_end = [] { return tcp().isn(0xfffffffd, 0x7ffffffe); };
  capture << near_end().syn() << near_end().from_server().syn().ack(1) << near_end().seq(1).ack(1).data("ab")
          << near_end().seq(3).ack(1).data("cd") << near_end().from_server().seq(1).ack(5).data("xyz")
          << near_end().seq(5).ack(4).data("ef");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_EQ(sink.server(), "xyz");
  EXPECT_EQ(sink.events.size(), 0U) << sink.verdicts();
}

// Goal: offsets count on above 4 GiB. Method: jump by almost 1 GiB again and again, so that the holes are
// given up.
TEST(StreamOrder, CountsOffsetsBeyondFourGibibytes) {
  Capture capture({.hole_grace = Nanoseconds(1)});
  capture.handshake();
  constexpr std::uint32_t kJump = 1'000'000'000;
  std::uint32_t at = 1;
  for (int step = 1; step <= 6; ++step) {
    at += kJump;
    capture << tcp().seq(at).ack(1).data("x") << tcp().from_server().seq(1).ack(at + 1)
            << tcp().from_server().seq(1).ack(at + 1);
    at += 1;
  }
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.stream_size, 6'000'000'006U);
  EXPECT_EQ(sink.connections[0].client.bytes, 6U);
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 6'000'000'000U);
}

TEST(StreamOrder, KeepsDataThatComesAfterAFinWhichOvertookIt) {
  Capture capture;
  capture.handshake() << tcp().seq(4).ack(1).data("def").fin() << tcp().seq(1).ack(1).data("abc")
                      << tcp().from_server().seq(1).ack(8);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
  EXPECT_EQ(sink.connections[0].client.stream_size, 6U);
}

TEST(StreamOrder, LeavesOutBytesAboveTheFinAndSaysSo) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").fin() << tcp().seq(4).ack(1).data("evil");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.connections[0].client.bytes, 3U);
  EXPECT_EQ(sink.count("data after fin"), 1U);
}

TEST(StreamOrder, TakesTheDataOfASynWithTcpFastOpen) {
  Capture capture;
  capture << tcp().syn().data("early") << tcp().from_server().syn().ack(6)
          << tcp().seq(6).ack(1).data(" late");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "early late");
  EXPECT_EQ(sink.count("data in syn"), 1U);
}

TEST(StreamOrder, GoesOnReceivingFromTheOtherSideAfterAHalfClose) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).fin() << tcp().from_server().seq(1).ack(2).data("still here")
                      << tcp().seq(2).ack(11) << tcp().from_server().seq(11).ack(2).fin()
                      << tcp().seq(2).ack(12);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.server(), "still here");
  EXPECT_EQ(sink.connections[0].state, "SF");
}

// Goal: whatever happens to the segments on the way, the bytes delivered are the bytes sent.
// Method: cut a random stream at random places, with overlaps, copies and a random order; compare. 300 seeds.
TEST(StreamOrder, DeliversTheSameBytesHoweverTheyAreCutRepeatedAndReordered) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed=" + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](std::size_t limit) {
      return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    std::string stream(1 + below(3000), '\0');
    for (char& byte : stream) byte = static_cast<char>('a' + below(26));
    std::vector<std::pair<std::size_t, std::size_t>> cuts;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min(stream.size() - at, 1 + below(200));
      const std::size_t back = std::min(at, below(3) == 0 ? below(100) : 0);
      cuts.emplace_back(at - back, size + back);
      if (below(4) == 0) cuts.emplace_back(at, size);
      at += size;
    }
    std::shuffle(cuts.begin(), cuts.end(), random);
    Capture capture;
    const std::uint32_t isn = below(2) == 0 ? 1000U : 0xffffffffU - static_cast<std::uint32_t>(below(3000));
    capture << tcp().isn(isn, 1).syn() << tcp().isn(isn, 1).from_server().syn().ack(1)
            << tcp().isn(isn, 1).seq(1).ack(1);
    for (const auto& [at, size] : cuts)
      capture << tcp()
                     .isn(isn, 1)
                     .seq(static_cast<std::uint32_t>(1 + at))
                     .ack(1)
                     .data(std::string_view(stream).substr(at, size));
    RecordingSink& sink = capture.finish();
    ASSERT_EQ(sink.client(), stream);
    const EndpointRecord& side = sink.connections[0].client;
    ASSERT_EQ(side.bytes, stream.size());
    ASSERT_EQ(side.gap_bytes, 0U);
    ASSERT_EQ(side.payload_bytes - side.retransmitted_bytes, stream.size());
    ASSERT_EQ(sink.count("conflicting retransmission"), 0U);
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::test
