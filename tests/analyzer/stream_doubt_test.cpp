// Rules 10, 11, 30 and 37: what numbers say about bytes that were not captured.
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

const TcpEvent& event_of(const RecordingSink& sink, std::string_view verdict) {
  static const TcpEvent kNone;
  const auto found = std::ranges::find(sink.events, verdict, &TcpEvent::verdict);
  EXPECT_NE(found, sink.events.end()) << "no " << verdict << " among: " << sink.verdicts();
  return found == sink.events.end() ? kNone : *found;
}

TEST(Doubt, TakesBackAnAcknowledgementOfWhatWasNeverSent) {
  for (const bool with_stamps : {true, false}) {
    Capture capture;
    const auto from_server = [&](std::uint32_t stamp) {
      return with_stamps ? tcp().from_server().stamp(stamp) : tcp().from_server();
    };
    capture.handshake() << tcp().seq(1).ack(1).data("abc") << from_server(10).seq(1).ack(4)
                        << from_server(11).seq(1).ack(5000) << tcp().seq(4).ack(1).data("def")
                        << from_server(12).seq(1).ack(7) << tcp().seq(7).ack(1).data("ghi")
                        << from_server(13).seq(1).ack(10);
    RecordingSink& sink = capture.finish();
    const TcpEvent& event = event_of(sink, "acknowledges what was not sent");
    EXPECT_EQ(event.rule, 37U);
    EXPECT_EQ(event.packet, 6U);
    EXPECT_EQ(event.confidence, with_stamps ? "certain" : "likely");
    EXPECT_EQ(sink.count("late capture"), 0U);
    EXPECT_EQ(sink.client(), "abcdefghi");
    EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
    EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
    EXPECT_EQ(sink.acks.back().offset, 9U);
    for (const StreamAck& ack : sink.acks) EXPECT_LE(ack.offset, 9U);
  }
}

// Goal: an older acknowledgement that was overtaken takes nothing back.
TEST(Doubt, BelievesAnAcknowledgementThatOnlyAnOlderOneContradicts) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(10).stamp(20)
                      << tcp().from_server().seq(1).ack(4).stamp(19) << tcp().seq(10).ack(1).data("jkl")
                      << tcp().from_server().seq(1).ack(13).stamp(21);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("acknowledges what was not sent"), 0U);
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 6U);
}

TEST(Doubt, PutsBackAnEndThatABogusAcknowledgementContradicted) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").fin()
                      << tcp().from_server().seq(1).ack(500).stamp(10)
                      << tcp().from_server().seq(1).ack(5).stamp(11)
                      << tcp().from_server().seq(1).ack(5).fin().stamp(12) << tcp().seq(5).ack(2);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].state, "SF");
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
}

TEST(Doubt, TellsManyLatePacketsOneByOneAndRemembersFew) {
  Capture capture;
  capture.handshake() << tcp().from_server().seq(1).ack(101);
  for (std::uint32_t at = 1; at <= 100; ++at) capture << tcp().seq(at).ack(1).data("x");
  capture << tcp().from_server().seq(1).ack(101);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("late capture"), 100U);
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
  EXPECT_EQ(sink.events.back().confidence, "certain");
}

// Goal: an acknowledged hole that is filled later is a late capture, whether it had been given up or not.
TEST(Doubt, SeesALateCaptureInAHoleThatWasAcknowledged) {
  for (const double ms : {100.0, 5000.0}) {
    Capture capture;
    capture.handshake() << tcp().seq(1).ack(1).data("abc").stamp(1).at_ms(10)
                        << tcp().seq(7).ack(1).data("ghi").stamp(2).at_ms(11)
                        << tcp().from_server().seq(1).ack(10).at_ms(12)
                        << tcp().seq(10).ack(1).data("jkl").stamp(60).at_ms(60)
                        << tcp().from_server().seq(1).ack(13).at_ms(4000)
                        << tcp().seq(4).ack(1).data("def").stamp(1).at_ms(4000 + ms);
    RecordingSink& sink = capture.finish();
    const TcpEvent& event = event_of(sink, "late capture");
    EXPECT_EQ(event.rule, 30U);
    EXPECT_EQ(event.evidence.find("packet 0"), std::string::npos) << event.evidence;
    EXPECT_EQ(sink.connections[0].client.out_of_order_packets, 0U);
    EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
    EXPECT_EQ(sink.connections[0].client.bytes, 12U);
    EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
  }
}

// Goal: what was acknowledged and is then sent again is no late capture, though its first transmission is
// missing.
TEST(Doubt, SeesARepeatOfUncapturedBytesByItsNewerTimeStamp) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").stamp(1) << tcp().seq(7).ack(1).data("ghi").stamp(2)
                      << tcp().from_server().seq(1).ack(10) << tcp().seq(4).ack(1).data("def").stamp(300);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("retransmission of uncaptured"), 1U);
  EXPECT_EQ(sink.count("late capture"), 0U);
}

TEST(Claim, ABareAcknowledgementNumberedAboveOpensAHole) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").stamp(1).at_ms(10)
                      << tcp().from_server().seq(1).ack(4).data("xy").at_ms(11)
                      << tcp().seq(7).ack(3).stamp(40).at_ms(50)
                      << tcp().seq(4).ack(3).data("def").stamp(250).at_ms(260)
                      << tcp().from_server().seq(3).ack(7).at_ms(280);
  RecordingSink& sink = capture.finish();
  const TcpEvent& hole = event_of(sink, "hole opened");
  EXPECT_EQ(hole.packet, 6U);
  EXPECT_EQ(hole.offset, 3U);
  EXPECT_EQ(hole.length, 3U);
  const TcpEvent& repeat = event_of(sink, "retransmission of uncaptured");
  EXPECT_EQ(repeat.confidence, "certain");
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 1U);
  EXPECT_EQ(sink.connections[0].client.rtt.count, 1U);  // the repeat gives no sample
}

TEST(Claim, IsAGapAtTheEndWhenTheBytesNeverCome) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4).data("xy")
                      << tcp().seq(104).ack(3);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 100U);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].cause, GapCause::open);
}

TEST(Claim, AnOvertakenPacketFillsItOutOfOrder) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").stamp(1) << tcp().from_server().seq(1).ack(4)
                      << tcp().seq(7).ack(1).stamp(3) << tcp().seq(4).ack(1).data("def").stamp(2);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.out_of_order_packets, 1U) << sink.verdicts();
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

TEST(Claim, IsNotBelievedAboveTheWindowNorForOnePlaceAboveAndCanBeTakenBack) {
  Capture capture;
  capture << tcp().syn().shift(0) << tcp().from_server().syn().ack(1).shift(0).window(1000)
          << tcp().seq(1).ack(1) << tcp().seq(1).ack(1).data("abc")
          << tcp().from_server().seq(1).ack(4).window(1000) << tcp().seq(1005).ack(1) << tcp().seq(5).ack(1)
          << tcp().seq(504).ack(1).stamp(5) << tcp().seq(4).ack(1).stamp(6)
          << tcp().seq(4).ack(1).data("def").stamp(7);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("hole opened"), 1U) << sink.verdicts();
  EXPECT_EQ(sink.connections[0].client.gap_bytes, 0U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
  EXPECT_EQ(sink.client(), "abcdef");
}

}  // namespace
}  // namespace plaintalk::analyzer::test
