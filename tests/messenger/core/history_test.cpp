#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

// A room with `count` messages, "m1" to "m<count>".
Person& talk(Lab& lab, int count) {
  Person& alice = lab.guest("alice", {"#lab"});
  for (int n = 1; n <= count; ++n) {
    alice.asks("SAY #lab :m" + std::to_string(n));
    lab.passes(kTickInterval);
  }
  return alice;
}

std::string end_of(const std::string& page) { return page.substr(page.rfind("END ")); }

TEST(History, AfterPagesUpwardsUntilNothingIsLeft) {
  Lab lab;
  Person& alice = talk(lab, 5);
  const std::string first = alice.asks("HISTORY #lab after=1 limit=3");
  EXPECT_EQ(count_of(first, "MSG #lab"), 3U);
  EXPECT_LT(first.find(":m2"), first.find(":m4"));
  EXPECT_EQ(end_of(first), "END #lab last=4 more=1 oldest=1\n");
  const std::string rest = alice.asks("HISTORY #lab after=4 limit=3");
  EXPECT_EQ(count_of(rest, "MSG #lab"), 1U);
  EXPECT_EQ(end_of(rest), "END #lab last=5 more=0 oldest=1\n");
  EXPECT_EQ(alice.asks("HISTORY #lab after=5"), "END #lab last=5 more=0 oldest=1\n");
  EXPECT_EQ(alice.asks("HISTORY #lab after=99"), "END #lab last=5 more=0 oldest=1\n");
}

TEST(History, BeforeGivesTheLastOnesBelowInRisingOrder) {
  Lab lab;
  Person& alice = talk(lab, 5);
  const std::string page = alice.asks("HISTORY #lab before=4 limit=2");
  EXPECT_EQ(count_of(page, "MSG #lab"), 2U);
  EXPECT_LT(page.find(":m2"), page.find(":m3"));
  EXPECT_EQ(end_of(page), "END #lab last=3 more=1 oldest=1\n");
  EXPECT_EQ(end_of(alice.asks("HISTORY #lab before=2")), "END #lab last=1 more=0 oldest=1\n");
  EXPECT_EQ(alice.asks("HISTORY #lab before=1"), "END #lab last=5 more=0 oldest=1\n");
  EXPECT_EQ(alice.asks("HISTORY #lab before=0"), "END #lab last=5 more=0 oldest=1\n");
}

TEST(History, WithoutBoundsTheLatestAreShown) {
  Lab lab;
  Person& alice = talk(lab, 5);
  const std::string page = alice.asks("HISTORY #lab limit=2");
  EXPECT_NE(page.find(":m4"), page.npos);
  EXPECT_NE(page.find(":m5"), page.npos);
  EXPECT_EQ(end_of(page), "END #lab last=5 more=0 oldest=1\n");
}

TEST(History, ItIsByteForByteWhatWasSentLive) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  alice.sends_bytes("SAY #lab :one\nSAY #lab {3}\na\nb\nSAY #lab :" + std::string(1024, 'x') +
                    "\nSAY #lab {1025}\n" + std::string(1025, 'y') + "\n");
  const std::string live = bob.reads();
  const std::string page = bob.asks("HISTORY #lab after=0");
  EXPECT_EQ(page, live + "END #lab last=4 more=0 oldest=1\n");
}

TEST(History, OldFramesLeaveAtTheLimitAndOldestTellsWhatIsKept) {
  ServerConfig config = Lab::quick();
  config.history_count = 3;
  Lab lab(config);
  Person& alice = talk(lab, 10);
  const std::string page = alice.asks("HISTORY #lab after=2");
  EXPECT_EQ(count_of(page, "MSG #lab"), 3U);
  EXPECT_EQ(end_of(page), "END #lab last=10 more=0 oldest=8\n");
  EXPECT_EQ(alice.asks("HISTORY #lab before=8"), "END #lab last=10 more=0 oldest=8\n");
}

