#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

const TcpEvent& only(const RecordingSink& sink, std::string_view verdict) {
  const auto found = std::ranges::find(sink.events, verdict, &TcpEvent::verdict);
  EXPECT_NE(found, sink.events.end()) << "no " << verdict << " among: " << sink.verdicts();
  static const TcpEvent kNone;
  return found == sink.events.end() ? kNone : *found;
}

TEST(TcpVerdict, IgnoresAPacketCapturedTwiceByIpIdAndTime) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").ip_id(7).at_ms(50)
                      << tcp().seq(1).ack(1).data("abc").ip_id(7).at_ms(50.2)
                      << tcp().seq(1).ack(1).data("abc").ip_id(8).at_ms(50.4);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate capture"), 1U);
  EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 1U);
  EXPECT_EQ(sink.connections[0].client.packets, 4U);
}

TEST(TcpVerdict, TakesTheSamePacketAtAnotherTapForADuplicateAtAnyDistance) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").ip_id(7).observation_point(1).at_ms(50)
                      << tcp().seq(1).ack(1).data("abc").ip_id(7).observation_point(2).at_ms(350);
  EXPECT_EQ(capture.finish().count("duplicate capture"), 1U);
}

TEST(TcpVerdict, DoesNotTakeABurstOfDuplicateAcknowledgementsWithoutIpIdForOnePacket) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().seq(4).ack(1).data("abc");
  for (int copy = 0; copy < 4; ++copy) capture << tcp().from_server().seq(1).ack(4).at_ms(60 + copy * 0.1);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate ack"), 3U);
  EXPECT_EQ(sink.connections[0].server.duplicate_acks, 3U);
}

TEST(TcpVerdict, NamesARepeatedSynAndSynAck) {
  Capture capture;
  capture << tcp().syn() << tcp().syn().at_ms(1000) << tcp().from_server().syn().ack(1).at_ms(1010)
          << tcp().from_server().syn().ack(1).at_ms(2010) << tcp().seq(1).ack(1).at_ms(2020);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.verdicts(), "syn retransmission, syn-ack retransmission");
  EXPECT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

TEST(TcpVerdict, TellsAKeepAliveAndItsAnswerFromARetransmissionOfOneByte) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("ab") << tcp().from_server().seq(1).ack(3)
                      << tcp().seq(2).ack(1).data("b").at_ms(8000)
                      << tcp().from_server().seq(1).ack(3).at_ms(8001)
                      << tcp().seq(3).ack(1).data("c").at_ms(9000)
                      << tcp().seq(3).ack(1).data("c").at_ms(9300);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.verdicts(), "keep-alive, keep-alive ack, tail loss probe or timeout");
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.connections[0].client.keep_alives, 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 1U);
}

TEST(TcpVerdict, CountsAZeroWindowProbeOnlyWhenTheReceiverTookItsByte) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("ab") << tcp().from_server().seq(1).ack(3).window(0)
                      << tcp().seq(3).ack(1).data("c").at_ms(500)
                      << tcp().from_server().seq(1).ack(3).window(0).at_ms(501);
  EXPECT_EQ(capture.sink.client(), "ab");
  capture << tcp().seq(3).ack(1).data("c").at_ms(1500)
          << tcp().from_server().seq(1).ack(4).window(0).at_ms(1501);
  EXPECT_EQ(capture.sink.client(), "abc");
  capture << tcp().from_server().seq(1).ack(4).window(8000).at_ms(1600)
          << tcp().seq(4).ack(1).data("def").at_ms(1601);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_EQ(sink.count("zero window probe"), 2U);
  EXPECT_EQ(sink.count("zero window probe ack"), 2U);
  EXPECT_EQ(sink.count("zero window"), 3U);
  EXPECT_EQ(sink.count("window update"), 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

TEST(TcpVerdict, SeesTheWindowFillOnlyWhenTheScaleIsKnown) {
  Capture scaled;
  scaled << tcp().syn().shift(0) << tcp().from_server().syn().ack(1).shift(1).window(2) << tcp().seq(1).ack(1)
         << tcp().seq(1).ack(1).data("abc") << tcp().seq(4).ack(1).data("d") << tcp().seq(5).ack(1).data("e");
  EXPECT_EQ(scaled.finish().verdicts(), "window full, beyond window");
  Capture unknown;
  unknown << tcp().from_server().seq(1).ack(1).window(2) << tcp().seq(1).ack(1).data("abcd");
  EXPECT_EQ(unknown.finish().count("window full"), 0U);
}

TEST(TcpVerdict, SeesASpuriousRetransmissionByTheAcknowledgementThatCameBefore) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4)
                      << tcp().seq(1).ack(1).data("abc");
  const TcpEvent& event = only(capture.finish(), "spurious retransmission");
  EXPECT_EQ(event.rule, 12U);
  EXPECT_EQ(event.confidence, "certain");
  EXPECT_EQ(event.evidence, "same bytes in packet 4; acknowledged by packet 5");
  EXPECT_EQ(event.length, 3U);
}

