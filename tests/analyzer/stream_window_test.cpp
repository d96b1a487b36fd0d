// Rules 3 to 6: what is sent into a closed window, and what is sent on an idle connection.
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

// Goal: Linux probes a closed window with an empty segment below the next byte, which has the form of a
// keep-alive. The window tells which it is.
TEST(ClosedWindow, MakesAProbeOfWhatElseIsAKeepAlive) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4).window(0);
  for (int probe = 0; probe < 3; ++probe) {
    capture << tcp().seq(3).ack(1).at_ms(300 << probe)
            << tcp().from_server().seq(1).ack(4).window(0).at_ms((300 << probe) + 10);
  }
  capture << tcp().from_server().seq(1).ack(4).window(5000).at_ms(2000) << tcp().seq(4).ack(1).data("d")
          << tcp().from_server().seq(1).ack(5) << tcp().seq(4).ack(1).at_ms(9000)
          << tcp().from_server().seq(1).ack(5).at_ms(9010);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("zero window probe"), 3U) << sink.verdicts();
  EXPECT_EQ(sink.count("zero window probe ack"), 3U);
  EXPECT_EQ(sink.count("keep-alive"), 1U);
  EXPECT_EQ(sink.count("duplicate ack"), 0U);
  EXPECT_EQ(sink.client(), "abcd");
  EXPECT_EQ(sink.connections[0].client.keep_alives, 1U);
  EXPECT_EQ(sink.connections[0].client.retransmitted_packets, 0U);
}

// Goal: near the receiver the probe may be seen after the window update that it crossed on its way.
TEST(ClosedWindow, MakesAProbeOfOneThatCrossedTheUpdate) {
  Capture capture;
  capture << tcp().syn().at_ms(1) << tcp().from_server().syn().ack(1).at_ms(2)
          << tcp().seq(1).ack(1).at_ms(51) << tcp().seq(1).ack(1).data("abc").at_ms(60)
          << tcp().from_server().seq(1).ack(4).window(0).at_ms(61)
          << tcp().from_server().seq(1).ack(4).window(5000).at_ms(300) << tcp().seq(3).ack(1).at_ms(320)
          << tcp().seq(3).ack(1).at_ms(900);
  RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.count("zero window probe"), 1U) << sink.verdicts();
  EXPECT_EQ(sink.count("keep-alive"), 1U);
  const auto probe = std::ranges::find(sink.events, "zero window probe", &TcpEvent::verdict);
  EXPECT_EQ(probe->confidence, "likely");
}

}  // namespace
}  // namespace plaintalk::analyzer::test
