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

// A whole short conversation with these first numbers; `change` adds what the packets of this one have in
// common.
template <typename Change>
std::vector<SegmentBuilder> conversation(std::uint32_t client, std::uint32_t server,
                                         std::string_view question, std::string_view answer,
                                         const Change& change) {
  const auto q = static_cast<std::uint32_t>(question.size());
  const auto a = static_cast<std::uint32_t>(answer.size());
  std::vector<SegmentBuilder> packets{tcp().syn(),
                                      tcp().from_server().syn().ack(1),
                                      tcp().seq(1).ack(1),
                                      tcp().seq(1).ack(1).data(question),
                                      tcp().from_server().seq(1).ack(1 + q).data(answer),
                                      tcp().seq(1 + q).ack(1 + a).fin(),
                                      tcp().from_server().seq(1 + a).ack(2 + q).fin(),
                                      tcp().seq(2 + q).ack(2 + a)};
  for (SegmentBuilder& packet : packets) change(packet.isn(client, server));
  return packets;
}

void expect_two_whole(RecordingSink& sink) {
  ASSERT_EQ(sink.connections.size(), 2U) << sink.verdicts();
  for (const ConnectionRecord& connection : sink.connections) {
    EXPECT_EQ(connection.state, "SF");
    EXPECT_EQ(connection.client.gap_bytes + connection.server.gap_bytes, 0U);
    EXPECT_EQ(connection.client.retransmitted_packets + connection.server.retransmitted_packets, 0U);
  }
  EXPECT_TRUE(sink.events.empty()) << sink.verdicts();
}

TEST(Generations, EqualEndpointsInTwoVlansAreTwoConnections) {
  Capture capture;
  const auto one =
      conversation(1000, 5000, "question", "answer", [](SegmentBuilder& packet) { packet.vlan(10); });
  const auto two =
      conversation(77777, 88888, "what", "that", [](SegmentBuilder& packet) { packet.vlan(20); });
  for (std::size_t index = 0; index < one.size(); ++index) capture << one[index] << two[index];
  RecordingSink& sink = capture.finish();
  expect_two_whole(sink);
  EXPECT_EQ(sink.client(1), "question");
  EXPECT_EQ(sink.server(2), "that");
}

TEST(Generations, BothSidesOfARenumberingFirewallAreToldApartByTheirNumbers) {
  Capture capture;
  const auto inside = conversation(1000, 5000, "question", "answer", [](SegmentBuilder&) {});
  const auto outside = conversation(0x90000000, 3'333'333, "question", "answer", [](SegmentBuilder&) {});
  for (std::size_t index = 0; index < inside.size(); ++index) {
    const bool from_inside = index != 1 && index != 4 && index != 6;
    capture << (from_inside ? inside : outside)[index] << (from_inside ? outside : inside)[index];
  }
  RecordingSink& sink = capture.finish();
  expect_two_whole(sink);
  EXPECT_EQ(sink.client(1), "question");
  EXPECT_EQ(sink.client(2), "question");
  EXPECT_EQ(sink.server(2), "answer");
}

// Goal: the end of a connection was not captured, and its port is used again with a first number inside the
// old window. The SYN-ACK that answers proves it; a challenge proves the contrary.
TEST(Generations, AnAnswerToASynInsideTheWindowProvesAnotherConnection) {
  for (const bool answered : {true, false}) {
    Capture capture;
    capture.handshake() << tcp().seq(1).ack(1).data("old") << tcp().from_server().seq(1).ack(4)
                        << tcp().isn(6000, 0).syn().at_ms(60'000)
                        << tcp().isn(6000, 0).syn().at_ms(60'000.01);
    if (answered) {
      const auto next = conversation(6000, 990'000, "new", "fine", [](SegmentBuilder&) {});
      for (std::size_t index = 1; index < next.size(); ++index) capture << next[index];
    } else {
      capture << tcp().from_server().seq(1).ack(4) << tcp().seq(4).ack(1).data("still");
    }
    RecordingSink& sink = capture.finish();
    ASSERT_EQ(sink.connections.size(), answered ? 2U : 1U);
    EXPECT_EQ(sink.client(1), answered ? "old" : "oldstill");
    EXPECT_EQ(sink.count("syn inside connection"), answered ? 0U : 1U) << sink.verdicts();
    for (const ConnectionRecord& connection : sink.connections) {
      EXPECT_EQ(connection.client.gap_bytes + connection.server.gap_bytes, 0U);
      EXPECT_EQ(connection.client.retransmitted_packets, 0U);
    }
    if (answered) {
      EXPECT_EQ(sink.client(2), "new");
      EXPECT_EQ(sink.server(2), "fine");
    }
  }
}

// Goal: a chain of connections with the same endpoints is bounded. Method: 5,000 SYNs with other numbers at
// once.
TEST(Generations, AreBoundedForOnePairOfEndpoints) {
  Capture capture;
  for (std::uint32_t isn = 0; isn < 5000; ++isn) {
    capture << tcp().isn(isn * 100'000, 0).syn();
    EXPECT_GE(capture.sink.connections.size() + 4, isn + 1);
  }
  EXPECT_EQ(capture.finish().connections.size(), 5000U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
