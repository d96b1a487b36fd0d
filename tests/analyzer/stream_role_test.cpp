#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

TEST(StreamRole, IsToldByASynAckWhenTheSynIsMissing) {
  Capture capture;
  capture << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1).data("hello");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].client.endpoint, kClient);
  EXPECT_EQ(sink.connections[0].role_reason, "syn-ack");
  EXPECT_EQ(sink.client(), "hello");
}

TEST(StreamRole, IsToldByTheGreetingBeforeThePort) {
  const Endpoint high{IpAddress::v4(192, 0, 2, 2), 50000};
  Capture capture;
  capture << tcp().between(high, kClient).seq(1).ack(1).data("PLAINTALK/1 lab caps=auth :type HELP\n")
          << tcp().between(kClient, high).seq(1).ack(1);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections[0].server.endpoint, high);
  EXPECT_EQ(sink.connections[0].role_reason, "greeting");
  EXPECT_TRUE(sink.connections[0].midstream);
}

TEST(StreamRole, IsToldByAClientsVerbThePortOrTheLowerPort) {
  const Endpoint low{IpAddress::v4(192, 0, 2, 3), 80};
  Capture verb;
  verb << tcp().between(low, kClient).seq(1).data("SAY #lab :hi\n");
  EXPECT_EQ(verb.finish().connections[0].role_reason, "client verb");
  EXPECT_EQ(verb.sink.connections[0].client.endpoint, low);
  Capture port;
  port << tcp().from_server().seq(1).ack(1).data("x");
  EXPECT_EQ(port.finish().connections[0].role_reason, "port 7777");
  EXPECT_EQ(port.sink.connections[0].server.endpoint, kServer);
  Capture lower;
  lower << tcp().between(kClient, low).seq(1).ack(1).data("x");
  EXPECT_EQ(lower.finish().connections[0].role_reason, "lower port");
  EXPECT_EQ(lower.sink.connections[0].server.endpoint, low);
}

TEST(StreamRole, FindsTheLowestOffsetOfAConnectionThatBeganBeforeTheCapture) {
  Capture capture;
  capture << tcp().seq(4).ack(1).data("def") << tcp().seq(1).ack(1).data("abc")
          << tcp().from_server().seq(1).ack(7);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.client(), "abcdef");
  EXPECT_TRUE(sink.connections[0].midstream);
  EXPECT_EQ(sink.connections[0].state, "OTH");
  EXPECT_EQ(sink.gaps.size(), 0U);
}

TEST(StreamRole, PutsAHandshakeThatWasCapturedAfterTheDataBeforeIt) {
  Capture capture;
  capture << tcp().seq(1).ack(1).data("abc") << tcp().syn() << tcp().from_server().syn().ack(1);
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.client(), "abc");
  EXPECT_EQ(sink.connections[0].role_reason, "syn");
  EXPECT_FALSE(sink.connections[0].midstream);
}

TEST(StreamRole, StartsAnotherConnectionOnReusedPorts) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("one").fin() << tcp().from_server().seq(1).ack(5).fin()
                      << tcp().seq(5).ack(2);
  const auto again = [] { return tcp().isn(900'000, 800'000); };
  capture << again().syn() << again().from_server().syn().ack(1) << again().seq(1).ack(1).data("two");
  RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 2U);
  EXPECT_EQ(sink.client(1), "one");
  EXPECT_EQ(sink.client(2), "two");
  EXPECT_EQ(sink.connections[0].state, "SF");
}

TEST(StreamRole, CountsARefusedAttemptThatIsMadeAgainAsOneConnection) {
  Capture capture;
  capture << tcp().syn() << tcp().from_server().rst().ack(1) << tcp().syn()
          << tcp().from_server().rst().ack(1);
  EXPECT_EQ(capture.finish().connections.size(), 1U);
  EXPECT_EQ(capture.sink.connections[0].state, "REJ");
  Capture at_last;
  at_last << tcp().syn() << tcp().from_server().rst().ack(1) << tcp().syn()
          << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1).data("in").at_ms(500'000)
          << tcp().seq(3).ack(1).data("side").at_ms(900'000);
  EXPECT_EQ(at_last.finish().connections.size(), 1U);
  EXPECT_EQ(at_last.sink.connections[0].state, "S1");
  EXPECT_EQ(at_last.sink.client(), "inside");
}

TEST(StreamRole, SaysThatAFinOnTheNumberOfTheSynIsNoEnd) {
  Capture capture;
  capture << tcp().syn() << tcp().fin();
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.verdicts(), "contradicting fin");
  EXPECT_EQ(sink.events[0].evidence, "it is numbered below the first byte, where the SYN stands");
}

