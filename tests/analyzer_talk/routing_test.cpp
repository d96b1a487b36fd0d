#include <gtest/gtest.h>

#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

// Alice, bob and carol on connections 1, 2 and 3, in #lab, which is empty so far.
class Routing : public testing::Test {
 protected:
  void SetUp() override {
    play.login(1, "alice");
    play.login(2, "bob");
    play.login(3, "carol");
    for (const std::uint64_t number : {1u, 2u, 3u}) play.join(number, "#lab", number, 0);
  }
  // Alice says something; it goes out to the given connections.
  std::uint64_t say(std::uint64_t seq, const std::vector<std::uint64_t>& to, const std::string& text = "hi") {
    const std::uint64_t packet = play.client(1, "SAY #lab :" + text);
    play.server(1, "OK seq=" + std::to_string(seq) + " at=1");
    for (const std::uint64_t number : to) copy(number, seq, text);
    return packet;
  }
  std::uint64_t copy(std::uint64_t number, std::uint64_t seq, const std::string& text = "hi") {
    return play.server(number, "MSG #lab " + std::to_string(seq) + " alice 1 :" + text);
  }
  Play play;
};

TEST_F(Routing, OneGoesInAndOneGoesOutToEveryMember) {
  const std::uint64_t packet = say(1, {1, 2, 3});
  play.acknowledge_server(2);
  const Collected& found = play.finish();
  const MessageResult& row = found.message_of("#lab", 1);
  EXPECT_EQ(row.in.packet, packet);
  EXPECT_EQ(row.sender, "alice");
  EXPECT_EQ(row.text, "hi");
  EXPECT_EQ(row.origin, "live");
  EXPECT_EQ(row.balance.members, 3u);
  EXPECT_EQ(row.balance.deliveries, 3u);
  EXPECT_TRUE(row.balance.holds());
  EXPECT_EQ(row.latency_min, Nanoseconds(std::chrono::milliseconds(2)));
  EXPECT_EQ(row.latency_p50, Nanoseconds(std::chrono::milliseconds(3)));
  EXPECT_EQ(row.latency_max, Nanoseconds(std::chrono::milliseconds(4)));
  ASSERT_EQ(row.deliveries.size(), 3u);
  EXPECT_EQ(row.deliveries[1].recipient, "bob");
  EXPECT_EQ(row.deliveries[1].acked, row.deliveries[1].out.time + std::chrono::milliseconds(2));
  EXPECT_FALSE(row.deliveries[0].acked);
  EXPECT_EQ(found.count("missing-delivery"), 0u);
  ASSERT_EQ(found.rooms.size(), 1u);
  EXPECT_EQ(found.rooms[0].accounts, "alice bob carol");
  EXPECT_EQ(found.rooms[0].balance.deliveries, 3u);
  EXPECT_EQ(found.rooms[0].messages, 1u);
}

TEST_F(Routing, ACopyThatIsMissingIsFound) {
  say(1, {1, 2});
  say(2, {1, 2, 3});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.missing, 1u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.missing, 0u);
  ASSERT_EQ(found.count("missing-delivery"), 1u);
  const Finding& finding = found.findings.front();
  EXPECT_EQ(finding.severity, Severity::high);
  EXPECT_NE(finding.text.find("carol"), std::string::npos);
  EXPECT_EQ(static_cast<std::uint64_t>(finding.connection), 3u);
}

TEST_F(Routing, NothingIsSaidAboutACopyDueRightBeforeAConnectionEnds) {
  say(1, {1, 2});
  play.close(3);
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("missing-delivery"), 0u);
  EXPECT_EQ(found.message_of("#lab", 1).balance.undecided, 1u);
  EXPECT_EQ(found.message_of("#lab", 1).balance.members, 3u);
}

TEST_F(Routing, TheLastCopyOfAConnectionThatStaysOpenIsMissedToo) {
  say(1, {1, 2});
  play.step(std::chrono::seconds(5));
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("missing-delivery"), 1u);
}

TEST_F(Routing, NothingIsSaidAboutACopyDueRightBeforeTheCaptureEnds) {
  say(1, {1, 2});
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("missing-delivery"), 0u);
  EXPECT_EQ(found.message_of("#lab", 1).balance.undecided, 1u);
}

TEST_F(Routing, ASilentButOpenConnectionMissesItsCopyOnceTimeHasPassed) {
  say(1, {1, 2});
  play.step(MessageTable::kFinalizeAfter + std::chrono::seconds(1));
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.missing, 1u);
}

TEST_F(Routing, ASecondCopyIsADuplicate) {
  say(1, {1, 2, 3});
  copy(3, 1);
  const Collected& found = play.finish();
  const MessageResult& row = found.message_of("#lab", 1);
  EXPECT_EQ(row.balance.deliveries, 3u);
  EXPECT_EQ(row.balance.duplicates, 1u);
  EXPECT_EQ(found.count("duplicate-delivery"), 1u);
  EXPECT_EQ(row.deliveries.back().status, "duplicate");
}

