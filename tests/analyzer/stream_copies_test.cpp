// Rule 1: what a capture holds twice, and what a sender sent twice.
#include <functional>

#include "analyzer/stream/packet_memory.hpp"
#include "tests/analyzer/recording_sink.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer::test {
namespace {

// Plays a conversation of 300 packets without any loss, each followed by its copies as `copies` makes them.
using Copies = std::function<void(Capture&, SegmentBuilder, double ms, int number)>;
RecordingSink& doubled_session(Capture& capture, const Copies& copies) {
  double ms = 1;
  int number = 0;
  const auto send = [&](SegmentBuilder packet) {
    ++number;
    copies(capture, packet, ms, number);
    ms += 3;
  };
  send(tcp().syn());
  send(tcp().from_server().syn().ack(1));
  send(tcp().seq(1).ack(1));
  for (std::uint32_t turn = 0; turn < 98; ++turn) {
    send(tcp().seq(1 + turn * 3).ack(1 + turn * 2).data("abc"));
    send(tcp().from_server().seq(1 + turn * 2).ack(4 + turn * 3).data("de"));
    send(tcp().seq(4 + turn * 3).ack(3 + turn * 2));
  }
  send(tcp().seq(295).ack(197).fin());
  send(tcp().from_server().seq(197).ack(296).fin());
  send(tcp().seq(296).ack(198));
  return capture.finish();
}

void expect_lossless(const RecordingSink& sink, std::uint64_t copies) {
  ASSERT_EQ(sink.connections.size(), 1U);
  const ConnectionRecord& connection = sink.connections[0];
  EXPECT_EQ(connection.duplicate_capture_packets, copies) << sink.verdicts();
  EXPECT_EQ(connection.client.packets + connection.server.packets, 300U);
  for (const EndpointRecord* side : {&connection.client, &connection.server}) {
    EXPECT_EQ(side->retransmitted_packets + side->ambiguous_packets + side->out_of_order_packets, 0U);
    EXPECT_EQ(side->duplicate_acks, 0U);
  }
  EXPECT_EQ(connection.client.bytes, 294U);
  EXPECT_EQ(connection.server.bytes, 196U);
  EXPECT_EQ(sink.count("duplicate capture"), copies);
  EXPECT_EQ(sink.events.size(), copies) << sink.verdicts();
}

TEST(Copies, AreKnownWithoutIpIdAndTimeStamps) {
  Capture capture;
  expect_lossless(doubled_session(capture, [](Capture& to, SegmentBuilder packet, double ms,
                                              int) { to << packet.at_ms(ms) << packet.at_ms(ms + 0.02); }),
                  300);
}

TEST(Copies, AreKnownOnThreeInterfacesWhereChecksumTtlAndVlanDiffer) {
  for (const bool with_stamps : {true, false}) {
    Capture capture;
    expect_lossless(
        doubled_session(
            capture,
            [&](Capture& to, SegmentBuilder packet, double ms, int number) {
              if (with_stamps) packet.stamp(static_cast<std::uint32_t>(number));
              to << packet.observation_point(5).ttl(64).checksum(ChecksumState::not_filled_in).at_ms(ms)
                 << packet.observation_point(2).ttl(63).checksum(ChecksumState::good).at_ms(ms + 1.4)
                 << packet.observation_point(3).vlan(7).at_ms(ms + 1.8);
            }),
        600);
  }
}

// Goal: a batch of copies may be of any length and come later than the window, where the IP-ID tells them.
TEST(Copies, MayComeInABatchOfAnyLength) {
  for (const bool with_stamps : {true, false}) {
    Capture capture;
    capture << tcp().syn().ip_id(1) << tcp().from_server().syn().ack(1).ip_id(1)
            << tcp().seq(1).ack(1).ip_id(2);
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t at = 0; at < 3000; ++at) {
        SegmentBuilder packet =
            tcp().from_server().seq(1 + at).ack(1).data("x").ip_id(static_cast<std::uint16_t>(2 + at));
        if (with_stamps) packet.stamp(50);
        capture << packet.at_ms(10 + round * 5 + at * 0.001);
      }
    }
    RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 3000U);
    EXPECT_EQ(sink.connections[0].server.retransmitted_packets, 0U);
  }
}