TEST(History, OfMoreThanItKeepsInOneTurnTheLastOnesStay) {
  ServerConfig config = Lab::quick();
  config.history_count = 3;
  Lab lab(config);
  Person& alice = talk(lab, 2);
  alice.sends_bytes(
      "SAY #lab :m3\nTOPIC #lab :new\nSAY #lab :m4\nSAY #lab :m5\nSAY #lab :m6\nSAY #lab :m7\n");
  const std::string live = alice.reads();
  const std::string page = alice.asks("HISTORY #lab after=2");
  EXPECT_EQ(page, live.substr(live.find("MSG #lab 5")) + "END #lab last=7 more=0 oldest=5\n");
  alice.asks("SAY #lab :m8");
  EXPECT_EQ(end_of(alice.asks("HISTORY #lab after=2")), "END #lab last=8 more=0 oldest=6\n");
}

TEST(History, AllRoomsTogetherKeepALimitedNumberOfBytes) {
  ServerConfig config = Lab::quick();
  config.history_bytes_max = 1400;  // with what each block and ring costs
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#old"});
  alice.asks("JOIN #new");
  alice.asks("SAY #old :" + std::string(500, 'x'));
  alice.asks("SAY #new :" + std::string(400, 'x'));
  EXPECT_EQ(end_of(alice.asks("HISTORY #old")), "END #old last=1 more=0 oldest=1\n");
  alice.asks("SAY #new :" + std::string(400, 'x'));
  EXPECT_EQ(alice.asks("HISTORY #old after=0"), "END #old last=1 more=0 oldest=2\n");
  EXPECT_EQ(count_of(alice.asks("HISTORY #new after=0"), "MSG "), 2U);
  EXPECT_EQ(value_of(alice.asks("SAY #old :x"), "seq"), "2");  // numbers go on
}

TEST(History, OnlyMembersLookBack) {
  Lab lab;
  talk(lab, 1);
  Person& eve = lab.guest("eve");
  EXPECT_TRUE(eve.asks("HISTORY #lab").starts_with("ERR 403 DENIED verb=HISTORY"));
  EXPECT_TRUE(eve.asks("HISTORY #moon").starts_with("ERR 404 NO_SUCH verb=HISTORY"));
  lab.people.front().asks("SAY @eve :hello");
  EXPECT_TRUE(lab.guest("mallory").asks("HISTORY @alice,eve").starts_with("ERR 403 DENIED"));
  EXPECT_NE(eve.asks("HISTORY @alice").find(":hello"), std::string::npos);
}

TEST(History, ABadRangeIsASyntaxError) {
  Lab lab;
  Person& alice = talk(lab, 1);
  for (const std::string bad :
       {"limit=0", "limit=257", "limit=x", "after=-1", "after=1 before=2", "after=99999999999999999999"})
    EXPECT_TRUE(alice.asks("HISTORY #lab " + bad).starts_with("ERR 400 SYNTAX verb=HISTORY :write:")) << bad;
  EXPECT_TRUE(alice.asks("SYNC #lab before=2").starts_with("ERR 400 SYNTAX verb=SYNC"));
}

TEST(History, APageEndsEarlyWhenItGetsTooBig) {
  ServerConfig config = Lab::quick();
  config.messages_per_second = std::nullopt;
  config.chat_bytes_per_second = std::nullopt;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  for (int n = 0; n < 10; ++n) {
    alice.sends_bytes("SAY #lab {60000}\n" + std::string(60000, 'x') + "\n");
    alice.reads();
  }
  const std::string page = alice.asks("HISTORY #lab after=0");
  EXPECT_EQ(count_of(page, "MSG #lab"), 4U);
  EXPECT_EQ(end_of(page), "END #lab last=4 more=1 oldest=1\n");
  const std::string latest = alice.asks("HISTORY #lab");
  EXPECT_EQ(end_of(latest), "END #lab last=10 more=0 oldest=1\n");
  EXPECT_EQ(count_of(latest, "MSG #lab"), 4U);
}

