// Who may touch a file: every verb that names one, tried by everybody who may not.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

ServerConfig forgetful() {
  ServerConfig config = Lab::quick();
  config.remembered_request_time = Milliseconds(1'000);
  config.presence_grace = Milliseconds(100);
  config.ping_interval = std::nullopt;
  return config;
}

struct FileAccess : ::testing::Test {
  Lab lab{forgetful()};
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  std::string content = pattern(40'000);

  void leaves_for_good(Person& person) {
    person.asks("QUIT");
    person.drops();
    lab.passes(Milliseconds(2'000));
  }
  // Nothing that names the file works, and nothing tells what it is.
  void expect_shut_out(Person& person, const std::string& file, std::string_view who) {
    person.reads();
    EXPECT_EQ(person.asks("CREDIT " + file + " 100"), "") << who;
    for (const std::string& line : {"GET " + file, "STAT " + file, "DONE " + file, "CANCEL " + file}) {
      const std::string heard = person.asks(line);
      EXPECT_TRUE(heard.starts_with("ERR 404 NO_SUCH") || heard.starts_with("ERR 410 EXPIRED"))
          << who << ": " << line << ": " << heard;
      EXPECT_EQ(count_of(heard, "secret"), 0U) << who;
    }
    const std::string heard = data(person, file, 0, "abc");
    EXPECT_TRUE(heard.starts_with("ERR 404 NO_SUCH") || heard.starts_with("ERR 410 EXPIRED")) << who << heard;
  }
};

TEST_F(FileAccess, HandlesDifferAndAreLong) {
  const std::string one = put(alice, "secret", content, "#lab");
  const std::string two = put(alice, "secret2", content, "#lab");
  EXPECT_EQ(one.size(), 26U);
  EXPECT_NE(one.substr(0, 5), two.substr(0, 5));
  EXPECT_EQ(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), one.npos);
}

TEST_F(FileAccess, AFileOfARoomIsForItsMembersNow) {
  const std::string open = put(alice, "secret", content, "#lab");
  const std::string done = share(alice, "secret2", content, "#lab");
  Person& eve = lab.guest("eve");
  Person& carol = lab.guest("carol", {"#lab"});
  EXPECT_TRUE(carol.asks("STAT " + done).starts_with("OK "));
  carol.asks("PART #lab");
  for (const std::string& file : {open, done}) {
    expect_shut_out(eve, file, "non-member");
    expect_shut_out(carol, file, "ex-member");
  }
  expect_shut_out(bob, open, "member, of an upload");
  EXPECT_TRUE(bob.asks("GET " + done).starts_with("OK "));
}

TEST_F(FileAccess, APrivateFileIsForThePersonAndNotForTheName) {
  const std::string open = put(alice, "secret", content, "@bob");
  upload(alice, open, content);
  EXPECT_TRUE(bob.asks("STAT " + open).ends_with(":secret\n"));
  Person& eve = lab.guest("eve", {"#lab"});
  expect_shut_out(eve, open, "other guest");
  leaves_for_good(bob);
  Person& later = lab.guest("bob", {"#lab"});
  expect_shut_out(later, open, "later guest bob");
  EXPECT_TRUE(alice.asks("STAT " + open).starts_with("OK "));
  leaves_for_good(later);
  Person& registered = lab.login("REGISTER bob :tulip9");
  expect_shut_out(registered, open, "registered bob");
}

TEST_F(FileAccess, WhoeverTakesTheNameOfTheOwnerIsNotTheOwner) {
  const std::string open = put(alice, "secret", content, "#lab");
  data(alice, open, 0, content.substr(0, 1000));
  const std::string sent = share(alice, "secret2", content, "@bob");
  leaves_for_good(alice);
  Person& later = lab.guest("alice");
  expect_shut_out(later, open, "later alice, of an upload");
  expect_shut_out(later, sent, "later alice, of a private file");
  EXPECT_TRUE(bob.asks("GET " + sent).find("OK file=" + sent) != std::string::npos);
  later.asks("JOIN #lab");
  const std::string again = later.asks(put_line("secret", content, "#lab"));
  EXPECT_EQ(value_of(again, "next"), "0");
  EXPECT_NE(value_of(again, "file"), open);
}

// An upload that was begun for somebody is not announced to the next holder of the name.
TEST_F(FileAccess, AnUploadForSomebodyWhoHasLeftIsDiscarded) {
  const std::string open = put(alice, "secret", content, "@bob");
  data(alice, open, 0, content.substr(0, 16384));
  leaves_for_good(bob);
  Person& later = lab.guest("bob");
  const std::string heard = upload(alice, open, content, 16384);
  EXPECT_NE(heard.find("ERR 404 NO_SUCH verb=DONE"), heard.npos) << heard;
  EXPECT_EQ(later.reads(), "");
  lab.works_on_files();
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_EQ(value_of(alice.asks(put_line("secret", content, "@bob")), "next"), "0") << "another file";
}

TEST_F(FileAccess, TheOwnersOtherDeviceAndTheOwnerAfterAReconnectGoOn) {
  const std::string open = put(alice, "x", content, "#lab");
  data(alice, open, 0, content.substr(0, 16384));
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("SYNC #lab");
  EXPECT_EQ(value_of(back.asks("STAT " + open), "next"), "16384");
  EXPECT_EQ(value_of(back.asks(put_line("x", content, "#lab")), "file"), open);
  EXPECT_NE(upload(back, open, content, 16384).find("verified=1"), std::string::npos);
  EXPECT_TRUE(back.asks("STAT " + open).starts_with("OK "));

  Person& one = lab.login("REGISTER carol device=one :tulip9");
  one.asks("JOIN #lab");
  Person& other = lab.login("LOGIN carol device=other :tulip9");
  other.asks("JOIN #lab");
  const std::string second = put(one, "y", content, "#lab");
  data(one, second, 0, content.substr(0, 16384));
  EXPECT_EQ(value_of(other.asks("STAT " + second), "next"), "16384");
  one.drops();
  EXPECT_EQ(value_of(other.asks(put_line("y", content, "#lab")), "file"), second);
  EXPECT_NE(upload(other, second, content, 16384).find("verified=1"), std::string::npos);
}

// A download goes on only as long as its reader may read.
TEST_F(FileAccess, LeavingTheRoomEndsTheDownload) {
  const std::string file = share(alice, "x", content, "#lab");
  bob.reads();
  EXPECT_EQ(count_of(bob.asks("GET " + file + " credit=1000"), "DATA"), 1U);
  bob.asks("PART #lab");
  const std::string heard = bob.asks("CREDIT " + file + " 100000");
  EXPECT_EQ(count_of(heard, "DATA"), 0U);
  EXPECT_TRUE(heard.starts_with("ERR 404 NO_SUCH verb=GET")) << heard;
  EXPECT_EQ(bob.asks("CREDIT " + file + " 100000"), "");
}

TEST_F(FileAccess, PutMakesNoConversation) {
  for (int n = 0; n < 3; ++n) {
    const std::string file = put(alice, "x" + std::to_string(n), content, "@bob");
    alice.asks("CANCEL " + file);
  }
  EXPECT_EQ(bob.reads(), "");
  EXPECT_TRUE(alice.asks(put_line("x", content, "@nobody")).starts_with("ERR 404 NO_SUCH verb=PUT"));
}

}  // namespace
}  // namespace plaintalk::messenger::test
