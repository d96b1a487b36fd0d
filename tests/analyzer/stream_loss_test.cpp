// Rules 12 to 17: why a sender sent something again. The stories are those of RFC 8985 and of Linux, whose
// counters say which timer or which acknowledgement was at work.
#include "tests/analyzer/recording_sink.hpp"

namespace plaintalk::analyzer::test {
namespace {

// A handshake with a round trip of 20 ms, and three bytes that were acknowledged after 20 ms.
Capture& settled(Capture& capture, bool with_sack = true) {
  SegmentBuilder syn = tcp().syn().at_ms(1);
  SegmentBuilder answer = tcp().from_server().syn().ack(1).at_ms(21);
  if (!with_sack) answer.without_sack();
  return capture << syn << answer << tcp().seq(1).ack(1).at_ms(21.1)
                 << tcp().seq(1).ack(1).data("abc").at_ms(30) << tcp().from_server().seq(1).ack(4).at_ms(50);
}

std::string last_verdict(Capture& capture) {
  const RecordingSink& sink = capture.finish();
  return sink.events.empty() ? "" : std::string(sink.events.back().verdict);
}

TEST(Loss, OneSelectiveAcknowledgementOfWhatWasSentLaterMakesARepeatDue) {
  Capture capture;
  settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(290)
                   << tcp().from_server().seq(1).ack(4).sack(7, 10).at_ms(310)
                   << tcp().seq(4).ack(1).data("def").at_ms(310.2);
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("fast retransmission"), 1U) << sink.verdicts();
  EXPECT_NE(sink.events.back().evidence.find("3 bytes above it"), std::string::npos)
      << sink.events.back().evidence;
}

// Goal: near the receiver the repeat is seen a round trip after the acknowledgement that asked for it.
TEST(Loss, ARepeatMayComeARoundTripAfterItWasAskedFor) {
  for (const auto& [ms, verdict] :
       {std::pair{24.9, "fast retransmission"}, std::pair{25.3, "retransmission"}}) {
    Capture capture;
    settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100)
                     << tcp().seq(7).ack(1).data("ghi").at_ms(120)
                     << tcp().from_server().seq(1).ack(4).sack(7, 10).at_ms(121)
                     << tcp().seq(4).ack(1).data("def").at_ms(121 + ms);
    EXPECT_EQ(last_verdict(capture), verdict) << ms;
  }
}

// Goal: a repeat that is lost as well is not asked for by what was sent before it. Method: the same selective
// block stands while the timer repeats; only bytes sent after the first repeat make a second one due.
TEST(Loss, ALostRepeatNeedsAnAcknowledgementOfSomethingSentAfterIt) {
  for (const bool later : {false, true}) {
    Capture capture;
    settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100)
                     << tcp().seq(7).ack(1).data("ghi").at_ms(290)
                     << tcp().from_server().seq(1).ack(4).sack(7, 10).at_ms(310)
                     << tcp().seq(4).ack(1).data("def").at_ms(310.2)
                     << tcp().seq(10).ack(1).data("jkl").at_ms(311);
    if (later) {
      capture << tcp().from_server().seq(1).ack(4).sack(7, 13).at_ms(331)
              << tcp().seq(4).ack(1).data("def").at_ms(331.1);
    } else {  // the acknowledgement brings the old block again
      capture << tcp().from_server().seq(1).ack(4).data("x").sack(7, 10).at_ms(539)
              << tcp().seq(4).ack(1).data("def").at_ms(540);
    }
    EXPECT_EQ(last_verdict(capture), later ? "fast retransmission" : "timeout retransmission");
  }
}

TEST(Loss, ADuplicateSelectiveAcknowledgementOfALaterProbeMakesARepeatDue) {
  Capture capture;
  settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                   << tcp().from_server().seq(1).ack(4).sack(7, 10).at_ms(400)
                   << tcp().seq(7).ack(1).data("ghi").at_ms(401)
                   << tcp().from_server().seq(1).ack(4).sack(7, 10).sack(7, 10).at_ms(500)
                   << tcp().seq(4).ack(1).data("def").at_ms(500.1);
  EXPECT_EQ(last_verdict(capture), "fast retransmission");
}

TEST(Loss, APartialAcknowledgementAsksForTheRestWithoutSelectiveOnes) {
  Capture capture;
  settled(capture, false) << tcp().seq(4).ack(1).data("def").at_ms(100)
                          << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                          << tcp().seq(10).ack(1).data("jkl").at_ms(102)
                          << tcp().seq(13).ack(1).data("mno").at_ms(103);
  for (int copy = 0; copy < 3; ++copy) capture << tcp().from_server().seq(1).ack(4).at_ms(121 + copy);
  capture << tcp().seq(4).ack(1).data("def").at_ms(123.5) << tcp().from_server().seq(1).ack(7).at_ms(143)
          << tcp().seq(7).ack(1).data("ghi").at_ms(143.1);
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.count("fast retransmission"), 2U) << sink.verdicts();
}

TEST(Loss, ALoneSegmentIsRepeatedByAProbeOrATimeout) {
  struct Case {
    double ms;
    bool with_sack;
    const char* verdict;
  };
  for (const Case& one :
       {Case{243, true, "tail loss probe or timeout"}, Case{243, false, "timeout retransmission"},
        Case{481, true, "timeout retransmission"}}) {
    Capture capture;
    settled(capture, one.with_sack) << tcp().seq(4).ack(1).data("def").at_ms(100)
                                    << tcp().seq(4).ack(1).data("def").at_ms(100 + one.ms);
    EXPECT_EQ(last_verdict(capture), one.verdict) << one.ms;
  }
}