TEST(Sync, ItJoinsAndShowsWhatWasMissed) {
  Lab lab;
  Person& alice = talk(lab, 3);
  Person& bob = lab.guest("bob");
  const std::string heard = bob.asks("SYNC #lab after=1");
  EXPECT_NE(heard.find("JOINED #lab bob\n"), heard.npos);
  EXPECT_EQ(count_of(heard, "MSG #lab"), 2U);
  EXPECT_EQ(end_of(heard), "END #lab last=3 more=0 oldest=1 members=2\n");
  EXPECT_EQ(alice.reads(), "JOINED #lab bob\n");
  alice.asks("SAY #lab :live");
  EXPECT_NE(bob.reads().find("MSG #lab 4 alice"), std::string::npos);
}

TEST(Sync, WithACursorFromBeforeARestartItTellsTheNewEnd) {
  Lab lab;
  Person& alice = lab.guest("alice");
  EXPECT_EQ(end_of(alice.asks("SYNC #lab after=41")), "END #lab last=0 more=0 oldest=1 members=1\n");
  EXPECT_EQ(alice.asks("SYNC @alice,zoe after=7"), "END @alice,zoe last=0 more=0 oldest=1 members=2\n");
  EXPECT_TRUE(alice.asks("SYNC @zoe after=7").starts_with("ERR 404 NO_SUCH verb=SYNC"));
}

TEST(Sync, NothingIsLostOrRepeatedBetweenThePageAndWhatComesLive) {
  Lab lab;
  Person& alice = talk(lab, 2);
  Person& bob = lab.guest("bob");
  // One turn: alice speaks before and after bob's SYNC.
  lab.core->received(alice.id, "SAY #lab :m3\n", lab.now);
  lab.core->received(bob.id, "SYNC #lab after=0\n", lab.now);
  lab.core->received(alice.id, "SAY #lab :m4\n", lab.now);
  lab.core->end_turn(lab.now);
  const std::string heard = bob.reads();
  for (int n = 1; n <= 4; ++n) EXPECT_EQ(count_of(heard, " :m" + std::to_string(n) + "\n"), 1U) << heard;
  EXPECT_LT(heard.find(":m3"), heard.find("END #lab last=3"));
  EXPECT_GT(heard.find(":m4"), heard.find("END #lab last=3"));
}

TEST(Sync, AGuestSeesNothingOfAnEarlierGuestOfTheSameName) {
  Lab lab;
  Person& bob = lab.guest("bob");
  Person& alice = lab.guest("alice");
  alice.asks("SAY @bob :my secret");
  alice.asks("SAY @alice :note to self");
  alice.asks("QUIT");
  alice.drops();
  Person& impostor = lab.login("LOGIN alice device=d-alice");
  EXPECT_EQ(impostor.asks("HISTORY @bob after=0"), "END @alice,bob last=1 more=0 oldest=2\n");
  EXPECT_EQ(impostor.asks("HISTORY @alice"), "END @alice,alice last=1 more=0 oldest=2\n");
  EXPECT_TRUE(impostor.asks("SAY @bob id=1 :hi").find("seq=2") != std::string::npos);  // numbers go on
  EXPECT_EQ(count_of(impostor.asks("HISTORY @bob after=0"), "MSG "), 1U);
  bob.reads();
  EXPECT_EQ(count_of(bob.asks("HISTORY @alice after=0"), "MSG "), 2U);  // bob keeps what he heard
}

TEST(Sync, AGuestWhoComesBackWithTheTokenSeesTheConversation) {
  Lab lab;
  lab.guest("bob");
  Person& alice = lab.guest("alice");
  alice.asks("SAY @bob :my secret");
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  EXPECT_EQ(count_of(back.asks("SYNC @alice,bob after=0"), "MSG "), 1U);
}

TEST(Sync, AGuestsConversationsStayHiddenAfterTheAccountWasForgotten) {
  Lab lab;
  lab.guest("bob");
  Person& alice = lab.guest("alice");
  alice.asks("SAY @bob :my secret");
  alice.drops();
  lab.passes(Milliseconds(601'000));
  Person& later = lab.guest("alice");
  EXPECT_EQ(count_of(later.asks("HISTORY @bob after=0"), "MSG "), 0U);
  Person& registered = lab.login("REGISTER carol :x");
  EXPECT_FALSE(registered.token.empty());
}

}  // namespace
}  // namespace plaintalk::messenger::test
