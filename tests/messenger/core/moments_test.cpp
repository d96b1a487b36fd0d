// What ends at a time ends at that very moment and not before, and what fits a limit exactly is taken: one
// test for each, because a wrong `<` does not show anywhere else.
#include <gtest/gtest.h>

#include "tests/messenger/core/files.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

// Time passes up to the last tick before the moment, and then to the moment itself.
void passes_nearly(Lab& lab, Milliseconds time) { lab.passes(time - kTickInterval); }
void comes(Lab& lab) { lab.passes(kTickInterval); }

TEST(Moments, OfTheTimeToLogIn) {
  Lab lab;
  Person& idle = lab.connect();
  passes_nearly(lab, lab.config.login_timeout);
  EXPECT_FALSE(idle.is_cut_by_server());
  comes(lab);
  EXPECT_TRUE(idle.is_cut_by_server());
}

TEST(Moments, OfAWriterWithoutProgress) {
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.sends("ROOMS");
  passes_nearly(lab, lab.config.write_stall_timeout);
  EXPECT_FALSE(alice.is_cut_by_server());
  comes(lab);
  EXPECT_TRUE(alice.is_cut_by_server());
}

TEST(Moments, OfAGuestThatIsForgotten) {
  for (const bool is_late : {false, true}) {
    Lab lab;
    Person& alice = lab.guest("alice");
    alice.asks("PING");
    alice.drops();
    passes_nearly(lab, lab.config.remembered_request_time);
    if (is_late) comes(lab);
    Person& again = lab.connect();
    const std::string answer = again.asks("LOGIN alice device=d-alice token=" + alice.token);
    EXPECT_TRUE(answer.starts_with(is_late ? "ERR 402 BAD_LOGIN" : "OK user=alice")) << answer;
  }
}

