// What a connection says about sizes, windows, rates and its two SYNs (rules 23 and 24).
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

const ConnectionRecord& only(Capture& capture) {
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections.size(), 1U);
  return sink.connections.front();
}

TEST(StreamTraffic, KeepsWhatEachSynNamed) {
  Capture capture;
  capture << tcp().syn().shift(7).stamp(1) << tcp().from_server().syn().without_sack().ack(1)
          << tcp().seq(1).ack(1);
  const ConnectionRecord& connection = only(capture);
  const TrafficRecord& client = connection.client.traffic;
  const TrafficRecord& server = connection.server.traffic;
  EXPECT_EQ(client.first_sequence, 1000U);
  EXPECT_EQ(server.first_sequence, 5000U);
  EXPECT_EQ(client.window_scale, std::uint8_t{7});
  EXPECT_FALSE(server.window_scale);
  EXPECT_EQ(client.has_sack_permitted, true);
  EXPECT_EQ(server.has_sack_permitted, false);
  EXPECT_EQ(client.has_timestamps, true);
  EXPECT_EQ(server.has_timestamps, false);
}

TEST(StreamTraffic, KnowsNothingOfASynThatWasNotCaptured) {
  Capture capture;
  capture << tcp().seq(50).ack(70).data("late").window(9) << tcp().from_server().seq(70).ack(54).window(8);
  const ConnectionRecord& connection = only(capture);
  EXPECT_FALSE(connection.client.traffic.first_sequence);
  EXPECT_FALSE(connection.client.traffic.has_sack_permitted);
  EXPECT_EQ(connection.client.traffic.window_count, 0U) << "without the scale a window is no number of bytes";
  EXPECT_EQ(connection.first_ending, Ending::none);
}

TEST(StreamTraffic, MeasuresSegmentsAndWindows) {
  Capture capture;
  capture << tcp().syn().shift(2).window(60000) << tcp().from_server().syn().shift(3).ack(1).window(50000)
          << tcp().seq(1).ack(1).window(100) << tcp().seq(1).ack(1).data("four").window(100)
          << tcp().seq(5).ack(1).data("eleven byte").window(40)
          << tcp().from_server().seq(1).ack(16).window(7) << tcp().seq(16).ack(1).fin().window(40)
          << tcp().from_server().seq(1).ack(17).rst().window(0);
  const ConnectionRecord& connection = only(capture);
  const TrafficRecord& client = connection.client.traffic;
  EXPECT_EQ(client.data_packets, 2U);
  EXPECT_EQ(client.payload_min, 4U);
  EXPECT_EQ(client.payload_max, 11U);
  EXPECT_EQ(client.pure_acks, 1U);
  EXPECT_EQ(client.window_min, 160U) << "that of the SYN is not scaled and does not count";
  EXPECT_EQ(client.window_max, 400U);
  EXPECT_EQ(client.window_sum, 400U + 400U + 160U + 160U);
  EXPECT_EQ(client.window_count, 4U);
  EXPECT_EQ(connection.server.traffic.window_min, 56U) << "a RST offers none";
  EXPECT_EQ(connection.server.traffic.pure_acks, 1U);
}

TEST(StreamTraffic, KnowsTheMostInFlight) {
  Capture capture;
  capture.handshake();
  capture << tcp().seq(1).ack(1).data("0123456789") << tcp().seq(11).ack(1).data("0123456789")
          << tcp().seq(21).ack(1).data("0123456789") << tcp().from_server().seq(1).ack(31)
          << tcp().seq(31).ack(1).data("0") << tcp().from_server().seq(1).ack(32);
  const ConnectionRecord& connection = only(capture);
  EXPECT_EQ(connection.client.traffic.in_flight_max, 30U);
  EXPECT_FALSE(connection.server.traffic.in_flight_max) << "it sent nothing";
}

TEST(StreamTraffic, DoesNotCountWhatWasSelectivelyAcknowledged) {
  Capture capture;
  capture.handshake();
  capture << tcp().seq(1).ack(1).data("0123456789") << tcp().seq(11).ack(1).data("0123456789")
          << tcp().from_server().seq(1).ack(1).sack(11, 21) << tcp().seq(21).ack(1).data("0123456789");
  EXPECT_EQ(only(capture).client.traffic.in_flight_max, 20U);
}

TEST(StreamTraffic, SaysWhoEndedFirst) {
  for (const bool with_reset : {false, true}) {
    Capture capture;
    capture.handshake();
    if (with_reset) {
      capture << tcp().from_server().seq(1).ack(1).rst();
    } else {
      capture << tcp().from_server().seq(1).ack(1).fin() << tcp().seq(1).ack(2).fin()
              << tcp().from_server().seq(2).ack(2);
    }
    const ConnectionRecord& connection = only(capture);
    EXPECT_EQ(connection.first_to_end, Direction::server_to_client);
    EXPECT_EQ(connection.first_ending, with_reset ? Ending::rst : Ending::fin);
  }
}

TEST(StreamTraffic, LeavesCopiesOut) {
  Capture capture;
  capture.handshake();
  capture << tcp().seq(1).ack(1).data("hello").ip_id(7).at_ms(4)
          << tcp().seq(1).ack(1).data("hello").ip_id(7).at_ms(4.01);
  EXPECT_EQ(only(capture).client.traffic.data_packets, 1U);
}

TEST(StreamTraffic, NumbersStreamsAsWiresharkDoes) {
  Capture capture;
  const Endpoint other{IpAddress::v4(192, 0, 2, 9), 40001};
  capture.handshake();
  capture << tcp().between(other, kServer).isn(70, 90).syn() << tcp().seq(1).ack(1).rst()
          << tcp().isn(900000, 800000).syn() << tcp().isn(900000, 800000).syn()
          << tcp().between(other, kServer).isn(70, 90).syn();
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 3U);
  std::map<std::uint64_t, std::uint32_t> streams;
  for (const ConnectionRecord& connection : sink.connections)
    streams[static_cast<std::uint64_t>(connection.id)] = connection.wireshark_stream;
  EXPECT_EQ(streams, (std::map<std::uint64_t, std::uint32_t>{{1, 0}, {2, 1}, {3, 2}}));
}

// A new connection that begins with the number of the last one is one of its own here, and no stream there.
TEST(StreamTraffic, CountsNoStreamForTheSameNumberAgain) {
  Capture capture;
  const Endpoint other{IpAddress::v4(192, 0, 2, 9), 40001};
  capture.handshake();
  capture << tcp().seq(1).ack(1).fin() << tcp().from_server().seq(1).ack(2).fin() << tcp().seq(2).ack(2);
  capture.handshake();
  capture << tcp().between(other, kServer).isn(70, 90).syn();
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 3U);
  EXPECT_EQ(sink.connections[0].wireshark_stream + sink.connections[1].wireshark_stream +
                sink.connections[2].wireshark_stream,
            1U);
}

// A SYN inside a living connection begins a stream there and none here: the next number is two higher.
TEST(StreamTraffic, CountsStreamsThatOnlyWiresharkBegins) {
  Capture capture;
  const Endpoint other{IpAddress::v4(192, 0, 2, 9), 40001};
  capture.handshake();
  capture << tcp().seq(400).syn() << tcp().seq(1).ack(1).data("lives on")
          << tcp().between(other, kServer).isn(70, 90).syn();
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 2U);
  EXPECT_EQ(sink.connections[0].wireshark_stream + sink.connections[1].wireshark_stream, 2U);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
