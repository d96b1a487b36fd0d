// The rows of the table `packets`, from segments whose right values can be read off the test.
#include "tests/analyzer_report/packet_rig.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer::test {
namespace {

TEST(PacketTable, ShowsAHandshakeAndItsOptions) {
  PacketRig rig;
  rig << tcp().syn().shift(7).window(64240).stamp(10).at_ms(1)
      << tcp().from_server().syn().shift(9).ack(1).window(65160).at_ms(21)
      << tcp().seq(1).ack(1).window(502).at_ms(31);
  rig.finish();
  EXPECT_EQ(rig.column("flags"), "SYN SYN ACK ACK");
  EXPECT_EQ(rig.column("direction"), "client server client");
  EXPECT_EQ(rig.column("seq_raw"), "1000 5000 1001");
  EXPECT_EQ(rig.column("seq"), "0 0 1");
  EXPECT_EQ(rig.column("ack_raw"), "- 1001 5001") << "without the flag the field means nothing";
  EXPECT_EQ(rig.column("ack"), "- 1 1");
  EXPECT_EQ(rig.column("next_seq"), "1 1 1");
  EXPECT_EQ(rig.column("window_raw"), "64240 65160 502");
  EXPECT_EQ(rig.column("window"), "64240 65160 64256") << "in a SYN it is not scaled";
  EXPECT_EQ(rig.column("window_scale"), "7 9 -");
  EXPECT_EQ(rig.column("sack_permitted"), "1 1 -");
  EXPECT_EQ(rig.column("ts_val"), "10 - -");
  EXPECT_EQ(rig.column("acks_packet"), "- 1 2");
  EXPECT_EQ(rig.column("acked_by_packet"), "2 3 -");
  EXPECT_EQ(rig.column("rtt_us"), "- 20000.000 10000.000");
  EXPECT_EQ(rig.column("t_s"), "0.000000000 0.020000000 0.030000000");
}

TEST(PacketTable, CountsWhatIsInFlight) {
  PacketRig rig;
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("hello")                // 4
      << tcp().seq(6).ack(1).data("world")                // 5
      << tcp().from_server().seq(1).ack(6)                // 6
      << tcp().seq(11).ack(1).data("!")                   // 7
      << tcp().from_server().seq(1).ack(12).data("good")  // 8
      << tcp().seq(12).ack(5);                            // 9
  rig.finish();
  EXPECT_EQ(rig.column("bytes_in_flight"), "- - - 5 10 - 6 4 -");
  EXPECT_EQ(rig.column("acked_by_packet"), "2 3 - 6 8 - 8 9 -");
  EXPECT_EQ(rig.column("acks_packet"), "- 1 2 - - 4 - 7 8") << "of several the highest";
}

TEST(PacketTable, KnowsRelativeNumbersAcrossTheWrap) {
  PacketRig rig;
  const auto client = [] { return tcp().isn(0xfffffffdU, 0xffffffffU); };
  rig << client().syn() << client().from_server().syn().ack(1) << client().seq(1).ack(1).data("abcd")
      << client().from_server().seq(1).ack(5).data("xyz") << client().seq(5).ack(4).fin();
  rig.finish();
  EXPECT_EQ(rig.column("seq_raw"), "4294967293 4294967295 4294967294 0 2");
  EXPECT_EQ(rig.column("seq"), "0 0 1 1 5");
  EXPECT_EQ(rig.column("next_seq"), "1 1 5 4 6");
  EXPECT_EQ(rig.column("ack"), "- 1 1 5 4");
  EXPECT_EQ(rig.column("bytes_in_flight"), "- - 4 3 -");
  EXPECT_EQ(rig.column("acked_by_packet"), "2 3 4 5 -");
}

TEST(PacketTable, DoesNotWrapAfterFourGibibytes) {
  PacketRig rig;
  rig.handshake();
  constexpr std::uint32_t kStep = 1U << 30U;
  for (std::uint32_t step = 1; step <= 5; ++step)
    rig << tcp().seq(step * kStep).ack(1).data("x") << tcp().from_server().seq(1).ack(1 + step * kStep);
  rig.finish();
  EXPECT_EQ(rig.cell(12, "seq"), std::to_string(5 * std::uint64_t{kStep}));
  EXPECT_EQ(rig.cell(13, "ack"), std::to_string(1 + 5 * std::uint64_t{kStep}));
}

TEST(PacketTable, NumbersAConnectionWithoutItsStartFromItsFirstPacket) {
  PacketRig rig;
  rig << tcp().seq(5001).ack(301).data("later") << tcp().seq(4996).ack(301).data("early")
      << tcp().from_server().seq(301).ack(5006) << tcp().seq(5006).ack(301).data("next");
  rig.finish();
  EXPECT_EQ(rig.column("seq"), "1 -4 1 6") << "as Wireshark, but below the first packet negative";
  EXPECT_EQ(rig.column("ack"), "1 1 6 1");
  EXPECT_EQ(rig.column("window"), "- - - -") << "nobody saw the scale";
  EXPECT_EQ(rig.column("window_raw"), "65535 65535 65535 65535");
  EXPECT_EQ(rig.column("bytes_in_flight"), "- - - 4") << "known from the first acknowledgement on";
  EXPECT_EQ(rig.cell(1, "connection"), "1") << "although it was decided later";
}

TEST(PacketTable, DoesNotScaleWindowsWhenOneSideCannot) {
  PacketRig rig;
  rig << tcp().syn().shift(7) << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1).window(500);
  rig.finish();
  EXPECT_EQ(rig.cell(3, "window"), "500");
}

