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

std::int64_t ms(Nanoseconds span) { return span.count() / 1'000'000; }

// Goal: closures are counted from open to closed, and timed from the packet that said so to the one that took
// it back.
TEST(ClosedWindow, LastsFromTheFirstZeroToTheNextOpening) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc")
                      << tcp().from_server().seq(1).ack(4).window(0).at_ms(100)
                      << tcp().seq(3).ack(1).at_ms(300)
                      << tcp().from_server().seq(1).ack(4).window(0).at_ms(301)
                      << tcp().from_server().seq(1).ack(4).window(9000).at_ms(450)  // by itself
                      << tcp().seq(4).ack(1).data("de").at_ms(451)
                      << tcp().from_server().seq(1).ack(6).window(0).at_ms(500)
                      << tcp().seq(5).ack(1).at_ms(700)
                      << tcp().from_server().seq(1).ack(6).window(9000).at_ms(701);  // the probe's answer
  const ClosedWindows windows = capture.finish().connections[0].server.closed_windows;
  EXPECT_EQ(windows.count, 2U);
  EXPECT_EQ(windows.opened_by_answer, 1U);
  EXPECT_EQ(ms(windows.total), 350 + 201);
  EXPECT_EQ(ms(windows.longest), 350);
  EXPECT_FALSE(windows.is_cut);
}

TEST(ClosedWindow, HasNoLengthWhenTheCaptureEndsOrBeginsInIt) {
  Capture ends;
  ends.handshake() << tcp().seq(1).ack(1).data("abc")
                   << tcp().from_server().seq(1).ack(4).window(0).at_ms(100)
                   << tcp().seq(3).ack(1).at_ms(300);
  EXPECT_TRUE(ends.finish().connections[0].server.closed_windows.is_cut);
  Capture begins;
  begins << tcp().from_server().seq(1).ack(4).window(0).at_ms(100) << tcp().seq(3).ack(1).at_ms(300)
         << tcp().from_server().seq(1).ack(4).window(9000).at_ms(701);
  EXPECT_TRUE(begins.finish().connections[0].server.closed_windows.is_cut);
}

TEST(ClosedWindow, IsOverWithAReset) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc")
                      << tcp().from_server().seq(1).ack(4).window(0).at_ms(100)
                      << tcp().from_server().seq(1).ack(4).rst().at_ms(160);
  const ClosedWindows windows = capture.finish().connections[0].server.closed_windows;
  EXPECT_FALSE(windows.is_cut);
  EXPECT_EQ(ms(windows.total), 60);
}

}  // namespace
}  // namespace plaintalk::analyzer::test
