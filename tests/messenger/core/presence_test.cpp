#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Presence, AwayIsToldOnceToEverybodyWhoSharesARoom) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#a", "#b"});
  Person& bob = lab.guest("bob", {"#a", "#b"});
  Person& eve = lab.guest("eve");
  bob.reads();
  alice.reads();
  EXPECT_EQ(alice.asks("AWAY id=1 :lunch"), "OK id=1\n");
  EXPECT_EQ(bob.reads(), "PRES alice away :lunch\n");
  EXPECT_EQ(alice.asks("AWAY"), "OK\n");
  EXPECT_EQ(bob.reads(), "PRES alice online\n");
  alice.asks("AWAY");
  EXPECT_EQ(bob.reads(), "");  // no news
  EXPECT_EQ(eve.reads(), "");
}

TEST(Presence, LeavingForGoodIsToldAtOnce) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#a", "#b"});
  Person& bob = lab.guest("bob", {"#a", "#b"});
  bob.reads();
  alice.sends_bytes("SAY #a :last words\nQUIT\n");
  const std::string heard = bob.reads();
  EXPECT_EQ(count_of(heard, "PRES alice gone\n"), 1U) << heard;
  EXPECT_EQ(count_of(heard, "PARTED "), 2U) << heard;
  EXPECT_EQ(count_of(heard, "reason=quit"), 2U) << heard;
  EXPECT_LT(heard.find(":last words"), heard.find("PARTED #a"));
}

TEST(Presence, ALostConnectionIsAnnouncedAfterTwentySeconds) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.drops();
  lab.passes(Milliseconds(19'900));
  EXPECT_EQ(bob.reads(), "");
  EXPECT_NE(bob.asks("WHO #lab").find("NOTE WHO #lab alice state=gone\n"), std::string::npos);
  EXPECT_EQ(value_of(bob.asks("JOIN #lab"), "members"), "2");
  lab.passes(Milliseconds(200));
  EXPECT_EQ(bob.reads(), "PRES alice gone\nPARTED #lab alice reason=dropped\n");
  EXPECT_EQ(value_of(bob.asks("JOIN #lab"), "members"), "1");
  EXPECT_TRUE(lab.events.has("room part #lab alice dropped"));
}

TEST(Presence, WhoComesBackInTimeIsNeverMissed) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  alice.drops();
  lab.passes(Milliseconds(10'000));
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  EXPECT_TRUE(back.asks("SYNC #lab after=0").ends_with("members=2\n"));
  lab.passes(Milliseconds(15'000));
  EXPECT_EQ(bob.reads(), "");
}

TEST(Presence, WhoeverComesBackToOneRoomOnlyHasPartedFromTheOther) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#a", "#b"});
  Person& bob = lab.guest("bob", {"#a", "#b"});
  bob.reads();
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("JOIN #a");
  lab.passes(Milliseconds(21'000));
  EXPECT_EQ(bob.reads(), "PARTED #b alice reason=dropped\n");
}

TEST(Presence, AReplacedConnectionThatDoesNotComeBackHasPartedAsReplaced) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  Person& again = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  EXPECT_TRUE(alice.is_cut_by_server());
  lab.passes(Milliseconds(21'000));
  EXPECT_EQ(bob.reads(), "PARTED #lab alice reason=replaced\n");
  EXPECT_FALSE(again.is_cut_by_server());
}

TEST(Presence, AGuestWhoStartsAfreshIsInNoRoomOfTheEarlierOne) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.drops();
  EXPECT_TRUE(lab.connect().asks("LOGIN alice").starts_with("ERR 409 NAME_TAKEN"));
  lab.passes(Milliseconds(20'000));
  EXPECT_NE(bob.reads().find("PARTED #lab alice reason=dropped\n"), std::string::npos);
  lab.guest("alice");
  EXPECT_EQ(count_of(bob.asks("WHO #lab"), "NOTE WHO"), 1U);
}

TEST(Presence, LargeRoomsAreNotTold) {
  ServerConfig config = Lab::quick();
  config.room_member_announce_max = 2;
  Lab lab(config);
  Person& a = lab.guest("a");
  Person& b = lab.guest("b");
  Person& c = lab.guest("c");
  for (Person* person : {&a, &b, &c}) person->asks("JOIN #lab");
  b.asks("AWAY :x");
  b.asks("QUIT");
  EXPECT_EQ(count_of(a.reads(), " b "), 0U);
  EXPECT_EQ(count_of(c.reads(), " b "), 0U);
}

// Goal: what people say when they leave reaches those who stay, within its bound, and QUIT always works.
TEST(Presence, PartingWordsReachTheOthers) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#a", "#b"});
  Person& bob = lab.guest("bob", {"#a", "#b"});
  alice.reads();
  bob.reads();
  EXPECT_EQ(alice.asks("PART #a :off to lunch"), "OK room=#a\n");
  EXPECT_EQ(bob.reads(), "PARTED #a alice reason=part :off to lunch\n");
  EXPECT_TRUE(
      alice.asks("PART #b :" + std::string(257, 'x')).starts_with("ERR 413 TOO_LARGE verb=PART max=256 "));
  EXPECT_EQ(bob.reads(), "");
  alice.sends_bytes("QUIT :see you\n");
  EXPECT_EQ(bob.reads(), "PRES alice gone\nPARTED #b alice reason=quit :see you\n");
  Person& carol = lab.guest("carol", {"#b"});
  bob.reads();
  carol.sends_bytes("QUIT {257}\n" + std::string(257, 'x') + "\n");
  EXPECT_EQ(bob.reads(), "PRES carol gone\nPARTED #b carol reason=quit\n");
}

// What the server says to a login from a new connection, whose person is left in `person`.
std::string login_reply(Lab& lab, std::string_view line, Person*& person) {
  person = &lab.connect();
  person->sends(line);
  lab.works_on_passwords();
  return person->reads();
}

// Goal: who was away is told which conversations went on, until it has asked for them.
TEST(Presence, DirectMessagesThatCameWhileAwayAreToldAtLogin) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& first = lab.login("LOGIN bob device=pc :secret");
  alice.asks("SAY @bob :heard");
  EXPECT_NE(first.reads().find(":heard"), std::string::npos);
  lab.passes(kTickInterval);
  first.asks("PING");
  first.drops();
  alice.asks("SAY @bob :two");
  alice.asks("SAY @bob :three");
  const std::string note =
      "NOTE DIRECT @alice,bob after=1 last=3 :messages from alice came while you were away; HISTORY @alice "
      "after=1 shows them\n";
  Person* bob = nullptr;
  std::string heard = login_reply(lab, "LOGIN bob device=pc :secret", bob);
  EXPECT_EQ(count_of(heard, note), 1U) << heard;
  bob->drops();  // it may never have got it
  heard = login_reply(lab, "LOGIN bob device=phone :secret", bob);
  EXPECT_EQ(count_of(heard, note), 1U) << heard;
  bob->asks("PING");  // may have been under way before the note was
  bob->drops();
  alice.asks("JOIN #lab");
  heard = login_reply(lab, "LOGIN bob device=phone :secret", bob);
  EXPECT_EQ(count_of(heard, note), 1U) << heard;
  alice.asks("SAY @bob :heard as well");
  EXPECT_NE(bob->asks("HISTORY @alice after=1").find(":two\n"), std::string::npos);
  bob->drops();
  heard = login_reply(lab, "LOGIN bob device=phone :secret", bob);
  EXPECT_EQ(count_of(heard, "NOTE DIRECT"), 0U) << heard;
}

}  // namespace
}  // namespace plaintalk::messenger::test
