// What the next holder of a guest's name, or of a place in a room, may find of the one before: nothing.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

struct LaterHolder : ::testing::Test {
  static ServerConfig settings() {
    ServerConfig config = Lab::quick();
    config.presence_grace = Milliseconds(300);
    config.ping_interval = std::nullopt;
    return config;
  }
  // Within the turn of the server that has begun.
  void says(Person& person, std::string_view line) {
    lab.core->received(person.id, std::string(line) + "\n", lab.now);
  }
  void quits(Person& person) {
    person.asks("QUIT");
    person.drops();
  }

  Lab lab{settings()};
  Person& alice = lab.guest("alice", {"#lab"});
};

// Everything happens in one turn of the server, so frames wait in the batch of the conversation.
TEST_F(LaterHolder, HearsNothingThatWasSaidBeforeInTheSameTurn) {
  Person& dave = lab.guest("dave");
  Person& later = lab.connect();
  says(alice, "SAY @dave :secret");
  says(dave, "QUIT");
  says(later, "LOGIN dave");
  says(alice, "SAY @dave :for the new one");
  lab.core->end_turn(lab.now);
  EXPECT_NE(dave.reads().find("secret"), std::string::npos);
  const std::string heard = later.reads();
  EXPECT_EQ(heard.find("secret"), heard.npos) << heard;
  EXPECT_NE(heard.find("MSG @alice,dave 2 alice"), heard.npos) << heard;
  const std::string page = later.asks("HISTORY @alice");
  EXPECT_EQ(page.find("secret"), page.npos) << page;
  EXPECT_EQ(value_of(page, "oldest"), "2");
}

// Whoever says something to the same person again is not looked up again: that must not outlive the person,
// nor serve for somebody else.
TEST_F(LaterHolder, IsFoundHoweverTheNameIsWrittenAndWhateverWasSaidLast) {
  Person& dave = lab.guest("dave");
  Person& carol = lab.guest("carol");
  for (const char* target : {"@dave", "@dave", "@carol", "@dave", "@DAVE", "@alice,dave", "@dave", "@alice"})
    EXPECT_TRUE(alice.asks("SAY " + std::string(target) + " :x").find("OK room=@") != std::string::npos)
        << target;
  EXPECT_NE(dave.reads().find("MSG @alice,dave 6 alice"), std::string::npos);
  EXPECT_NE(carol.reads().find("MSG @alice,carol 1 alice"), std::string::npos);
  EXPECT_NE(alice.asks("SAY @dave :x").find("seq=7"), std::string::npos);

  quits(dave);
  EXPECT_NE(alice.asks("SAY @dave :nobody is there").find("ERR 404"), std::string::npos);
  EXPECT_NE(alice.asks("SAY @dav :nobody is called that").find("ERR 404"), std::string::npos);
  Person& later = lab.guest("dave");
  EXPECT_NE(alice.asks("SAY @dave :for the new one").find("OK room=@alice,dave"), std::string::npos);
  EXPECT_NE(later.reads().find("for the new one"), std::string::npos);
}

TEST_F(LaterHolder, HearsNothingThatWasSaidInTheRoomBeforeInTheSameTurn) {
  Person& dave = lab.guest("dave");
  says(alice, "SAY #lab :secret");
  says(dave, "JOIN #lab");
  says(alice, "SAY #lab :for all");
  lab.core->end_turn(lab.now);
  const std::string heard = dave.reads();
  EXPECT_EQ(heard.find("secret"), heard.npos) << heard;
  EXPECT_NE(heard.find("for all"), heard.npos) << heard;
}

// After PART nothing of the room comes, in whatever order the turn had it.
TEST_F(LaterHolder, AnExMemberHearsNothingAfterPart) {
  Person& dave = lab.guest("dave", {"#lab"});
  says(dave, "PART #lab");
  says(alice, "SAY #lab :secret");
  says(alice, "TOPIC #lab :secret");
  says(alice, "AWAY :secret");
  lab.core->end_turn(lab.now);
  EXPECT_EQ(dave.reads(), "OK room=#lab\n");
}

