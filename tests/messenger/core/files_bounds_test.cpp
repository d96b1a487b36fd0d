// What files may cost: the spool is charged with what was received, and everything is counted.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

struct FileBounds : ::testing::Test {
  ServerConfig config = Lab::quick();
  std::string content = pattern(50'000);  // 4 blocks, and something for the entry
  FileBounds() { config.ping_interval = std::nullopt; }
  static std::string huge(const std::string& name) {
    return "PUT " + name + " 67108864 sha256=" + hex(sha256(name)) + " to=#lab";
  }
};

TEST_F(FileBounds, AnnouncementsEvictNothingAndLockNobodyOut) {
  config.spool_size_max = std::uint64_t{100} << 20;
  config.open_upload_count_max = 8;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  const std::string file = share(alice, "x", content, "#lab");
  alice.asks("PING");
  for (const std::string name : {"m1", "m2", "m3", "m4"}) {
    Person& mallory = lab.guest(name, {"#lab"});
    for (int n = 0; n < 4; ++n) EXPECT_NE(value_of(mallory.asks(huge(name + std::to_string(n))), "file"), "");
  }
  alice.reads();
  EXPECT_TRUE(alice.asks("STAT " + file).starts_with("OK "));
  const std::string second = put(alice, "y", content, "#lab");
  EXPECT_NE(upload(alice, second, content).find("verified=1"), std::string::npos);
}

TEST_F(FileBounds, AnUploadThatSendsIsNotGivenUpForOthers) {
  config.open_upload_count_max = 2;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  const std::string first = put(alice, "x", content, "#lab");
  const std::string second = put(alice, "y", content, "#lab");
  data(alice, first, 0, content.substr(0, 100));
  data(alice, second, 0, content.substr(0, 100));
  EXPECT_TRUE(bob.asks(huge("z")).find("ERR 503 BUSY verb=PUT retry=") != std::string::npos);
  lab.passes(Milliseconds(6'000));
  data(alice, second, 100, content.substr(100, 100));
  lab.passes(Milliseconds(6'000));
  bob.reads();
  EXPECT_NE(put(bob, "z", content, "#lab"), "") << "the one that paused makes way";
  EXPECT_TRUE(alice.asks("STAT " + first).find("ERR 410 EXPIRED") != std::string::npos);
  EXPECT_TRUE(alice.asks("STAT " + second).starts_with("OK "));
}

TEST_F(FileBounds, TheOldestFileMakesWayForBytesThatCome) {
  config.spool_size_max = 150'000;
  Lab lab(config);
  Person& carol = lab.guest("carol");
  const std::string first = share(carol, "a", content, "@carol");
  const std::string second = share(carol, "b", content, "@carol");
  carol.asks("PING");
  const std::string third = put(carol, "c", content, "@carol");
  EXPECT_TRUE(carol.asks("STAT " + first).starts_with("OK ")) << "not for an announcement";
  EXPECT_NE(upload(carol, third, content).find("verified=1"), std::string::npos);
  EXPECT_TRUE(carol.asks("GET " + first).starts_with("ERR 410 EXPIRED verb=GET"));
  EXPECT_TRUE(carol.asks("STAT " + second).starts_with("OK "));
  EXPECT_LE(lab.spool.held_bytes(), 150'000U);
  EXPECT_TRUE(carol.asks(put_line("d", pattern(150'001), "@carol")).starts_with("ERR 413 TOO_LARGE"));
}

TEST_F(FileBounds, AnUploadThatMeetsAFullSpoolGivesItsBytesBackAtOnce) {
  config.spool_size_max = 100'000;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  const std::string first = put(alice, "x", content, "#lab");
  const std::string second = put(bob, "y", content, "#lab");
  data(alice, first, 0, content.substr(0, 16384));
  const std::string heard = upload(bob, second, content);
  EXPECT_NE(heard.find("verified=1"), heard.npos);
  bob.asks("GET " + second + " credit=1");  // so that it stays
  const std::string third = put(bob, "z", content, "#lab");
  EXPECT_TRUE(data(bob, third, 0, content.substr(0, 16384))
                  .find("ERR 507 QUOTA verb=DATA retry=60000 :spool full; try again later\n") !=
              std::string::npos);
  EXPECT_TRUE(bob.asks("DONE " + third).starts_with("ERR 507 QUOTA verb=DONE"));
  EXPECT_EQ(lab.spool.held_bytes(), 5 * kSpoolBlockSize);
}

TEST_F(FileBounds, SilentUploadsGoSoonerThanThoseThatHaveSent) {
  Lab lab(config);
  Person& carol = lab.guest("carol");
  const std::string silent = put(carol, "x", content, "@carol");
  const std::string begun = put(carol, "y", content, "@carol");
  data(carol, begun, 0, "abc");
  lab.passes(Milliseconds(62'000));
  EXPECT_TRUE(data(carol, silent, 0, "abc").starts_with("ERR 410 EXPIRED verb=DATA"));
  EXPECT_TRUE(carol.asks("STAT " + begun).starts_with("OK "));
  lab.passes(Milliseconds(540'000));
  EXPECT_TRUE(data(carol, begun, 3, "abc").starts_with("ERR 410 EXPIRED verb=DATA"));
}

TEST_F(FileBounds, FinishedFilesOfOneAndOfAllAreCounted) {
  config.files_per_user_max = 3;
  config.file_count_max = 5;
  config.messages_per_second = std::nullopt;
  Lab lab(config);
  std::vector<std::string> files;
  std::vector<Person*> people;
  for (const std::string name : {"alice", "bob"}) {
    Person& person = *people.emplace_back(&lab.guest(name, {"#lab"}));
    for (int n = 0; n < 4; ++n) {
      files.push_back(share(person, "x" + std::to_string(n), "", "#lab"));
      person.asks("PING");
    }
  }
  std::string there;
  for (const std::string& file : files) there += people[0]->asks("STAT " + file).find("OK ") == 0 ? '1' : '0';
  EXPECT_EQ(there, "00110111") << "each keeps three, and all keep five: alice's second went for bob's third";
}

TEST_F(FileBounds, WhatIsUnderWayOfOneUploadIsBoundedByItsCredit) {
  config.transfer_credit_bytes = 32768;
  Lab lab(config);
  Person& carol = lab.guest("carol");
  const std::string file = put(carol, "x", content, "@carol");
  lab.spool.is_held = true;
  EXPECT_EQ(data(carol, file, 0, content.substr(0, 16384)), "ACK " + file + " 16384\n");
  EXPECT_EQ(data(carol, file, 16384, content.substr(16384, 16384)), "ACK " + file + " 32768\n");
  EXPECT_TRUE(data(carol, file, 32768, "x").starts_with("ERR 429 RATE verb=DATA next=32768"));
  lab.works_on_files(1);
  EXPECT_EQ(carol.reads(), "") << "half of it is still under way";
  lab.works_on_files(1);
  EXPECT_EQ(carol.reads(), "CREDIT " + file + " 32768\n");
}

// Whoever cancels and begins again cannot pile up bytes before a slow disk.
TEST_F(FileBounds, TheQueueOfTheSpoolIsBounded) {
  Lab lab(config);
  Person& carol = lab.guest("carol");
  lab.spool.is_held = true;
  const std::string big = pattern(262'144);
  std::string answer;
  std::size_t queued = 0;
  for (int n = 0; n < 300; ++n) {
    answer = carol.asks(put_line("x", big, "@carol"));
    const std::string file = value_of(answer, "file");
    if (file.empty()) break;
    for (std::size_t at = 0; at < big.size(); at += 16384) {
      send_data(carol, file, at, std::string_view(big).substr(at, 16384));
      queued += 16384;
    }
    carol.asks("CANCEL " + file);
  }
  EXPECT_TRUE(answer.starts_with("ERR 503 BUSY verb=PUT retry=")) << answer;
  EXPECT_EQ(queued, 32U << 20);
  lab.works_on_files();
  EXPECT_NE(put(carol, "x", big, "@carol"), "");
  EXPECT_EQ(lab.spool.held_bytes(), 0U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