// Goal: behind the first place a large packet is cut into small ones. They are no repeats.
TEST(Copies, MayBeCutAnewBehindTheFirstPlace) {
  Capture capture;
  const auto at_both = [&](SegmentBuilder packet) {
    capture << packet.observation_point(1) << packet.observation_point(2);
  };
  at_both(tcp().syn());
  at_both(tcp().from_server().syn().ack(1));
  at_both(tcp().seq(1).ack(1));
  for (std::uint32_t turn = 0; turn < 10; ++turn) {
    const std::uint32_t at = 1 + turn * 6;
    capture << tcp().seq(at).ack(1).data("abcdef").observation_point(1)
            << tcp().seq(at).ack(1).data("abc").observation_point(2)
            << tcp().seq(at + 3).ack(1).data("def").observation_point(2);
    at_both(tcp().from_server().seq(1).ack(at + 6));
  }
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U) << sink.verdicts();
  EXPECT_EQ(sink.connections[0].client.bytes, 60U);
  EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 33U);
}

// Goal: what the sender repeats is a repeat, at every place where it is seen, however alike the packets are.
TEST(Copies, ARepeatIsStillSeenAmongCopies) {
  for (const bool with_ids : {true, false}) {
    Capture capture;
    std::uint16_t id = 0;
    const auto at_both = [&](SegmentBuilder packet, double ms) {
      if (with_ids) packet.ip_id(++id);
      capture << packet.observation_point(1).at_ms(ms) << packet.observation_point(2).at_ms(ms + 0.1);
    };
    at_both(tcp().syn(), 1);
    at_both(tcp().from_server().syn().ack(1), 2);
    at_both(tcp().seq(1).ack(1), 3);
    at_both(tcp().seq(1).ack(1).data("abc"), 4);
    at_both(tcp().seq(1).ack(1).data("abc"), 304);
    at_both(tcp().from_server().seq(1).ack(4), 305);
    RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 1U) << sink.verdicts();
    EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 6U);
  }
}

// Goal: on a short path a fast retransmission follows its first transmission within the window, and is none
// the less one: the receiver asked for it.
TEST(Copies, AFastRetransmissionWithinTheWindowIsNoCopy) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("aaa").at_ms(10)
                      << tcp().seq(4).ack(1).data("bbb").at_ms(10.01)
                      << tcp().from_server().seq(1).ack(1).sack(4, 7).at_ms(10.1)
                      << tcp().seq(1).ack(1).data("aaa").at_ms(10.2);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate capture"), 0U) << sink.verdicts();
  EXPECT_EQ(sink.count("fast retransmission"), 1U);
}

// Goal: what the network doubled is no copy that the capture made, once the receiver has told that it got
// both. Method: the D-SACK as Linux sends it, for a packet in order and for one above a hole; a D-SACK of
// other bytes, one of bytes that were also sent again, and a copy at another place say nothing.
TEST(Copies, ThatADSackNamesWereMadeByTheNetwork) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("aaaa").ip_id(7).at_ms(10)
                      << tcp().seq(1).ack(1).data("aaaa").ip_id(7).at_ms(10.2)
                      << tcp().from_server().seq(1).ack(5).at_ms(20)
                      << tcp().from_server().seq(1).ack(5).sack(1, 5).at_ms(20.2)
                      << tcp().seq(9).ack(1).data("cccc").ip_id(9).at_ms(30)
                      << tcp().seq(9).ack(1).data("cccc").ip_id(9).at_ms(30.1)
                      << tcp().from_server().seq(1).ack(5).sack(9, 13).at_ms(40)
                      << tcp().from_server().seq(1).ack(5).sack(9, 13).sack(9, 13).at_ms(40.1);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate capture"), 2U) << sink.verdicts();
  ASSERT_EQ(sink.count("doubled by the network"), 2U) << sink.verdicts();
  const auto first = std::ranges::find(sink.events, "doubled by the network", &TcpEvent::verdict);
  EXPECT_EQ(first->packet, 5U) << "the second of the two";
  EXPECT_EQ(first->offset, 0U);
  EXPECT_EQ(first->length, 4U);
  EXPECT_EQ(first->direction, Direction::client_to_server);
  EXPECT_EQ(first->rule, 39U);
  EXPECT_NE(first->evidence.find("packet 7"), std::string::npos) << first->evidence;
  EXPECT_EQ(sink.connections[0].client.doubled_packets, 2U);
  EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 0U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