TEST_F(Routing, CopiesInAnotherOrderAreFound) {
  say(1, {1, 2});
  say(2, {1, 2, 3});
  copy(3, 1);
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.deliveries, 3u);
  EXPECT_EQ(found.count("reordered-delivery"), 1u);
  EXPECT_EQ(found.count("missing-delivery"), 0u);
}

TEST_F(Routing, ACopyToSomebodyOutsideIsALeak) {
  play.login(4, "mallory");
  say(1, {1, 2, 3});
  const std::uint64_t packet = copy(4, 1);
  const Collected& found = play.finish();
  const MessageResult& row = found.message_of("#lab", 1);
  EXPECT_EQ(row.balance.leaked, 1u);
  EXPECT_EQ(row.balance.members, 3u);
  ASSERT_EQ(found.count("leaked-message"), 1u);
  EXPECT_EQ(found.findings.front().packets.back(), packet);
}

TEST_F(Routing, WhoHasLeftIsNotCountedAndGettingACopyIsALeak) {
  say(1, {1, 2, 3});
  play.client(3, "PART #lab");
  play.server(3, "OK room=#lab");
  say(2, {1, 2});
  say(3, {1, 2, 3});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 2).balance.members, 2u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.missing, 0u);
  EXPECT_EQ(found.message_of("#lab", 3).balance.leaked, 1u);
}

TEST_F(Routing, WhoLeavesWhileAMessageIsNumberedMayOrMayNotGetIt) {
  const std::uint64_t packet = play.client(3, "PART #lab");
  EXPECT_GT(packet, 0u);
  say(1, {1, 2});
  play.server(3, "OK room=#lab");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.members, 2u);
  EXPECT_EQ(found.count("missing-delivery"), 0u);
}

TEST_F(Routing, WhoComesBackIsCountedAgain) {
  play.client(3, "PART #lab");
  play.server(3, "OK room=#lab");
  say(1, {1, 2});
  play.join(3, "#lab", 3, 1);
  say(2, {1, 2, 3});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.members, 2u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.members, 3u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.leaked, 0u);
}

TEST_F(Routing, ALostConnectionIsOutOfTheRoomFromItsEndOn) {
  say(1, {1, 2, 3});
  play.close(3);
  play.step(std::chrono::seconds(2));
  say(2, {1, 2});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 2).balance.members, 2u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.undecided, 0u);
}

TEST_F(Routing, QuitEndsTheStay) {
  play.client(3, "QUIT");
  play.server(3, "BYE :goodbye");
  say(1, {1, 2});
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.members, 2u);
  EXPECT_EQ(found.message_of("#lab", 1).balance.undecided, 0u);
}

TEST_F(Routing, WhatTheServerShedsIsAccountedFor) {
  say(1, {1, 2});
  say(2, {1, 2});
  play.server(3, "GAP #lab 1 2");
  say(3, {1, 2, 3});
  play.client(3, "HISTORY #lab after=0");
  copy(3, 1);
  copy(3, 2);
  play.server(3, "END #lab last=2 more=1 oldest=1");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("#lab", 1).balance.shed, 1u);
  EXPECT_EQ(found.message_of("#lab", 2).balance.shed, 1u);
  EXPECT_EQ(found.message_of("#lab", 3).balance.deliveries, 3u);
  EXPECT_EQ(found.count("shed"), 1u);
  EXPECT_EQ(found.count("missing-delivery") + found.count("duplicate-delivery"), 0u);
}

TEST_F(Routing, AChangedCopyIsFound) {
  play.client(1, "SAY #lab :pay 10");
  play.server(1, "OK seq=1 at=1");
  copy(1, 1, "pay 10");
  copy(2, 1, "pay 99");
  copy(3, 1, "pay 10");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("altered-message"), 1u);
}

TEST_F(Routing, AnotherNameOnAMessageIsFound) {
  play.client(1, "SAY #lab :hi");
  play.server(2, "MSG #lab 1 bob 1 :hi");
  play.server(1, "OK seq=1 at=1");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("sender-mismatch"), 1u);
}

TEST_F(Routing, AResendIsNotASecondMessage) {
  play.client(1, "SAY #lab id=x :hi");
  play.server(1, "OK id=x seq=1 at=1");
  for (const std::uint64_t number : {1u, 2u, 3u}) copy(number, 1);
  play.client(1, "SAY #lab id=x :hi");
  play.server(1, "OK id=x seq=1 at=1 dup=1");
  const Collected& found = play.finish();
  ASSERT_EQ(found.messages.size(), 1u);
  EXPECT_EQ(found.count("resend"), 1u);
  EXPECT_TRUE(found.messages[0].balance.holds());
}

