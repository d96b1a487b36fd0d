#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

ServerConfig small_queues() {
  ServerConfig config = Lab::quick();
  config.messages_per_second = std::nullopt;
  config.chat_bytes_per_second = std::nullopt;
  config.room_queue_bytes_max = 1000;
  return config;
}

const std::string kLong(350, 'x');  // two such messages fit into the queue, three do not

TEST(SlowReader, TrafficOverTheLimitIsShedAndTheGapIsNamedOnceItHasDrained) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  for (int n = 1; n <= 10; ++n) alice.asks("SAY #lab :" + kLong);
  EXPECT_TRUE(lab.events.has("routed #lab 2 msg alice to 1,2 shed"));
  EXPECT_TRUE(lab.events.has("routed #lab 3 msg alice to 1 shed 2"));
  const std::string first = bob.reads_at_most(400);
  EXPECT_EQ(count_of(first, "GAP"), 0U);
  const std::string rest = bob.reads();
  EXPECT_TRUE(rest.ends_with("GAP #lab 3 10\n")) << rest;
  EXPECT_EQ(count_of(first + rest, "MSG #lab"), 2U);
  alice.asks("SAY #lab :live again");
  EXPECT_NE(bob.reads().find("MSG #lab 11 alice"), std::string::npos);
  const std::string repair = bob.asks("HISTORY #lab after=2 limit=8");
  EXPECT_EQ(count_of(repair, "MSG #lab"), 8U);
  EXPECT_TRUE(repair.ends_with("END #lab last=10 more=1 oldest=1\n"));
}

TEST(SlowReader, NothingLiveOvertakesTheGapOfItsRoom) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  for (int n = 1; n <= 3; ++n) alice.asks("SAY #lab :" + kLong);
  bob.reads_at_most(200);         // there is place again, but more than half of it is used
  alice.asks("SAY #lab :short");  // would fit
  const std::string heard = bob.reads();
  EXPECT_EQ(count_of(heard, ":short"), 0U);
  EXPECT_TRUE(heard.ends_with("GAP #lab 3 4\n")) << heard;
}

TEST(SlowReader, EachRoomHasItsOwnGap) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#a", "#b"});
  Person& bob = lab.guest("bob", {"#a", "#b"});
  bob.reads();
  for (int n = 1; n <= 4; ++n) {
    alice.asks("SAY #a :" + kLong);
    alice.asks("SAY #b :" + kLong);
    alice.asks("SAY @bob :" + kLong);
  }
  const std::string heard = bob.reads();
  EXPECT_EQ(count_of(heard, "GAP #a 2 4\n"), 1U) << heard;
  EXPECT_EQ(count_of(heard, "GAP #b 2 4\n"), 1U) << heard;
  EXPECT_EQ(count_of(heard, "GAP @alice,bob 1 4\n"), 1U) << heard;
}

// In one turn something is shed, more would fit again, and the slow reader's session ends.
TEST(SlowReader, TheEndOfASessionTellsOfGapsAndNothingComesWithoutThem) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  for (int n = 1; n <= 3; ++n) alice.asks("SAY #lab :" + kLong);
  std::string heard = bob.reads_at_most(200);
  bob.sends_bytes("SAY #lab :short\nQUIT\n");
  heard += bob.reads();
  EXPECT_EQ(count_of(heard, "MSG #lab"), 2U) << heard;
  EXPECT_TRUE(heard.ends_with("GAP #lab 3 4\nBYE :goodbye\n")) << heard;
}

TEST(SlowReader, AGapIsToldBeforeItsConversationMakesWayForAnother) {
  ServerConfig config = small_queues();
  config.conversation_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  for (int n = 1; n <= 3; ++n) alice.asks("SAY @bob :" + kLong);
  alice.asks("SAY @alice :another conversation");
  alice.asks("SAY @bob :again");
  const std::string heard = bob.reads();
  EXPECT_LT(heard.find("GAP @alice,bob 3 3\n"), heard.find("MSG @alice,bob 4 alice ")) << heard;
  EXPECT_EQ(count_of(heard, "GAP"), 1U) << heard;
}