TEST(Copies, StayCopiesWhereADSackSpeaksOfSomethingElse) {
  const auto count = [](bool is_sent_again, bool is_elsewhere, std::uint32_t begin) {
    Capture capture;
    SegmentBuilder packet = tcp().seq(1).ack(1).data("aaaa");
    SegmentBuilder copy = packet;
    if (is_elsewhere) copy.observation_point(4);
    capture.handshake() << packet.ip_id(7).at_ms(10) << copy.ip_id(7).at_ms(10.2);
    if (is_sent_again) capture << packet.ip_id(8).at_ms(310);
    capture << tcp().from_server().seq(1).ack(5).sack(begin, 5).at_ms(320);
    RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.connections[0].duplicate_capture_packets + sink.connections[0].client.doubled_packets, 1U);
    return sink.count("doubled by the network");
  };
  EXPECT_EQ(count(false, false, 1), 1U);
  EXPECT_EQ(count(true, false, 1), 0U);
  EXPECT_EQ(count(false, true, 1), 0U);
  EXPECT_EQ(count(false, false, 3), 0U);
}

// Goal: acknowledgements that were captured twice are copies also where only the other side has something to
// tell by: no IP-ID, no time stamps, and a capture that began in the middle.
TEST(Copies, OfBareAcknowledgementsAreKnownWithoutAHandshake) {
  Capture capture;
  double ms = 1;
  const auto twice = [&](SegmentBuilder packet) {
    capture << packet.at_ms(ms) << packet.at_ms(ms + 0.02);
    ms += 3;
  };
  twice(tcp().seq(1).ack(1));
  for (std::uint32_t turn = 0; turn < 20; ++turn) {
    twice(tcp().from_server().seq(1 + turn * 4).ack(1).data("data"));
    twice(tcp().seq(1).ack(5 + turn * 4));
  }
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].duplicate_capture_packets, 41U) << sink.verdicts();
  EXPECT_EQ(sink.connections[0].client.packets, 21U);
  EXPECT_EQ(sink.count("duplicate ack"), 0U);
}

// Goal: a host whose socket is gone answers each packet with a reset, all alike and at once.
TEST(Copies, ResetsThatAnswerSeveralPacketsAreNone) {
  Capture capture;
  capture.handshake() << tcp().seq(1).rst().at_ms(10);
  for (std::uint32_t turn = 0; turn < 4; ++turn)
    capture << tcp().from_server().seq(1 + turn * 3).ack(1).data("abc").at_ms(10.1 + turn * 0.01);
  for (int turn = 0; turn < 4; ++turn) capture << tcp().seq(1).rst().at_ms(10.3 + turn * 0.01);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate capture"), 0U) << sink.verdicts();
  EXPECT_EQ(sink.count("reset"), 5U);
}

// Goal: acknowledgements that ask for something are no copies, alike as they are.
TEST(Copies, DuplicateAcknowledgementsAreNone) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("aaa").at_ms(10)
                      << tcp().seq(4).ack(1).data("bbb").at_ms(10.01)
                      << tcp().seq(7).ack(1).data("ccc").at_ms(10.02)
                      << tcp().from_server().seq(1).ack(1).at_ms(20)
                      << tcp().from_server().seq(1).ack(1).at_ms(20.01)
                      << tcp().from_server().seq(1).ack(1).at_ms(20.02);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("duplicate capture"), 0U) << sink.verdicts();
  EXPECT_EQ(sink.count("duplicate ack"), 3U);
}

// Goal: memory and time of copies are bounded. Method: more packets than are remembered, all alike in what
// chooses the bucket; the copy of one that is forgotten is a repeat, nothing worse.
TEST(Copies, AreForgottenAfterManyPackets) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc").ip_id(7).at_ms(50);
  for (std::uint32_t packet = 0; packet < PacketMemory::kPacketCount + 10; ++packet)
    capture
        << tcp().from_server().seq(1).ack(4).window(static_cast<std::uint16_t>(packet)).ip_id(9).at_ms(50.1);
  capture << tcp().seq(1).ack(1).data("abc").ip_id(7).at_ms(50.2);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 1U);
}

// Goal: the 5 MiB of docs/TCP_RULES.md are all there is, and a small capture does not pay them.
TEST(Copies, AreRememberedInAsMuchMemoryAsIsPromised) {
  const std::size_t before = plaintalk::test::heap_bytes();
  PacketMemory memory;
  EXPECT_LT(plaintalk::test::heap_bytes() - before, std::size_t{1} << 20);
  SeenPacket packet;
  for (std::size_t number = 0; number < 3 * PacketMemory::kPacketCount; ++number) {
    packet.sequence = static_cast<std::uint32_t>(number);
    memory.add(packet);
  }
  EXPECT_LT(plaintalk::test::heap_bytes() - before, std::size_t{5} << 20);
  EXPECT_NE(memory.find(packet), nullptr);
  packet.sequence = 1;
  EXPECT_EQ(memory.find(packet), nullptr) << "it was forgotten long ago";
}

}  // namespace
}  // namespace plaintalk::analyzer::test