TEST(TcpVerdict, SeesAFastRetransmissionAfterThreeDuplicateAcknowledgements) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("aaa") << tcp().from_server().seq(1).ack(4)
                      << tcp().seq(4).ack(1).data("bbb") << tcp().seq(7).ack(1).data("ccc")
                      << tcp().seq(10).ack(1).data("ddd") << tcp().seq(13).ack(1).data("eee")
                      << tcp().from_server().seq(1).ack(4) << tcp().from_server().seq(1).ack(4)
                      << tcp().from_server().seq(1).ack(4) << tcp().seq(4).ack(1).data("bbb");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(only(sink, "fast retransmission").rule, 14U);
  EXPECT_EQ(sink.connections[0].server.duplicate_acks, 3U);
  EXPECT_EQ(sink.client(), "aaabbbcccdddeee");
}

TEST(TcpVerdict, SeesATimeoutRetransmission) {
  Capture capture;
  capture << tcp().syn().without_sack() << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1)
          << tcp().seq(1).ack(1).data("abc").at_ms(10) << tcp().seq(1).ack(1).data("abc").at_ms(260);
  const TcpEvent& event = only(capture.finish(), "timeout retransmission");
  EXPECT_EQ(event.rule, 16U);
  EXPECT_NE(event.evidence.find("last sent 0.250000 s before"), std::string::npos) << event.evidence;
}

TEST(TcpVerdict, TellsReorderingFromRetransmissionByIpId) {
  for (const bool reordered : {true, false}) {
    Capture capture;
    capture << tcp().syn().ip_id(1) << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1).ip_id(2)
            << tcp().seq(1).ack(1).data("a").ip_id(3) << tcp().seq(2).ack(1).data("b").ip_id(4)
            << tcp().seq(3).ack(1).data("c").ip_id(5) << tcp().seq(4).ack(1).data("d").ip_id(6)
            << tcp().seq(6).ack(1).data("f").ip_id(8)
            << tcp().seq(5).ack(1).data("e").ip_id(reordered ? 7 : 9);
    RecordingSink& sink = capture.finish();
    const TcpEvent& event = only(sink, reordered ? "out-of-order" : "retransmission of uncaptured");
    EXPECT_EQ(event.rule, 15U);
    EXPECT_EQ(event.confidence, "certain");
    EXPECT_EQ(sink.connections[0].client.out_of_order_packets, reordered ? 1U : 0U);
    EXPECT_EQ(sink.connections[0].client.retransmitted_packets, reordered ? 0U : 1U);
    EXPECT_EQ(sink.client(), "abcdef");
  }
}

TEST(TcpVerdict, TellsReorderingFromRetransmissionByTimeStamp) {
  for (const bool reordered : {true, false}) {
    Capture capture;
    capture.handshake() << tcp().seq(3).ack(1).data("cd").stamp(100)
                        << tcp().seq(1).ack(1).data("ab").stamp(reordered ? 99 : 350);
    EXPECT_EQ(capture.finish().count(reordered ? "out-of-order" : "retransmission of uncaptured"), 1U);
  }
}

TEST(TcpVerdict, SaysThatItCannotTellWhenThereIsNoEvidence) {
  Capture capture;
  capture.handshake() << tcp().seq(3).ack(1).data("cd").at_ms(20) << tcp().seq(1).ack(1).data("ab").at_ms(50);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(only(sink, "out-of-order or retransmission").confidence, "ambiguous");
  EXPECT_EQ(sink.connections[0].client.ambiguous_packets, 1U);
}