TEST(PacketTable, ShowsSelectiveAcknowledgements) {
  PacketRig rig;
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("aaaa") << tcp().seq(5).ack(1).data("bbbb")
      << tcp().seq(9).ack(1).data("cccc") << tcp().from_server().seq(1).ack(1).sack(9, 13)  // 7
      << tcp().seq(13).ack(1).data("dddd")                                                  // 8
      << tcp().from_server().seq(1).ack(1).sack(9, 17)                                      // 9
      << tcp().seq(1).ack(1).data("aaaa")                                                   // 10: again
      << tcp().from_server().seq(1).ack(5).sack(9, 17)                                      // 11
      << tcp().seq(5).ack(1).data("bbbb")                                                   // 12: again
      << tcp().from_server().seq(1).ack(17);                                                // 13
  rig.finish();
  EXPECT_EQ(rig.cell(7, "sack_blocks"), "9-13");
  EXPECT_EQ(rig.cell(9, "sack_blocks"), "9-17");
  EXPECT_EQ(rig.cell(8, "bytes_in_flight"), "12") << "16 sent, 4 of them selectively acknowledged";
  EXPECT_EQ(rig.cell(10, "bytes_in_flight"), "8");
  EXPECT_EQ(rig.cell(12, "bytes_in_flight"), "4");
  EXPECT_EQ(rig.cell(4, "acked_by_packet"), "11");
  EXPECT_EQ(rig.cell(10, "acked_by_packet"), "11");
  EXPECT_EQ(rig.cell(5, "acked_by_packet"), "13");
  EXPECT_EQ(rig.cell(12, "acked_by_packet"), "13");
  EXPECT_EQ(rig.cell(11, "acks_packet"), "4");
  EXPECT_EQ(rig.cell(11, "rtt_us"), "") << "Karn: which transmission it answers is not known";
  EXPECT_EQ(rig.cell(13, "rtt_us"), "") << "nor of bytes above a repeat";
  EXPECT_NE(rig.cell(10, "verdicts").find("retransmission"), std::string::npos) << rig.cell(10, "verdicts");
}

TEST(PacketTable, LeavesCopiesOut) {
  PacketRig rig;
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("hello").ip_id(7) << tcp().seq(1).ack(1).data("hello").ip_id(7).at_ms(4.01)
      << tcp().from_server().seq(1).ack(6);
  rig.finish();
  EXPECT_EQ(rig.column("copy"), "0 0 0 0 1 0");
  EXPECT_EQ(rig.cell(5, "verdicts"), "duplicate capture");
  EXPECT_EQ(rig.cell(5, "seq"), "1");
  EXPECT_EQ(rig.cell(5, "bytes_in_flight"), "");
  EXPECT_EQ(rig.cell(5, "acked_by_packet"), "");
  EXPECT_EQ(rig.cell(6, "acks_packet"), "4");
  EXPECT_NE(rig.cell(6, "rtt_us"), "") << "a copy is no repeat";
}

TEST(PacketTable, FollowsOutOfOrderPackets) {
  PacketRig rig;
  rig.handshake();
  rig << tcp().seq(6).ack(1).data("world").ip_id(9) << tcp().seq(1).ack(1).data("hello").ip_id(8)
      << tcp().from_server().seq(1).ack(11) << tcp().seq(11).ack(1).data("!").ip_id(10);
  rig.finish();
  EXPECT_EQ(rig.cell(4, "bytes_in_flight"), "") << "bytes before it were not captured";
  EXPECT_EQ(rig.cell(4, "verdicts"), "hole opened");
  EXPECT_EQ(rig.cell(7, "bytes_in_flight"), "1") << "known again from the acknowledgement on";
  EXPECT_EQ(rig.cell(4, "acked_by_packet"), "6");
  EXPECT_EQ(rig.cell(5, "acked_by_packet"), "6");
  EXPECT_EQ(rig.cell(6, "acks_packet"), "4") << "the highest";
}

TEST(PacketTable, TellsConnectionsApart) {
  const Endpoint other{IpAddress::v4(192, 0, 2, 9), 40001};
  PacketRig rig;
  rig << tcp().syn() << tcp().between(other, kServer).isn(70, 90).syn() << tcp().from_server().syn().ack(1)
      << tcp().between(kServer, other).isn(90, 70).syn().ack(1) << tcp().seq(1).ack(1).data("one")
      << tcp().between(other, kServer).isn(70, 90).seq(1).ack(1).data("second")
      << tcp().from_server().seq(1).ack(4) << tcp().between(kServer, other).isn(90, 70).seq(1).ack(7);
  rig.finish();
  EXPECT_EQ(rig.column("connection"), "1 2 1 2 1 2 1 2");
  EXPECT_EQ(rig.column("bytes_in_flight"), "- - - - 3 6 - -");
  EXPECT_EQ(rig.column("acked_by_packet"), "3 4 5 6 7 8 - -");
}