TEST(SlowReader, ABarrierTellsOfGapsToo) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  for (int n = 1; n <= 3; ++n) alice.asks("SAY #lab :" + kLong);
  bob.sends("PING :b");
  alice.asks("SAY #lab :later");
  const std::string heard = bob.reads();
  EXPECT_LT(heard.find("GAP #lab 3 3\n"), heard.find("PONG :b\n")) << heard;
  EXPECT_LT(heard.find("PONG :b\n"), heard.find("MSG #lab 4 "))
      << "live traffic goes on behind the GAP: " << heard;
}

TEST(SlowReader, OneFrameAlwaysFitsIntoAnEmptyQueue) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  const std::string heard = alice.asks("SAY #lab :" + std::string(2000, 'x'));
  EXPECT_EQ(count_of(heard, "MSG #lab 1"), 1U);
  EXPECT_EQ(count_of(heard, "GAP"), 0U);
}

TEST(SlowReader, AFastReaderNeverSeesAGapBecauseOfASlowOne) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  Person& slow = lab.guest("slow");
  for (Person* person : {&alice, &bob, &slow}) person->asks("JOIN #lab");
  std::string heard;
  for (int n = 1; n <= 50; ++n) {
    alice.asks("SAY #lab :" + kLong);
    heard += bob.reads();
  }
  EXPECT_EQ(count_of(heard, "MSG #lab"), 50U);
  EXPECT_EQ(count_of(heard, "GAP"), 0U);
}

TEST(SlowReader, OwnRepliesAreCountedApartFromWhatOthersSay) {
  Lab lab(small_queues());
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  for (int n = 1; n <= 5; ++n) alice.asks("SAY #lab :" + kLong);
  bob.sends_bytes("ROOMS\nPART #lab\n");  // can still act
  const std::string heard = bob.reads();
  EXPECT_NE(heard.find("OK room=#lab\n"), heard.npos);
}

TEST(SlowReader, SomebodyWhoDoesNotReadItsRepliesIsNotReadEither) {
  Lab lab;
  Person& alice = lab.guest("alice");
  std::string pings;
  for (int n = 0; n < 20; ++n) pings += "PING {30000}\n" + std::string(30000, 'x') + "\n";
  alice.sends_bytes(pings);
  EXPECT_FALSE(lab.core->wants_input(alice.id));
  const std::string heard = alice.reads();  // the rest runs as soon as there is place
  EXPECT_EQ(count_of(heard, "PONG "), 20U);
  EXPECT_TRUE(lab.core->wants_input(alice.id));
  EXPECT_FALSE(alice.is_cut_by_server());
}

TEST(SlowReader, TooManyWaitingRepliesEndTheConnection) {
  ServerConfig config = Lab::quick();
  config.reply_queue_bytes_max = 2000;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  alice.sends("PING :" + std::string(2500, 'x'));
  EXPECT_TRUE(alice.is_cut_by_server());
  const std::string heard = alice.reads();
  EXPECT_NE(heard.find("BYE 408 SLOW :"), heard.npos);
  alice.drops();
  EXPECT_TRUE(lab.events.has("alice slow"));
}

// Goal: a piece that is partly written must be finished before anything else, or the peer reads garbage.
TEST(SlowReader, AReplyNeverCutsAFrameInTwo) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.reads();
  alice.asks("SAY #lab :" + kLong);
  std::string heard = bob.reads_at_most(50);
  bob.sends("TOPIC #lab");
  heard += bob.reads();
  EXPECT_EQ(heard, "MSG #lab 1 alice 1789201500000 :" + kLong + "\nOK room=#lab\n");
}

}  // namespace
}  // namespace plaintalk::messenger::test
