#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Timeouts, WhoDoesNotLogInWithinTenSecondsIsClosedHoweverBusy) {
  Lab lab;
  Person& idle = lab.connect();
  Person& busy = lab.connect();
  lab.passes(Milliseconds(9'800));
  busy.sends_bytes("LOG");
  EXPECT_FALSE(idle.is_cut_by_server());
  lab.passes(Milliseconds(300));
  EXPECT_TRUE(idle.reads().starts_with("BYE 408 SLOW :"));
  EXPECT_TRUE(busy.is_cut_by_server());
  idle.drops();
  EXPECT_TRUE(lab.events.has("no login in time"));
}

TEST(Timeouts, ALoginThatWaitsForItsPasswordIsNotLate) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& bob = lab.connect();
  bob.sends("LOGIN bob :secret");
  lab.passes(Milliseconds(12'000));
  EXPECT_FALSE(bob.is_cut_by_server());
  lab.works_on_passwords();
  EXPECT_TRUE(bob.reads().starts_with("OK user=bob"));
  lab.passes(Milliseconds(1'000));
  EXPECT_FALSE(bob.is_cut_by_server());
}

TEST(Timeouts, AnIdleConnectionIsPingedAndClosedAfterTwoUnansweredPings) {
  Lab lab;
  Person& alice = lab.guest("alice");
  lab.passes(Milliseconds(29'900));
  EXPECT_EQ(alice.reads(), "");
  lab.passes(Milliseconds(200));
  EXPECT_EQ(alice.reads(), "PING :p1\n");
  lab.passes(Milliseconds(30'000));
  EXPECT_EQ(alice.reads(), "PING :p2\n");
  EXPECT_FALSE(alice.is_cut_by_server());
  lab.passes(Milliseconds(30'000));
  EXPECT_TRUE(alice.reads().starts_with("BYE 408 SLOW :"));
  EXPECT_TRUE(alice.is_cut_by_server());
}

TEST(Timeouts, AnyByteIsASignOfLife) {
  Lab lab;
  Person& alice = lab.guest("alice");
  for (int round = 0; round < 5; ++round) {
    lab.passes(Milliseconds(30'100));
    EXPECT_EQ(alice.reads(), "PING :p1\n");
    alice.sends_bytes(round % 2 == 0 ? "PONG :p1\n" : "\n");
  }
  EXPECT_FALSE(alice.is_cut_by_server());
}

TEST(Timeouts, WithoutProgressInWritingTheConnectionIsClosed) {
  Lab lab;
  Person& alice = lab.guest("alice");
  lab.passes(Milliseconds(3'000));
  alice.sends("ROOMS");  // and then never reads
  lab.passes(Milliseconds(9'900));
  EXPECT_FALSE(alice.is_cut_by_server());
  lab.passes(Milliseconds(200));
  EXPECT_TRUE(alice.is_cut_by_server());
  EXPECT_EQ(alice.reads(), "");  // nothing more is written
  alice.drops();
  EXPECT_TRUE(lab.events.has("no progress in writing"));
}

TEST(Timeouts, AnyProgressInWritingCounts) {
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.sends("HELP");
  for (int round = 0; round < 5; ++round) {
    lab.passes(Milliseconds(9'000));
    EXPECT_EQ(alice.reads_at_most(10).size(), 10U);
  }
  EXPECT_FALSE(alice.is_cut_by_server());
}

TEST(Timeouts, AConnectionThatIsClosingIsNotWaitedForLongerThanThat) {
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.sends_bytes("HELP\nQUIT\n");
  for (int round = 0; round < 5; ++round) {
    lab.passes(Milliseconds(2'100));
    alice.reads_at_most(1);
  }
  EXPECT_EQ(alice.reads(), "");
  EXPECT_TRUE(alice.is_cut_by_server());
}

}  // namespace
}  // namespace plaintalk::messenger::test
