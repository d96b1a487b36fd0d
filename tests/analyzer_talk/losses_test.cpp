// Captures that are not whole: they must never make the routing look guilty.
#include <gtest/gtest.h>

#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

std::size_t guilty(const Collected& found) {
  std::size_t count = 0;
  for (const Finding& finding : found.findings)
    if (finding.severity == Severity::high) ++count;
  return count;
}

class Losses : public testing::Test {
 protected:
  void SetUp() override {
    play.login(1, "alice");
    play.login(2, "bob");
    for (const std::uint64_t number : {1u, 2u}) play.join(number, "#lab", number, 0);
  }
  void say(std::uint64_t seq, const std::vector<std::uint64_t>& to) {
    play.client(1, "SAY #lab :text");
    play.server(1, "OK seq=" + std::to_string(seq) + " at=1");
    for (const std::uint64_t number : to)
      play.server(number, "MSG #lab " + std::to_string(seq) + " alice 1 :text");
  }
  Play play;
};

TEST_F(Losses, ACopyInAHoleOfTheCaptureIsNotMissing) {
  say(1, {1, 2});
  say(2, {1});
  play.gap(2, Direction::server_to_client, 24);
  play.server(2, "PING :x");
  say(3, {1, 2});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 2).balance.not_captured, 1u);
  EXPECT_EQ(found.message_of("#lab", 3).balance.deliveries, 2u);
  EXPECT_EQ(guilty(found), 0u);
  EXPECT_EQ(found.count("capture-gap"), 1u);
}

TEST_F(Losses, AfterTheHoleCopiesAreMissedAgain) {
  play.gap(2, Direction::server_to_client, 24);
  play.server(2, "PING :x");
  say(1, {1, 2});
  say(2, {1});
  say(3, {1, 2});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 2).balance.missing, 1u);
}

TEST_F(Losses, LostCommandsMakeMembershipDoubtful) {
  play.gap(2, Direction::client_to_server, 11);
  play.client(2, "PING");
  play.server(2, "PONG");
  say(1, {1});
  const Collected& found = play.finish();
  EXPECT_EQ(guilty(found), 0u) << "the lost bytes may have been PART #lab";
}

TEST_F(Losses, RepliesAreNotJoinedToCommandsSentAfterThem) {
  play.gap(1, Direction::client_to_server, 16);
  play.server(1, "OK seq=1 at=1");
  play.client(1, "PING");
  play.client(1, "SAY #lab :second");
  play.server(1, "PONG");
  play.server(1, "OK seq=2 at=1");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 2).text, "second");
  EXPECT_TRUE(found.message_of("#lab", 2).in.known());
}

TEST(Midstream, LearnsWhatItCan) {
  Play play;
  play.open(1, true);
  play.open(2, true);
  play.client(1, "SAY #lab :hello");
  play.server(1, "OK seq=41 at=1");
  play.server(1, "MSG #lab 41 alice 1 :hello");
  play.server(2, "MSG #lab 41 alice 1 :hello");
  play.server(1, "MSG #lab 42 bob 1 :hi");
  play.server(2, "MSG #lab 42 bob 1 :hi");
  const Collected& found = play.finish();
  EXPECT_EQ(guilty(found), 0u);
  EXPECT_EQ(found.message_of("#lab", 41).balance.deliveries, 2u);
  EXPECT_EQ(found.message_of("#lab", 42).balance.deliveries, 2u);
  EXPECT_EQ(found.count("began-earlier"), 2u);
  EXPECT_EQ(found.count("sequence-hole"), 0u);
  // Its login was not captured, but who said message 41 is alice.
  ASSERT_EQ(found.connections.size(), 2u);
  EXPECT_EQ(found.connections[0].user, "alice");
  EXPECT_EQ(found.connections[1].user, "");
}

TEST(Midstream, BeginsInsideAFrameWithoutInventingOne) {
  Play play;
  play.open_silently(1, true);
  play.server_bytes(1, "nd of a text\nMSG #lab 7 bob 1 :hi\n");
  const Collected& found = play.finish();
  ASSERT_EQ(found.messages.size(), 1u);
  EXPECT_EQ(found.messages[0].text, "hi");
  EXPECT_EQ(guilty(found), 0u);
}

TEST(OneSide, OfAConnectionIsEnoughToReadTheMessages) {
  Play play;
  play.open_silently(1);
  play.server(1, "PLAINTALK/1 lab line=4096 :type HELP");
  play.server(1, "OK user=bob device=d token=T guest=1");
  play.server(1, "OK room=#lab members=2 last=0");
  play.server(1, "MSG #lab 1 alice 1 :hi");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.deliveries, 1u);
  EXPECT_EQ(found.connections[0].user, "bob");
  EXPECT_EQ(guilty(found), 0u);
}