TEST(TcpVerdict, KeepsTheFirstBytesWhenARepeatContradictsThemAlsoAfterDelivery) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("GET /good") << tcp().seq(1).ack(1).data("GET /evil")
                      << tcp().seq(12).ack(1).data("yy") << tcp().seq(12).ack(1).data("yn");
  RecordingSink& sink = capture.finish();
  EXPECT_TRUE(sink.client().starts_with("GET /good"));
  EXPECT_TRUE(sink.client().ends_with("yy"));
  ASSERT_EQ(sink.count("conflicting retransmission"), 2U);
  EXPECT_EQ(only(sink, "conflicting retransmission").offset, 5U);
}

TEST(TcpVerdict, ClosesOnlyOnAResetThatTheReceiverWouldTake) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4)
                      << tcp().seq(2'000'000).rst();
  EXPECT_EQ(capture.sink.verdicts(), "suspected reset injection");
  capture << tcp().seq(4).ack(1).data("def") << tcp().from_server().seq(1).ack(7).rst();
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_EQ(sink.count("reset"), 1U);
  EXPECT_FALSE(sink.connections[0].client.has_rst);
  EXPECT_TRUE(sink.connections[0].server.has_rst);
  EXPECT_EQ(sink.connections[0].state, "RSTR");
}

TEST(TcpVerdict, HoldsASegmentWithAWrongChecksumUntilTheReceiverTookIt) {
  Capture capture;
  const auto bad = [](std::string_view text) {
    return tcp().seq(1).ack(1).data(text).checksum(ChecksumState::bad);
  };
  capture.handshake() << bad("bad") << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4);
  EXPECT_EQ(capture.finish().client(), "abc");
  EXPECT_EQ(capture.sink.connections[0].client.damaged_packets, 1U);

  Capture taken;
  taken.handshake() << bad("xyz");
  EXPECT_EQ(taken.sink.client(), "");
  taken << tcp().from_server().seq(1).ack(4);
  EXPECT_EQ(taken.sink.client(), "xyz");
  EXPECT_EQ(taken.finish().connections[0].client.damaged_packets, 0U);

  // A reset of who closes with bytes unread acknowledges them too; one that cannot be right does not.
  for (const bool is_expected : {true, false}) {
    Capture reset;
    reset.handshake() << bad("xyz") << tcp().from_server().seq(is_expected ? 1 : 500000).ack(4).rst();
    EXPECT_EQ(reset.sink.client(), is_expected ? "xyz" : "");
    EXPECT_EQ(reset.finish().connections[0].client.damaged_packets, is_expected ? 0U : 1U);
  }
}

TEST(TcpVerdict, BelievesADirectionWhoseChecksumsAreAllWrong) {
  Capture capture;
  capture << tcp().syn().checksum(ChecksumState::bad) << tcp().from_server().syn().ack(1)
          << tcp().seq(1).ack(1).data("abc").checksum(ChecksumState::bad);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.count("wrong checksum"), 0U);
}

TEST(TcpVerdict, MeasuresRoundTripsOnlyOfSegmentsThatWereSentOnce) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").at_ms(10)
                      << tcp().from_server().seq(1).ack(4).at_ms(14)
                      << tcp().seq(4).ack(1).data("def").at_ms(20)
                      << tcp().seq(4).ack(1).data("def").at_ms(320)
                      << tcp().from_server().seq(1).ack(7).at_ms(330)
                      << tcp().seq(7).ack(1).data("ghi").at_ms(340)
                      << tcp().from_server().seq(1).ack(10).at_ms(346);
  const RttSummary rtt = capture.finish().connections[0].client.rtt;
  EXPECT_EQ(rtt.count, 2U);
  EXPECT_EQ(rtt.min, Nanoseconds(4'000'000));
  EXPECT_EQ(rtt.max, Nanoseconds(6'000'000));
  EXPECT_EQ(rtt.mean, Nanoseconds(5'000'000));
  EXPECT_EQ(rtt.p95, Nanoseconds(6'000'000));
}

TEST(TcpVerdict, ClampsTimeThatGoesBack) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").at_ms(100)
                      << tcp().from_server().seq(1).ack(4).at_ms(90)
                      << tcp().seq(4).ack(1).data("d").at_ms(80);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("time went back"), 1U);
  EXPECT_EQ(sink.connections[0].client.rtt.count, 0U);
  EXPECT_EQ(sink.connections[0].end, WallTime(Nanoseconds(100'000'000)));
}

TEST(TcpVerdict, SeesADuplicateSelectiveAcknowledgement) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4).sack(1, 4);
  EXPECT_EQ(capture.finish().count("d-sack"), 1U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