TEST(PacketTable, StartsAnewWhenAPortIsUsedAgain) {
  PacketRig rig;
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("old") << tcp().from_server().seq(1).ack(4) << tcp().seq(4).ack(1).rst();
  rig << tcp().isn(900000, 800000).syn() << tcp().isn(900000, 800000).from_server().syn().ack(1)
      << tcp().isn(900000, 800000).seq(1).ack(1).data("fresh");
  rig.finish();
  EXPECT_EQ(rig.column("connection"), "1 1 1 1 1 1 2 2 2");
  EXPECT_EQ(rig.column("seq"), "0 0 1 1 1 4 0 0 1");
  EXPECT_EQ(rig.cell(9, "bytes_in_flight"), "5");
  EXPECT_EQ(rig.cell(8, "acks_packet"), "7");
}

TEST(PacketTable, HasARowForPacketsWithoutASegment) {
  PacketRig rig;
  rig.without_segment({Skip::ip_protocol, 17}).handshake().without_segment({Skip::fragment_waiting, 0});
  rig.finish();
  EXPECT_EQ(rig.order(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(rig.column("no_segment"), "udp - - - " + name_of(SkipReason{Skip::fragment_waiting, 0}));
  EXPECT_EQ(rig.column("seq"), "- 0 0 1 -");
  EXPECT_EQ(rig.column("window_raw"), "- 65535 65535 65535 -");
  EXPECT_EQ(rig.column("frame_bytes"), "60 60 60 60 60");
}

TEST(PacketTable, WritesARowThatWaitedTooLongAndSaysSo) {
  PacketRig rig(4);
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("lost");                                               // 4
  for (int count = 0; count < 4; ++count) rig.without_segment({Skip::ip_protocol, 17});  // 5 to 8
  EXPECT_EQ(rig.order().size(), 4U);
  rig << tcp().from_server().seq(1).ack(5);  // 9
  rig << tcp().seq(5).ack(1).data("found") << tcp().from_server().seq(1).ack(10);
  rig.finish();
  EXPECT_EQ(rig.cell(4, "acked_by_packet"), "") << "it was written before";
  EXPECT_EQ(rig.cell(10, "acked_by_packet"), "11");
  EXPECT_EQ(rig.table.early_count(), 1U);
  EXPECT_EQ(rig.order().size(), 11U);
}

TEST(PacketTable, DoesNotCallTheLastRowsEarly) {
  PacketRig rig(4);
  rig.handshake();
  rig << tcp().seq(1).ack(1).data("unanswered");
  rig.finish();
  EXPECT_EQ(rig.table.early_count(), 0U);
}

// docs/LIMITS.md: whatever comes, what waits stays within the window.
TEST(PacketTable, HoldsNoMoreThanItsWindow) {
  class Nowhere : public RowSink, public StreamSink {
   public:
    void row(const Row&) override { ++row_count; }
    void opened(const ConnectionRecord&) override {}
    void data(const StreamData&) override {}
    void gap(const StreamGap&) override {}
    void acknowledged(const StreamAck&) override {}
    void event(const TcpEvent&) override {}
    void closed(const ConnectionRecord&) override {}
    std::uint64_t row_count = 0;
  } nowhere;
  const std::size_t before = plaintalk::test::heap_bytes();
  PacketTable table({&nowhere});
  constexpr std::uint64_t kCount = 2 * PacketTable::kWaitingCountMax;
  std::size_t most = 0;
  for (std::uint64_t number = 1; number <= kCount; ++number) {
    PacketRecord record;
    record.number = number;
    const Endpoint client{IpAddress::v4(192, 0, static_cast<std::uint8_t>(number >> 16U), 1),
                          static_cast<std::uint16_t>(number)};
    // Each on a connection of its own, never acknowledged.
    const SegmentBuilder builder = tcp().between(client, kServer).seq(1).ack(1).data("hello");
    const TcpSegment segment = builder.segment(number);
    table.packet(record, segment);
    table.segment({.segment = segment,
                   .connection = ConnectionId{number},
                   .direction = Direction::client_to_server,
                   .is_copy = false,
                   .sequence = 1,
                   .acknowledgement = 1,
                   .first_byte = 1,
                   .window_shift = {},
                   .confirmed = {}});
    PduResult pdu;
    pdu.number = number;
    pdu.connection = ConnectionId{number};
    pdu.first.packet = pdu.last.packet = number;
    pdu.packets = 1;
    pdu.length = 5;
    table.pdu(pdu);
    if (number % 4096 == 0) most = std::max(most, plaintalk::test::heap_bytes() - before);
  }
  EXPECT_LT(most, std::size_t{64} << 20U);
  table.finish();
  EXPECT_EQ(nowhere.row_count, kCount);
  EXPECT_EQ(table.early_count(), kCount - PacketTable::kWaitingCountMax);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