TEST(Hostile, NumbersAndNamesChangeNothingElse) {
  Play play;
  play.login(1, "alice");
  play.join(1, "#lab", 1, 0);
  for (const std::string line :
       {"MSG #lab 0 alice 1 :zero", "MSG #lab 18446744073709551615 alice 1 :big",
        "MSG #lab 99999999999999999999 a 1 :huge", "MSG lab 1 alice 1 :no room", "GAP #lab 5 1",
        "GAP #lab 1 18446744073709551615", "END #lab last=18446744073709551615 more=0",
        "FILE #lab 3 alice f 18446744073709551615 x :y", "OK", "ERR", "NOTE WHO",
        "DATA f 18446744073709551615 {1}", "TOPIC", "JOINED",
        "OK room=#lab members=1 last=18446744073709551615"}) {
    play.server(1, line);
    if (line.ends_with("{1}")) play.server(1, "x");
  }
  const Collected& found = play.finish();
  EXPECT_FALSE(found.pdus.empty());
}

TEST(Hostile, AFloodOfCommandsWithoutRepliesIsBounded) {
  Play play;
  play.login(1, "alice");
  for (std::size_t count = 0; count < RequestMatcher::kRequestCountMax + 10; ++count)
    play.client(1, "SAY #lab :x");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("limit-reached"), 1u);
}

TEST(Hostile, EveryCutOfASessionGivesTheSamePdusOrFewer) {
  // Goal: no cut crashes or invents frames. Method: a session as one stream for each side, cut at every
  // byte.
  const std::string server =
      "PLAINTALK/1 lab line=4096 :type HELP\nOK user=alice device=d token=T\nOK room=#lab members=1 "
      "last=0\nOK id=1 seq=1 at=1\n"
      "MSG #lab 1 alice 1 {5}\na\nb c\nEND #lab last=1 more=0 oldest=1\n";
  std::size_t whole = 0;
  for (std::size_t size = server.size(); size > 0; --size) {
    Play play;
    play.open_silently(1);
    play.server_bytes(1, std::string_view(server).substr(0, size / 2));
    play.server_bytes(1, std::string_view(server).substr(size / 2, size - size / 2));
    const Collected& found = play.finish();
    if (size == server.size()) whole = found.pdus.size();
    ASSERT_LE(found.pdus.size(), whole);
    for (const auto& pdu : found.pdus) ASSERT_EQ(pdu.status, "ok") << size;
  }
  EXPECT_EQ(whole, 6u);
}

// Goal: a gap whose bytes turn up later is not told as bytes that the capture lacks, and only that gap is
// changed.
TEST(GapFindings, SayWhenTheBytesCameTooLate) {
  Findings findings;
  GapFindings gaps;
  const auto gap_at = [](std::uint64_t offset) {
    return StreamGap{
        ConnectionId{1}, Direction::server_to_client, offset, 1000, GapCause::capture_loss, 8, {}};
  };
  gaps.gap(gap_at(1000), findings);
  gaps.gap(gap_at(5000), findings);
  TcpEvent late;
  late.direction = Direction::server_to_client;
  late.packet = 9;
  late.offset = 1600;
  late.length = 1000;
  late.rule = 30;
  gaps.event(late, findings);
  late.direction = Direction::client_to_server;
  late.offset = 5000;
  gaps.event(late, findings);
  Collected found;
  findings.finish(found);
  ASSERT_EQ(found.findings.size(), 2u);
  EXPECT_EQ(found.findings[0].text,
            "1000 bytes from the server at offset 1000 of connection 1 were missing when they were needed; "
            "400 of them "
            "were captured too late to be read, the last in packet 9");
  EXPECT_EQ(found.findings[0].packets, (std::vector<std::uint64_t>{8, 9}));
  EXPECT_EQ(
      found.findings[1].text,
      "1000 bytes from the server at offset 5000 of connection 1 are not in the capture (capture loss)");
}

// Goal: that everything was recorded twice is said once, not for each packet or connection.
TEST_F(Losses, CopiesOfPacketsAreToldOnce) {
  for (const std::uint64_t number : {11u, 12u}) {
    ConnectionRecord connection;
    connection.id = ConnectionId{number};
    connection.client.packets = connection.server.packets = 10;
    connection.duplicate_capture_packets = 20;
    play.analyzer.closed(connection);
  }
  const Collected& found = play.finish();
  ASSERT_EQ(found.count("captured-twice"), 1u);
  const auto told = std::find_if(found.findings.begin(), found.findings.end(),
                                 [](const Finding& finding) { return finding.kind == "captured-twice"; });
  EXPECT_NE(told->text.find("40 copies of the 40 packets"), std::string::npos) << told->text;
}

}  // namespace
}  // namespace plaintalk::analyzer
