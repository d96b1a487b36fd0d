#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Rooms, JoiningMakesTheRoomAndEverybodyInItHears) {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  EXPECT_EQ(alice.asks("JOIN #Lab id=1"), "OK id=1 room=#lab members=1 last=0\nJOINED #lab alice\n");
  EXPECT_EQ(bob.asks("JOIN #lab"), "OK room=#lab members=2 last=0\nJOINED #lab bob\n");
  EXPECT_EQ(alice.reads(), "JOINED #lab bob\n");
  EXPECT_TRUE(lab.events.has("room create #lab alice"));
  EXPECT_TRUE(lab.events.has("room join #lab bob"));
}

TEST(Rooms, JoiningTwiceIsAnsweredAndChangesNothing) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  EXPECT_EQ(alice.asks("JOIN #lab"), "OK room=#lab members=1 last=0\n");
}

TEST(Rooms, JoinTellsTheTopicAndTheLastNumber) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  alice.asks("TOPIC #lab :routers and switches");
  alice.asks("SAY #lab :one");
  EXPECT_EQ(lab.guest("bob").asks("JOIN #lab"),
            "OK room=#lab members=2 last=1 :routers and switches\nJOINED #lab bob\n");
}

TEST(Rooms, PartingIsToldToTheOthersOnly) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.reads();
  EXPECT_EQ(bob.asks("PART #lab"), "OK room=#lab\n");
  EXPECT_EQ(alice.reads(), "PARTED #lab bob reason=part\n");
  EXPECT_TRUE(bob.asks("PART #lab").starts_with("ERR 403 DENIED verb=PART :"));
  EXPECT_TRUE(bob.asks("PART #moon").starts_with("ERR 404 NO_SUCH verb=PART :"));
  EXPECT_TRUE(bob.asks("SAY #lab :x").starts_with("ERR 403 DENIED verb=SAY :"));
}

TEST(Rooms, NothingOfTheRoomComesAfterTheAnswerToPart) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  alice.sends_bytes("SAY #lab :one\nPART #lab\nPING\n");
  const std::string heard = alice.reads();
  EXPECT_LT(heard.find("MSG #lab 1 "), heard.find("OK room=#lab\n")) << heard;
  EXPECT_TRUE(heard.ends_with("OK room=#lab\nPONG\n"));
}

TEST(Rooms, OnlyTheFirstAndTheLastDeviceOfAnAccountAreAnnounced) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  Person& pc = lab.login("LOGIN bob device=pc :secret");
  Person& tablet = lab.login("LOGIN bob device=tablet :secret");
  pc.asks("JOIN #lab");
  EXPECT_EQ(alice.reads(), "JOINED #lab bob\n");
  EXPECT_EQ(tablet.asks("JOIN #lab"), "OK room=#lab members=2 last=0\n");
  EXPECT_EQ(alice.reads(), "");
  pc.asks("PART #lab");
  EXPECT_EQ(alice.reads(), "");
  tablet.asks("QUIT");
  EXPECT_EQ(alice.reads(), "PARTED #lab bob reason=quit\n");
}

TEST(Rooms, LargeRoomsAnnounceNoJoins) {
  ServerConfig config = Lab::quick();
  config.room_member_announce_max = 2;
  Lab lab(config);
  Person& a = lab.guest("a");
  Person& b = lab.guest("b");
  Person& c = lab.guest("c");
  a.asks("JOIN #lab");
  b.asks("JOIN #lab");
  a.reads();
  EXPECT_EQ(c.asks("JOIN #lab"), "OK room=#lab members=3 last=0\n");
  c.asks("PART #lab");
  EXPECT_EQ(a.reads(), "");
}

TEST(Rooms, RoomsAreListedInAlphabeticalOrder) {
  Lab lab;
  Person& alice = lab.guest("alice");
  for (const std::string room : {"#zoo", "#art", "#lab"}) alice.asks("JOIN " + room);
  alice.asks("TOPIC #lab :nets");
  alice.asks("SAY #lab :x");
  alice.asks("SAY @alice :note to self");
  EXPECT_EQ(alice.asks("ROOMS id=r"),
            "NOTE ROOM #art members=1 last=0\nNOTE ROOM #lab members=1 last=1 :nets\nNOTE ROOM #zoo "
            "members=1 last=0\n"
            "OK id=r count=3\n");
}