TEST(Loss, TheSecondRepeatOfALoneSegmentIsATimeout) {
  Capture capture;
  settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(4).ack(1).data("def").at_ms(343)
                   << tcp().seq(4).ack(1).data("def").at_ms(570);
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.verdicts(), "tail loss probe or timeout, timeout retransmission");
  EXPECT_EQ(sink.events[0].confidence, "ambiguous");
}

TEST(Loss, ATailAboveUnconfirmedBytesIsAProbeAndTheFirstOfThemATimeout) {
  Capture tail;
  settled(tail) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                << tcp().seq(7).ack(1).data("ghi").at_ms(300);
  EXPECT_EQ(last_verdict(tail), "tail loss probe");
  Capture first;
  settled(first) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                 << tcp().seq(4).ack(1).data("def").at_ms(340);
  EXPECT_EQ(last_verdict(first), "timeout retransmission");
}

// Goal: Linux joins what is not acknowledged when a timeout sends it again; a probe sends one segment.
TEST(Loss, ARepeatOfSeveralSegmentsInOneIsATimeout) {
  Capture capture;
  settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(344)
                   << tcp().seq(4).ack(1).data("defghi").at_ms(572);
  EXPECT_EQ(last_verdict(capture), "timeout retransmission");
}

TEST(Loss, WhatIsRepeatedAfterATimeoutHasNoTimerOfItsOwn) {
  Capture capture;
  settled(capture, false) << tcp().seq(4).ack(1).data("def").at_ms(100)
                          << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                          << tcp().seq(10).ack(1).data("jkl").at_ms(102)
                          << tcp().seq(4).ack(1).data("def").at_ms(340)
                          << tcp().from_server().seq(1).ack(7).at_ms(360)
                          << tcp().seq(7).ack(1).data("ghi").at_ms(360.1)
                          << tcp().seq(10).ack(1).data("jkl").at_ms(360.2);
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.verdicts(), "timeout retransmission, retransmission, retransmission");
}

TEST(Loss, ARepeatOfWhatWasSelectivelyAcknowledgedIsSpurious) {
  Capture capture;
  settled(capture) << tcp().seq(4).ack(1).data("def").at_ms(100) << tcp().seq(7).ack(1).data("ghi").at_ms(101)
                   << tcp().from_server().seq(1).ack(4).sack(7, 10).at_ms(121)
                   << tcp().seq(7).ack(1).data("ghi").at_ms(122);
  const RecordingSink& sink = capture.finish();
  EXPECT_EQ(sink.events.back().verdict, "spurious retransmission");
  EXPECT_EQ(sink.events.back().confidence, "likely");
}

// Goal: hostile selective blocks cost a bounded amount of memory and time. Method: 60,000 acknowledgements
// that name four new ranges each; the scoreboard keeps 256.
TEST(Loss, ManySelectiveBlocksAreBounded) {
  Capture capture;
  settled(capture);
  for (std::uint32_t block = 0; block < 60'000; ++block) {
    const std::uint32_t at = 10 + block * 40;
    capture << tcp()
                   .from_server()
                   .seq(1)
                   .ack(4)
                   .sack(at, at + 5)
                   .sack(at + 10, at + 15)
                   .sack(at + 20, at + 25)
                   .sack(at + 30, at + 35);
  }
  EXPECT_EQ(capture.finish().connections.size(), 1U);
}

// Goal: of two FINs the one that was sent later is the repeat, whichever was captured first; where nothing
// tells, and the network could have changed their order, it is not called certain.
TEST(StreamLoss, TheRepeatOfAFinIsTheOneThatWasSentLater) {
  const auto play = [](SegmentBuilder first, SegmentBuilder second, double apart_ms) {
    Capture capture;
    capture.handshake() << tcp().seq(1).ack(1).data("a").ip_id(1).at_ms(10)
                        << tcp().seq(2).ack(1).data("b").ip_id(2).at_ms(11)
                        << tcp().seq(3).ack(1).data("c").ip_id(3).at_ms(12)
                        << tcp().seq(4).ack(1).data("d").ip_id(4).at_ms(13)
                        << tcp().seq(5).ack(1).data("e").ip_id(5).at_ms(14) << first.at_ms(20)
                        << second.at_ms(20 + apart_ms);
    RecordingSink& sink = capture.finish();
    EXPECT_EQ(sink.count("fin retransmission"), 1U) << sink.verdicts();
    const auto found = std::ranges::find(sink.events, "fin retransmission", &TcpEvent::verdict);
    if (found == sink.events.end()) return std::string();
    EXPECT_EQ(found->time, WallTime{} + std::chrono::microseconds(static_cast<std::int64_t>(
                                            1000 * (found->packet == 9 ? 20 : 20 + apart_ms))));
    return std::to_string(found->packet) + ' ' + std::string(found->confidence);
  };
  const auto fin = [] { return tcp().seq(6).ack(1).fin(); };
  EXPECT_EQ(play(fin().ip_id(6), fin().ip_id(7), 30), "10 certain");
  EXPECT_EQ(play(fin().ip_id(7), fin().ip_id(6), 3), "9 certain") << "it overtook the first one";
  EXPECT_EQ(play(fin().stamp(250), fin().stamp(50), 3), "9 certain");
  EXPECT_EQ(play(fin().stamp(50), fin().stamp(250), 200), "10 certain");
  EXPECT_EQ(play(fin(), fin(), 30), "10 likely");
  EXPECT_EQ(play(fin(), fin(), 200), "10 certain") << "nothing is held up for so long";
}

}  // namespace
}  // namespace plaintalk::analyzer::test