struct FileMoments : ::testing::Test {
  ServerConfig config = Lab::quick();
  std::string content = pattern(40'000);
  FileMoments() { config.ping_interval = std::nullopt; }
  static bool is_there(Person& person, const std::string& file) {
    return person.asks("STAT " + file).starts_with("OK ");
  }
};

TEST_F(FileMoments, OfAnUploadThatSendsNothing) {
  for (const auto& [sent, patience] :
       {std::pair{"", Milliseconds(60'000)}, std::pair{"abc", Milliseconds(600'000)}}) {
    Lab lab(config);
    lab.passes(kTickInterval);  // uploads are looked at once a second, from the first tick on
    Person& carol = lab.guest("carol");
    const std::string file = put(carol, "x", content, "@carol");
    if (*sent != '\0') data(carol, file, 0, sent);
    passes_nearly(lab, patience);
    EXPECT_TRUE(is_there(carol, file)) << sent;
    comes(lab);
    EXPECT_FALSE(is_there(carol, file)) << sent;
  }
}

TEST_F(FileMoments, OfAnUploadThatPausedAndMakesWayTheOldestFirst) {
  config.open_upload_count_max = 2;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  const std::string younger = put(alice, "x", content, "@alice");
  const std::string older = put(alice, "y", content, "@alice");
  data(alice, older, 0, "abc");
  lab.passes(Milliseconds(1'000));
  data(alice, younger, 0, "abc");
  passes_nearly(lab, Milliseconds(9'000));
  EXPECT_EQ(put(bob, "z", content, "@bob"), "");
  lab.passes(Milliseconds(1'000) + kTickInterval);
  EXPECT_NE(put(bob, "z", content, "@bob"), "");
  EXPECT_FALSE(is_there(alice, older));
  EXPECT_TRUE(is_there(alice, younger));
}

TEST_F(FileMoments, OfAPauseThatIsLongEnough) {
  config.open_upload_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  data(alice, put(alice, "x", content, "@alice"), 0, "abc");
  passes_nearly(lab, Milliseconds(10'000));
  EXPECT_EQ(put(alice, "z", content, "@alice"), "");
  comes(lab);
  EXPECT_NE(put(alice, "z", content, "@alice"), "");
}

TEST_F(FileMoments, OfADownloadThatHoldsItsFile) {
  config.file_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  const std::string file = share(alice, "x", content, "@alice");
  alice.asks("PING");
  alice.asks("GET " + file + " credit=1");
  passes_nearly(lab, Milliseconds(60'000));
  share(alice, "y", content, "@alice");
  EXPECT_TRUE(is_there(alice, file));
  comes(lab);
  share(alice, "z", content, "@alice");
  EXPECT_FALSE(is_there(alice, file));
}

// Two blocks and what the entry costs.
TEST_F(FileMoments, AFileThatFillsTheSpoolToTheLastByteIsTaken) {
  config.spool_size_max = 2 * kSpoolBlockSize + 1024;
  Lab lab(config);
  Person& carol = lab.guest("carol");
  const std::string whole = pattern(2 * kSpoolBlockSize);
  EXPECT_NE(upload(carol, put(carol, "x", whole, "@carol"), whole).find("verified=1"), std::string::npos);
}

// All finished files are being read: the limit waits, and the file that was just sent does not go in its
// place.
TEST_F(FileMoments, AFinishedFileStaysWhenNoOtherCanMakeWay) {
  for (const bool is_of_one : {false, true}) {
    (is_of_one ? config.files_per_user_max : config.file_count_max) = 1;
    Lab lab(config);
    Person& alice = lab.guest("alice");
    alice.asks("GET " + share(alice, "x", content, "@alice") + " credit=1");
    const std::string second = put(alice, "y", content, "@alice");
    const std::string heard = upload(alice, second, content);
    EXPECT_NE(heard.find("FILE @alice,alice 2 alice " + second), heard.npos) << heard;
    EXPECT_TRUE(is_there(alice, second));
  }
}

TEST_F(FileMoments, OpenUploadsDoNotCountAmongFinishedFiles) {
  config.file_count_max = 2;
  Lab lab(config);
  Person& carol = lab.guest("carol");
  const std::string first = share(carol, "x", "1", "@carol");
  data(carol, put(carol, "open", content, "@carol"), 0, "abc");
  share(carol, "y", "2", "@carol");
  EXPECT_TRUE(is_there(carol, first));
}

TEST(ExactBounds, AsManyBytesBeforeTheLoginAsThereMayBe) {
  Lab lab;
  Person& person = lab.connect();
  person.sends_bytes("PING :" + std::string(2000, 'x') + "\nPING :");
  person.sends_bytes(std::string(lab.config.login_bytes_max - 2007 - 6 - 1, 'y') + "\n");
  EXPECT_EQ(count_of(person.reads(), "PONG"), 2U);
  person.sends_bytes("\n");
  EXPECT_TRUE(person.reads().starts_with("ERR 429 RATE max=4096 fatal=1"));
}

TEST(ExactBounds, ThePageThatIsAsLongAsPagesMayBe) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  EXPECT_TRUE(alice.asks("HISTORY #lab limit=256").starts_with("END "));
  EXPECT_TRUE(alice.asks("HISTORY #lab limit=257").starts_with("ERR 400 SYNTAX"));
}

TEST(ExactBounds, RoomsOfAsManyPeopleAsMayBeToldAreTold) {
  ServerConfig config = Lab::quick();
  config.room_member_announce_max = 2;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.reads();
  bob.asks("AWAY :tea");
  EXPECT_EQ(alice.reads(), "PRES bob away :tea\n");
}

// A quarter of what may wait is enough to be read no more, and less is not.
TEST(ExactBounds, RepliesThatWaitStopTheInputAtAQuarterOfTheirBound) {
  const std::size_t size = [] {
    Lab lab;
    return lab.guest("alice").asks("HELP").size();
  }();
  for (const unsigned spare : {0U, 4U}) {
    ServerConfig config = Lab::quick();
    config.reply_queue_bytes_max = 4 * size + spare;
    Lab lab(config);
    Person& alice = lab.guest("alice");
    alice.sends("HELP");
    EXPECT_EQ(lab.core->wants_input(alice.id), spare > 0);
  }
}

TEST(Order, WhatSomebodySaidComesBeforeTheWordThatTheyAreAway) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  alice.reads();
  bob.sends_bytes("SAY #lab :back in a minute\nAWAY :tea\n");
  const std::string heard = alice.reads();
  EXPECT_LT(heard.find("MSG #lab 1 bob"), heard.find("PRES bob away")) << heard;
}

TEST(Presence, WhoWasAwayAndLostTheConnectionComesBackOnline) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& bob = lab.login("LOGIN bob device=pc :secret");
  bob.asks("AWAY :tea");
  bob.drops();
  Person& again = lab.login("LOGIN bob device=pc token=" + bob.token);
  EXPECT_NE(again.asks("WHO @bob").find("state=online"), std::string::npos);
}

TEST(Login, APasswordThatIsStillCheckedWhenTheServerStopsLetsNobodyIn) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& bob = lab.connect();
  bob.sends("LOGIN bob :secret");
  lab.core->drain(lab.now);
  lab.works_on_passwords();
  const std::string heard = bob.reads();
  EXPECT_TRUE(heard.starts_with("BYE 503 DRAINING :")) << heard;
  EXPECT_EQ(count_of(heard, "\n"), 1U) << heard;
}

}  // namespace
}  // namespace plaintalk::messenger::test