TEST(Rooms, ARoomWithoutMembersLivesOnlyWhenSomethingWasSaidInIt) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#quiet"});
  alice.asks("JOIN #loud");
  alice.asks("SAY #loud :hello");
  alice.asks("PART #quiet");
  alice.asks("PART #loud");
  EXPECT_EQ(alice.asks("ROOMS"), "NOTE ROOM #loud members=0 last=1\nOK count=1\n");
  alice.asks("JOIN #loud");
  EXPECT_EQ(value_of(alice.asks("SAY #loud :again"), "seq"), "2");
}

TEST(Rooms, WhoListsMembersWithDeviceStateAndDisplayName) {
  Lab lab;
  Person& alice = lab.login("LOGIN alice device=pc display=Alice%20L%C3%B6we");
  alice.asks("JOIN #lab");
  Person& bob = lab.guest("bob", {"#lab"});
  bob.asks("AWAY :lunch");
  alice.reads();
  EXPECT_EQ(alice.asks("WHO #lab"),
            "NOTE WHO #lab alice state=online :Alice L\xc3\xb6we\nNOTE WHO #lab bob state=away\n"
            "OK count=2\n");
  EXPECT_EQ(alice.asks("WHO @bob"), "NOTE WHO @bob bob state=away\nOK count=1\n");
  EXPECT_EQ(count_of(alice.asks("WHO"), "NOTE WHO * "), 2U);
  EXPECT_TRUE(alice.asks("WHO @nobody").starts_with("ERR 404 NO_SUCH verb=WHO"));
  EXPECT_TRUE(alice.asks("WHO #nowhere").starts_with("ERR 404 NO_SUCH verb=WHO"));
}

TEST(Rooms, TheTopicIsSetByMembersAndHeardByThem) {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  alice.asks("JOIN #lab");
  EXPECT_EQ(bob.asks("TOPIC #lab"), "OK room=#lab\n");
  EXPECT_TRUE(bob.asks("TOPIC #lab :mine").starts_with("ERR 403 DENIED verb=TOPIC"));
  const std::string heard = alice.asks("TOPIC #lab :packets");
  EXPECT_EQ(heard, "OK room=#lab\nTOPIC #lab alice 1789201500000 :packets\n");
  EXPECT_EQ(bob.asks("TOPIC #lab"), "OK room=#lab :packets\n");
  EXPECT_TRUE(alice.asks("TOPIC #moon").starts_with("ERR 404 NO_SUCH verb=TOPIC"));
  EXPECT_TRUE(alice.asks("TOPIC #lab :" + std::string(1025, 'x'))
                  .starts_with("ERR 413 TOO_LARGE verb=TOPIC max=1024"));
}

TEST(Rooms, OneUserMayBeInALimitedNumberOfRooms) {
  ServerConfig config = Lab::quick();
  config.rooms_per_user_max = 2;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#a"});
  alice.asks("JOIN #b");
  EXPECT_TRUE(alice.asks("JOIN #c").starts_with("ERR 429 RATE verb=JOIN max=2 :"));
  EXPECT_TRUE(alice.asks("SYNC #c").starts_with("ERR 429 RATE verb=SYNC max=2 :"));
  alice.asks("PART #a");
  EXPECT_TRUE(alice.asks("JOIN #c").starts_with("OK "));
}

TEST(Rooms, TheServerHoldsALimitedNumberOfRooms) {
  ServerConfig config = Lab::quick();
  config.room_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#a"});
  EXPECT_TRUE(alice.asks("JOIN #b").starts_with("ERR 503 BUSY verb=JOIN retry=10000 :"));
  EXPECT_TRUE(alice.asks("SAY @alice :x").starts_with("OK room=@alice,alice "));  // counted apart
  alice.asks("PART #a");  // nothing was said there, so its place is free
  EXPECT_TRUE(alice.asks("JOIN #b").starts_with("OK "));
}

TEST(Rooms, AListThatWouldNotFitIsCutAndSaysSo) {
  ServerConfig config = Lab::quick();
  config.reply_queue_bytes_max = 400;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  for (int index = 10; index < 30; ++index) alice.asks("JOIN #room" + std::to_string(index));
  const std::string heard = alice.asks("ROOMS");
  EXPECT_LT(count_of(heard, "NOTE ROOM"), 20U);
  EXPECT_NE(heard.find(" more=1\n"), heard.npos);
  EXPECT_FALSE(alice.is_cut_by_server());
}

}  // namespace
}  // namespace plaintalk::messenger::test