TEST_F(Routing, AMessageWhoseReplyWasLostWithTheConnectionIsJoinedToItsCommand) {
  // Goal: the connection drops before OK; the resend on the next one gets dup=1. The message belongs to the
  // first command.
  const std::uint64_t said = play.client(1, "SAY #lab id=x :hi");
  copy(2, 1);
  copy(3, 1);
  play.close(1);
  play.login(4, "alice");
  play.client(4, "SAY #lab id=x :hi");
  play.server(4, "OK id=x seq=1 at=1 dup=1");
  const Collected& found = play.finish();
  ASSERT_EQ(found.messages.size(), 1u);
  EXPECT_EQ(found.messages[0].in.packet, said);
  EXPECT_TRUE(found.messages[0].latency_min.has_value());
}

TEST_F(Routing, ANumberThatNothingHasIsFound) {
  say(1, {1, 2, 3});
  say(4, {1, 2, 3});
  const Collected& found = play.finish();
  ASSERT_EQ(found.count("sequence-hole"), 1u);
  for (const Finding& finding : found.findings) {
    if (finding.kind != "sequence-hole") continue;
    EXPECT_EQ(finding.text, "numbers 2 to 3 of #lab belong to no message in the capture");
  }
}

TEST_F(Routing, ARestartedServerCountsFromOneAgain) {
  say(1, {1, 2, 3});
  say(2, {1, 2, 3});
  for (const std::uint64_t number : {1u, 2u, 3u}) play.close(number);
  play.login(4, "alice");
  play.join(4, "#lab", 1, 0);
  play.client(4, "SAY #lab :again");
  play.server(4, "OK seq=1 at=1");
  play.server(4, "MSG #lab 1 alice 1 :again");
  const Collected& found = play.finish();
  EXPECT_EQ(found.count("server-restart"), 1u);
  ASSERT_EQ(found.messages.size(), 3u);
  EXPECT_EQ(found.messages[2].text, "again");
  EXPECT_EQ(found.messages[2].server, "10.0.0.100:7777/2");
  EXPECT_EQ(found.messages[2].balance.members, 1u);
  EXPECT_EQ(found.count("duplicate-delivery") + found.count("altered-message"), 0u);
  EXPECT_EQ(found.rooms.size(), 2u);
}

TEST(DirectMessages, GoToAllConnectionsOfBothPeopleAndToNobodyElse) {
  Play play;
  play.login(1, "alice");
  play.login(2, "bob");
  play.login(3, "bob");
  play.login(4, "carol");
  play.client(1, "SAY @bob :psst");
  play.server(1, "OK room=@alice,bob seq=1 at=1");
  for (const std::uint64_t number : {1u, 2u, 3u}) play.server(number, "MSG @alice,bob 1 alice 1 :psst");
  play.client(2, "SAY @alice :what?");
  play.server(2, "OK room=@alice,bob seq=2 at=1");
  for (const std::uint64_t number : {1u, 2u, 4u}) play.server(number, "MSG @alice,bob 2 bob 1 :what?");
  play.client(3, "PING");
  play.step(std::chrono::seconds(3));
  play.server(3, "PONG");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("@alice,bob", 1).balance.members, 3u);
  EXPECT_TRUE(found.message_of("@alice,bob", 1).balance.holds());
  const DeliveryBalance& second = found.message_of("@alice,bob", 2).balance;
  EXPECT_EQ(second.members, 3u);
  EXPECT_EQ(second.deliveries, 2u);
  EXPECT_EQ(second.missing, 1u);
  EXPECT_EQ(second.leaked, 1u);
  ASSERT_EQ(found.rooms.size(), 1u);
  EXPECT_EQ(found.rooms[0].kind, "direct");
}

TEST(DirectMessages, WhoLogsInLaterIsNotCounted) {
  Play play;
  play.login(1, "alice");
  play.login(2, "bob");
  play.client(1, "SAY @bob :one");
  play.server(1, "OK room=@alice,bob seq=1 at=1");
  for (const std::uint64_t number : {1u, 2u}) play.server(number, "MSG @alice,bob 1 alice 1 :one");
  play.login(3, "bob");
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("@alice,bob", 1).balance.members, 2u);
}

TEST(Servers, OnDifferentAddressesKeepTheirRoomsApart) {
  Play play;
  play.login(1, "alice");
  play.open(2, false, 8888);
  play.client(2, "LOGIN alice");
  play.server(2, "OK user=alice device=d token=T guest=1");
  for (const std::uint64_t number : {1u, 2u}) {
    play.join(number, "#lab", 1, 0);
    play.client(number, "SAY #lab :hi");
    play.server(number, "OK seq=1 at=1");
    play.server(number, "MSG #lab 1 alice 1 :hi");
  }
  const Collected& found = play.finish();
  ASSERT_EQ(found.messages.size(), 2u);
  EXPECT_NE(found.messages[0].server, found.messages[1].server);
  EXPECT_EQ(found.messages[0].balance.members, 1u);
}

}  // namespace
}  // namespace plaintalk::analyzer