TEST(StreamRole, GoesOnAfterAFinThatWasNotTheEnd) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("a").fin() << tcp().from_server().seq(1).ack(9)
                      << tcp().seq(9).ack(1).data("more");
  RecordingSink& sink = capture.finish();
  EXPECT_TRUE(sink.client().ends_with("more"));
  EXPECT_EQ(sink.count("contradicting fin"), 1U);
}

TEST(StreamRole, TakesASynInsideTheWindowOfALivingConnectionForAnAttack) {
  Capture capture;
  capture.handshake() << tcp().seq(1).ack(1).data("abc") << tcp().from_server().seq(1).ack(4)
                      << tcp().seq(1000).syn() << tcp().seq(4).ack(1).data("def");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.count("syn inside connection"), 1U);
  EXPECT_EQ(sink.client(), "abcdef");
}

TEST(StreamRole, ChoosesTheSynAckThatTheClientAcknowledges) {
  Capture capture;
  capture << tcp().syn() << tcp().isn(1000, 99).from_server().syn().ack(1) << tcp().from_server().syn().ack(1)
          << tcp().seq(1).ack(1) << tcp().from_server().seq(1).ack(1).data("real");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.server(), "real");
  EXPECT_EQ(sink.connections[0].server.gap_bytes, 0U);
}

TEST(StreamRole, GoesOnWithTheHandshakeAfterAForgedEnd) {
  // What a deceiver sends before the server answers: a reset and a FIN that the client does not believe.
  Capture capture;
  capture << tcp().syn() << tcp().isn(1000, 99).from_server().seq(0).ack(1).rst()
          << tcp().isn(1000, 99).from_server().seq(0).ack(1).fin() << tcp().from_server().syn().ack(1)
          << tcp().seq(1).ack(1).data("real question")
          << tcp().from_server().seq(1).ack(14).data("real answer") << tcp().seq(14).ack(12);
  RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.client(), "real question");
  EXPECT_EQ(sink.server(), "real answer");
  EXPECT_EQ(sink.connections[0].state, "S1");
}

TEST(StreamRole, TakesALateSynAckForAPartOfTheConnectionThatAskedForIt) {
  Capture capture;
  capture << tcp().syn() << tcp().isn(1000, 99).from_server().syn().ack(1) << tcp().from_server().syn().ack(1)
          << tcp().seq(1).ack(1).data("a") << tcp().from_server().seq(1).ack(2).data("b")
          << tcp().seq(2).ack(2).fin() << tcp().from_server().seq(2).ack(3).fin() << tcp().seq(3).ack(3)
          << tcp().isn(1000, 99).from_server().syn().ack(1);
  RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.connections[0].state, "SF");
  EXPECT_EQ(sink.server(), "b");
}

TEST(StreamRole, FollowsASimultaneousOpen) {
  Capture capture;
  capture << tcp().syn() << tcp().from_server().syn() << tcp().syn().ack(1)
          << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1).data("a")
          << tcp().from_server().seq(1).ack(2).data("b");
  RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.connections.size(), 1U);
  EXPECT_EQ(sink.client(), "a");
  EXPECT_EQ(sink.server(), "b");
  EXPECT_EQ(sink.count("simultaneous open"), 1U);
}