// A gap is owed to a connection for a room: it is told before the membership ends, and goes with it.
TEST_F(LaterHolder, AnExMemberIsOwedNoGap) {
  ServerConfig config = settings();
  config.room_queue_bytes_max = 500;
  Lab narrow(config);
  Person& speaker = narrow.guest("alice", {"#lab"});
  Person& slow = narrow.guest("dave", {"#lab"});
  slow.reads();
  for (int n = 0; n < 9; ++n) speaker.asks("SAY #lab {200}\n" + std::string(200, 'x'));
  slow.sends("PART #lab");
  speaker.asks("SAY #lab :after that");
  const std::string heard = slow.reads();
  EXPECT_EQ(count_of(heard, "GAP #lab "), 1U) << heard;
  EXPECT_TRUE(heard.ends_with(" 9\nOK room=#lab\n")) << heard;
  EXPECT_EQ(slow.asks("PING :x"), "PONG :x\n");
}

TEST_F(LaterHolder, HasNoneOfTheRequestsTokensStateAndUploadsOfTheFirst) {
  Person& dave = lab.login("LOGIN dave device=d display=First");
  dave.asks("JOIN #lab");
  dave.asks("AWAY :gone fishing");
  const std::string sent = dave.asks("SAY #lab id=1 :hello");
  const std::string file = put(dave, "x", "content", "#lab");
  const std::string token = dave.token;
  quits(dave);
  Person& later = lab.login("LOGIN dave device=d");
  EXPECT_EQ(later.asks("WHO @dave"), "NOTE WHO @dave dave state=online\nOK count=1\n");
  const std::string rooms = later.asks("WHO #lab");
  EXPECT_EQ(rooms.find(" dave "), rooms.npos) << rooms;
  later.asks("JOIN #lab");
  const std::string again = later.asks("SAY #lab id=1 :hello");
  EXPECT_EQ(again.find("dup=1"), again.npos) << again;
  EXPECT_TRUE(later.asks("STAT " + file).starts_with("ERR 410 EXPIRED"));
  quits(later);
  Person& thief = lab.connect();
  EXPECT_TRUE(thief.asks("LOGIN dave device=d token=" + token).starts_with("ERR 402 BAD_LOGIN"));
}

// Somebody was lost and may still come back: who takes the name once it is free has not come back.
TEST_F(LaterHolder, IsNotInTheRoomsOfALostGuest) {
  Person& dave = lab.guest("dave", {"#lab"});
  dave.drops();  // it never showed that it got its token: the name is free at once
  Person& later = lab.connect();
  alice.reads();
  const std::string heard = later.asks("LOGIN dave");
  ASSERT_TRUE(heard.starts_with("OK ") || heard.starts_with("ERR 409 ")) << heard;
  if (heard.starts_with("ERR")) {
    lab.passes(Milliseconds(400));
    ASSERT_TRUE(later.asks("LOGIN dave").starts_with("OK "));
  }
  EXPECT_EQ(count_of(alice.reads(), "PARTED #lab dave reason=dropped"), 1U);
  alice.asks("SAY #lab :secret");
  EXPECT_EQ(later.reads(), "");
  EXPECT_TRUE(later.asks("HISTORY #lab").starts_with("ERR 403 "));
  EXPECT_EQ(value_of(alice.asks("JOIN #lab"), "members"), "1");
}

// An account that is registered is somebody else than the guests who had the name.
TEST_F(LaterHolder, ARegisteredAccountHasNothingOfTheGuest) {
  Person& dave = lab.login("LOGIN dave device=d");
  const std::string token = dave.token;
  alice.asks("SAY @dave id=7 :secret");
  dave.reads();
  quits(dave);
  Person& account = lab.login("REGISTER dave device=d :tulip9");
  EXPECT_EQ(count_of(account.asks("HISTORY @alice"), "secret"), 0U);
  EXPECT_EQ(count_of(account.asks("SYNC @alice after=0"), "secret"), 0U);
  quits(account);
  Person& thief = lab.connect();
  EXPECT_TRUE(thief.asks("LOGIN dave device=d token=" + token).starts_with("ERR 402 BAD_LOGIN"));
  EXPECT_TRUE(thief.asks("LOGIN dave device=d").starts_with("ERR 402 BAD_LOGIN"));
}

}  // namespace
}  // namespace plaintalk::messenger::test
