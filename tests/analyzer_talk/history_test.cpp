#include <gtest/gtest.h>

#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

std::string msg(std::uint64_t seq, const std::string& room = "#lab") {
  return "MSG " + room + ' ' + std::to_string(seq) + " alice 1 :text " + std::to_string(seq);
}

class History : public testing::Test {
 protected:
  void SetUp() override {
    play.login(1, "alice");
    play.join(1, "#lab", 1, 0);
    for (std::uint64_t seq = 1; seq <= 3; ++seq) say(seq, {1});
  }
  void say(std::uint64_t seq, const std::vector<std::uint64_t>& to) {
    play.client(1, "SAY #lab :text " + std::to_string(seq));
    play.server(1, "OK seq=" + std::to_string(seq) + " at=1");
    for (const std::uint64_t number : to) play.server(number, msg(seq));
  }
  void expect_no_trouble(const Collected& found) {
    for (const Finding& finding : found.findings) EXPECT_NE(finding.severity, Severity::high) << finding.text;
  }
  Play play;
};

TEST_F(History, APageIsNoDelivery) {
  play.login(2, "bob");
  play.client(2, "SYNC #lab after=0");
  for (std::uint64_t seq = 1; seq <= 3; ++seq) play.server(2, msg(seq));
  play.server(2, "END #lab last=3 more=0 oldest=1 members=2");
  say(4, {1, 2});
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.message_of("#lab", 1).balance.members, 1u);
  EXPECT_EQ(found.message_of("#lab", 4).balance.members, 2u);
  EXPECT_EQ(found.message_of("#lab", 4).balance.deliveries, 2u);
  EXPECT_EQ(found.rooms[0].replays, 3u);
}

TEST_F(History, AMemberMayPageWhatItAlreadyHas) {
  play.client(1, "HISTORY #lab after=0");
  for (std::uint64_t seq = 1; seq <= 3; ++seq) play.server(1, msg(seq));
  play.server(1, "END #lab last=3 more=0 oldest=1");
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.rooms[0].replays, 3u);
}

TEST_F(History, ALiveMessageBetweenThePageAndItsEndIsADelivery) {
  play.login(2, "bob");
  play.client(2, "SYNC #lab after=1");
  play.server(2, msg(2));
  play.server(2, msg(3));
  say(4, {1, 2});
  play.server(2, "END #lab last=3 more=0 oldest=1 members=2");
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.message_of("#lab", 4).balance.deliveries, 2u);
  EXPECT_EQ(found.rooms[0].replays, 2u);
}

TEST_F(History, SeveralPagesAfterOneSyncAreAllReplays) {
  play.login(2, "bob");
  play.client(2, "SYNC #lab after=0 limit=2");
  play.server(2, msg(1));
  play.server(2, msg(2));
  play.server(2, "END #lab last=2 more=1 oldest=1 members=2");
  say(4, {1, 2});
  play.client(2, "HISTORY #lab after=2");
  play.server(2, msg(3));
  play.server(2, msg(4));
  play.server(2, "END #lab last=4 more=0 oldest=1");
  say(5, {1, 2});
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.message_of("#lab", 4).balance.deliveries, 2u);
  EXPECT_EQ(found.message_of("#lab", 5).balance.deliveries, 2u);
  EXPECT_EQ(found.message_of("#lab", 3).balance.members, 1u);
}

TEST_F(History, OldMessagesKnownOnlyFromAPageGetARow) {
  Play late;
  late.login(1, "bob");
  late.client(1, "SYNC #lab after=0");
  late.server(1, msg(7));
  late.server(1, msg(8));
  late.server(1, "END #lab last=8 more=0 oldest=7 members=2");
  const Collected& found = late.finish();
  ASSERT_EQ(found.messages.size(), 2u);
  EXPECT_EQ(found.messages[0].origin, "history");
  EXPECT_EQ(found.messages[0].text, "text 7");
  EXPECT_EQ(found.messages[0].balance.members, 0u);
  EXPECT_TRUE(found.messages[0].deliveries.empty());
  EXPECT_EQ(found.count("sequence-hole"), 0u);
}

TEST_F(History, ACopyOutsideOfAPageIsADuplicateEvenBeforeALaterPage) {
  play.server(1, msg(3));
  play.server(1, msg(2));
  play.client(1, "HISTORY #lab after=2");
  play.server(1, msg(3));
  play.server(1, "END #lab last=3 more=0 oldest=1");
  const Collected& found = play.finish();
  EXPECT_GE(found.count("duplicate-delivery"), 1u);
  EXPECT_EQ(found.rooms[0].replays, 2u)
      << "number 2 falls steadily towards 3 and passes for a part of the page";
}

TEST_F(History, ReplaysLongAfterTheMessageWasCountedAreNoNews) {
  play.step(MessageTable::kFinalizeAfter + std::chrono::seconds(1));
  play.client(1, "HISTORY #lab after=0");
  for (std::uint64_t seq = 1; seq <= 3; ++seq) play.server(1, msg(seq));
  play.server(1, "END #lab last=3 more=0 oldest=1");
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.messages.size(), 3u);
  EXPECT_EQ(found.rooms[0].replays, 3u);
}

TEST_F(History, ResumingByCursorAfterALostConnectionRepeatsNothing) {
  play.login(2, "bob");
  play.join(2, "#lab", 2, 3);
  say(4, {1, 2});
  play.close(2);
  play.step(std::chrono::seconds(2));
  say(5, {1});
  play.login(3, "bob");
  play.client(3, "SYNC #lab after=4");
  play.server(3, msg(5));
  play.server(3, "END #lab last=5 more=0 oldest=1 members=2");
  say(6, {1, 3});
  const Collected& found = play.finish();
  expect_no_trouble(found);
  EXPECT_EQ(found.message_of("#lab", 5).balance.members, 1u);
  EXPECT_EQ(found.message_of("#lab", 6).balance.members, 2u);
}

TEST(DirectHistory, IsToldApartFromLiveCopies) {
  Play play;
  play.login(1, "alice");
  for (std::uint64_t seq = 1; seq <= 2; ++seq) {
    play.client(1, "SAY @bob :text " + std::to_string(seq));
    play.server(1, "OK room=@alice,bob seq=" + std::to_string(seq) + " at=1");
    play.server(1, msg(seq, "@alice,bob"));
  }
  play.login(2, "bob");
  play.client(2, "HISTORY @alice after=0");
  play.server(2, msg(1, "@alice,bob"));
  play.server(2, msg(2, "@alice,bob"));
  play.server(2, "END @alice,bob last=2 more=0 oldest=1");
  play.client(1, "SAY @bob :text 3");
  play.server(1, "OK room=@alice,bob seq=3 at=1");
  play.server(1, msg(3, "@alice,bob"));
  play.server(2, msg(3, "@alice,bob"));
  const Collected& found = play.finish();
  EXPECT_EQ(found.message_of("@alice,bob", 1).balance.members, 1u);
  EXPECT_EQ(found.message_of("@alice,bob", 3).balance.deliveries, 2u);
  EXPECT_EQ(found.rooms[0].replays, 2u);
  for (const Finding& finding : found.findings) EXPECT_NE(finding.severity, Severity::high) << finding.text;
}

}  // namespace
}  // namespace plaintalk::analyzer