TEST(StreamRole, LetsStragglersJoinAFinishedConnectionWhileItLingers) {
  Capture capture({.closed_linger = std::chrono::seconds(10)});
  capture.handshake() << tcp().seq(1).ack(1).fin() << tcp().from_server().seq(1).ack(2).fin()
                      << tcp().seq(2).ack(2) << tcp().from_server().seq(2).ack(2).rst().at_ms(9'000)
                      << tcp().seq(2).ack(2).at_ms(18'000);
  EXPECT_EQ(capture.sink.connections.size(), 0U);
  const Endpoint other{IpAddress::v4(192, 0, 2, 9), 1};
  capture << tcp().between(other, kServer).syn().at_ms(60'000);
  ASSERT_EQ(capture.sink.connections.size(), 1U) << "closed by the time of the capture, not at its end";
  EXPECT_EQ(capture.sink.connections[0].client.packets, 5U);
}

TEST(StreamRole, KeepsResetsOfAConnectionThatWasNeverSeenTogether) {
  Capture capture;
  for (int hour = 1; hour <= 5; ++hour) capture << tcp().seq(7).rst().at_ms(hour * 3'600'000.0);
  EXPECT_EQ(capture.finish().connections.size(), 1U);
}

TEST(StreamRole, ClosesConnectionsInTheOrderOfTheirIds) {
  Capture capture;
  for (std::uint16_t port = 500; port > 400; --port)
    capture << tcp().between({IpAddress::v4(192, 0, 2, 9), port}, kServer).syn();
  const RecordingSink& sink = capture.finish();
  ASSERT_EQ(sink.connections.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(sink.connections, {}, &ConnectionRecord::id));
}

struct StateCase {
  std::string_view state;
  std::string_view history;
  std::vector<SegmentBuilder> segments;
};

TEST(StreamRole, NamesTheStateAsZeekDoes) {
  const std::vector<StateCase> cases = {
      {"S0", "S", {tcp().syn()}},
      {"REJ", "Sr", {tcp().syn(), tcp().from_server().rst().ack(1)}},
      {"S1", "ShA", {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1)}},
      {"S2",
       "ShAF",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1), tcp().seq(1).ack(1).fin()}},
      {"S3",
       "ShAf",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1),
        tcp().from_server().seq(1).ack(1).fin()}},
      {"RSTO",
       "ShAR",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1), tcp().seq(1).ack(1).rst()}},
      {"RSTR",
       "ShAr",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1),
        tcp().from_server().seq(1).ack(1).rst()}},
      {"RSTOS0", "SR", {tcp().syn(), tcp().seq(1).rst()}},
      {"SH", "SF", {tcp().syn(), tcp().seq(1).fin().ack(1)}},
      {"SHR", "^hf", {tcp().from_server().syn().ack(1), tcp().from_server().seq(1).ack(1).fin()}},
      {"RSTRH", "^hr", {tcp().from_server().syn().ack(1), tcp().from_server().seq(1).ack(1).rst()}},
      {"SF",
       "ShAFfR",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1), tcp().seq(1).ack(1).fin(),
        tcp().from_server().seq(1).ack(2).fin(), tcp().seq(2).ack(2).rst()}},
      {"RSTO",
       "ShAFR",
       {tcp().syn(), tcp().from_server().syn().ack(1), tcp().seq(1).ack(1), tcp().seq(1).ack(1).fin(),
        tcp().seq(2).ack(1).rst()}},
      {"S1",
       "^hADd",
       {tcp().from_server().syn().ack(1), tcp().seq(1).ack(1), tcp().seq(1).ack(1).data("x"),
        tcp().from_server().seq(1).ack(2).data("y")}},
      {"OTH", "D", {tcp().seq(1).ack(1).data("x")}},
  };
  for (const StateCase& one : cases) {
    Capture capture;
    for (const SegmentBuilder& segment : one.segments) capture << segment;
    const RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.connections[0].state, one.state) << one.history;
    EXPECT_EQ(sink.connections[0].history, one.history) << one.state;
  }
}

// Goal: with equal ports the addresses alone tell the sides apart, in whatever order a machine compares them.
TEST(StreamRole, EqualPortsDoNotSwapTheSides) {
  const IpAddress low = IpAddress::v4(1, 0, 0, 2);
  const IpAddress high = IpAddress::v4(2, 0, 0, 1);
  for (const bool client_is_low : {true, false}) {
    const Endpoint client{client_is_low ? low : high, 5060};
    const Endpoint server{client_is_low ? high : low, 5060};
    const auto from_client = [&] { return tcp().between(client, server); };
    const auto from_server = [&] { return tcp().between(client, server).from_server(); };
    Capture capture;
    capture << from_client().syn() << from_server().syn().ack(1) << from_client().seq(1).ack(1)
            << from_client().seq(1).ack(1).data("question") << from_server().seq(1).ack(9).data("answer");
    RecordingSink& sink = capture.finish();
    ASSERT_EQ(sink.connections.size(), 1U);
    EXPECT_EQ(render(sink.connections[0].client.endpoint), render(client));
    EXPECT_EQ(sink.client(), "question");
    EXPECT_EQ(sink.server(), "answer");
    EXPECT_TRUE(sink.events.empty()) << sink.verdicts();
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::test
