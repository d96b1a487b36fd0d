// How connections begin: crossed SYNs, ports used again, equal addresses in two networks.
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

// Goal: SYNs that cross are answered by SYN-ACKs with the same first numbers, which are no repeats, and the
// round trip is not 0. Method: 10 ms to one side and 4 ms to the other, there and back.
TEST(Handshake, UnderstandsASimultaneousOpen) {
  Capture capture;
  capture << tcp().syn().at_ms(1) << tcp().from_server().syn().at_ms(2) << tcp().syn().ack(1).at_ms(12)
          << tcp().from_server().syn().ack(1).at_ms(5) << tcp().seq(1).ack(1).data("abc").at_ms(13)
          << tcp().from_server().seq(1).ack(4).data("de").at_ms(17) << tcp().seq(4).ack(3).fin()
          << tcp().from_server().seq(3).ack(5).fin() << tcp().seq(5).ack(4);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("simultaneous open"), 1U);
  EXPECT_EQ(sink.count("syn-ack retransmission"), 0U);
  ASSERT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.connections[0].state, "SF");
  EXPECT_EQ(sink.connections[0].handshake_rtt, Nanoseconds(14'000'000));
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.server(), "de");
}

TEST(Handshake, StillSeesARepeatedSynAckOfASimultaneousOpen) {
  Capture capture;
  capture << tcp().syn() << tcp().from_server().syn() << tcp().syn().ack(1)
          << tcp().from_server().syn().ack(1) << tcp().from_server().syn().ack(1).at_ms(1000)
          << tcp().seq(1).ack(1).at_ms(1010);
  EXPECT_EQ(capture.finish().count("syn-ack retransmission"), 1U);
}

TEST(Handshake, HasNoRoundTripWhenAnAnswerToACrossedSynWasNotCaptured) {
  Capture capture;
  capture << tcp().syn() << tcp().from_server().syn() << tcp().syn().ack(1) << tcp().seq(1).ack(1).data("abc")
          << tcp().from_server().seq(1).ack(4);
  RecordingSink& sink = capture.finish();
  EXPECT_FALSE(sink.connections[0].handshake_rtt);
  EXPECT_EQ(sink.client(), "abc");
}

}  // namespace
}  // namespace plaintalk::analyzer::test
