// Several files, connections and devices at once: nothing that happens to one may touch another.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

ServerConfig roomy() {
  ServerConfig config = Lab::quick();
  config.ping_interval = std::nullopt;
  return config;
}

struct SeveralFiles : ::testing::Test {
  explicit SeveralFiles(ServerConfig config = roomy()) : lab(std::move(config)) {}
  Lab lab;
  Person& one = lab.login("REGISTER alice device=one :tulip9");
  Person& other = lab.login("LOGIN alice device=other :tulip9");
  Person& bob = lab.guest("bob", {"#lab"});
  std::string content = pattern(40'000);
  void SetUp() override {
    one.asks("JOIN #lab");
    other.asks("JOIN #lab");
    one.reads();
    bob.reads();
  }
  // Makes the next chunk wait in the queue as if the kernel took nothing.
  void queue_chunk(Person& person) {
    std::array<iovec, 4> pieces{};
    lab.core->gather(person.id, pieces, true, lab.now);
  }
};

struct TightSpool : SeveralFiles {
  static ServerConfig tight() {
    ServerConfig config = roomy();
    config.spool_size_max = 120'000;
    return config;
  }
  TightSpool() : SeveralFiles(tight()) {}
};

// Both devices are told that the file is complete; then it goes, and both speak again.
TEST_F(TightSpool, AFileThatSeveralDevicesHaveEndedMayGo) {
  const std::string file = put(one, "x", content, "#lab");
  upload(one, file, content);
  EXPECT_NE(other.asks("DONE " + file).find("verified=1"), std::string::npos);
  for (Person* person : {&one, &other, &bob}) person->reads();
  lab.passes(Milliseconds(61'000));
  share(bob, "y", content, "#lab");
  share(bob, "z", content, "#lab");
  EXPECT_TRUE(bob.asks("STAT " + file).starts_with("ERR 410 EXPIRED"));
  // It was announced, so its owner is told so still, and nobody else.
  EXPECT_NE(other.asks("DONE " + file).find("OK file=" + file + " verified=1\n"), std::string::npos);
  EXPECT_TRUE(bob.asks("DONE " + file).starts_with("ERR 410 EXPIRED"));
  EXPECT_NE(one.asks("PING :a").find("PONG :a"), std::string::npos);
  EXPECT_NE(other.asks("PING :b").find("PONG :b"), std::string::npos);
  one.drops();
  other.drops();
}

TEST_F(TightSpool, AFileThatIsReadStaysAndAReaderThatPausedIsTold) {
  const std::string file = share(one, "x", content, "#lab");
  one.asks("PING");
  bob.reads();
  EXPECT_EQ(count_of(bob.asks("GET " + file + " credit=1000"), "DATA"), 1U);
  const std::string second = share(other, "y", content, "#lab");
  other.asks("PING");
  bob.reads();
  EXPECT_EQ(count_of(bob.asks("GET " + second + " credit=1000"), "DATA"), 1U);
  const std::string third = put(other, "z", content, "#lab");
  EXPECT_NE(upload(other, third, content).find("ERR 507 QUOTA"), std::string::npos);
  for (Person* person : {&one, &other, &bob}) person->reads();
  lab.passes(Milliseconds(61'000));
  other.asks("PING");
  bob.reads();
  share(other, "z", content, "#lab");
  EXPECT_NE(bob.reads().find("ERR 410 EXPIRED verb=GET"), std::string::npos);
  EXPECT_EQ(bob.asks("CREDIT " + file + " 100000"), "");
}

TEST_F(SeveralFiles, CancellingOneDownloadLeavesTheOtherAlone) {
  const std::string first = share(one, "x", content, "#lab");
  const std::string second = share(one, "y", content, "#lab");
  bob.reads();
  for (const bool has_begun : {false, true}) {
    bob.sends("GET " + first);
    bob.reads_at_most(std::string::npos, false);
    queue_chunk(bob);  // of the first
    std::string heard = has_begun ? bob.reads_at_most(100) : "";
    bob.sends("GET " + second);
    bob.sends("CANCEL " + second);
    heard += bob.reads();
    EXPECT_EQ(count_of(heard, "DATA " + first), 3U) << has_begun;
    EXPECT_EQ(count_of(heard, "DONE " + first), 1U) << has_begun;
    EXPECT_EQ(count_of(heard, "DATA " + second), 0U) << has_begun;
  }
}

TEST_F(SeveralFiles, CancellingTakesBackTheLastChunkAndItsDone) {
  const std::string first = share(one, "x", "abc", "#lab");
  const std::string second = share(one, "y", "def", "#lab");
  bob.reads();
  bob.sends("GET " + first);
  bob.reads_at_most(std::string::npos, false);
  queue_chunk(bob);
  bob.sends("GET " + second);
  bob.sends("CANCEL " + first);
  const std::string heard = bob.reads();
  EXPECT_EQ(count_of(heard, "DATA " + first) + count_of(heard, "DONE " + first), 0U);
  EXPECT_EQ(count_of(heard, "DONE " + second), 1U);
  EXPECT_NE(heard.find("OK file=" + first + "\n"), heard.npos);
}

// Whatever chunk waits, even the last one, a repeated GET starts where it says, and only once.
TEST_F(SeveralFiles, ARepeatedGetBeginsAnew) {
  for (const std::size_t size : {3UZ, 40'000UZ}) {
    const std::string file = share(one, "x" + std::to_string(size), content.substr(0, size), "#lab");
    bob.reads();
    bob.sends("GET " + file);
    bob.reads_at_most(std::string::npos, false);
    queue_chunk(bob);
    bob.sends("GET " + file + " from=1");
    const std::string heard = bob.reads();
    EXPECT_TRUE(heard.starts_with("OK file=" + file)) << size;
    EXPECT_EQ(count_of(heard, "DATA " + file + " 0 "), 0U) << size;
    EXPECT_EQ(count_of(heard, "DATA " + file + " 1 "), 1U) << size;
    EXPECT_EQ(count_of(heard, "DONE " + file), 1U) << size;
  }
}

TEST_F(SeveralFiles, TheSameFileSentTwiceAtOnceIsTwoFiles) {
  for (Person* second : {&one, &other}) {
    const std::string a = put(one, "x", content, "#lab");
    const std::string b = put(*second, "x", content, "#lab");
    ASSERT_NE(a, b);
    for (std::size_t at = 0; at < content.size(); at += 16384) {
      EXPECT_EQ(count_of(data(one, a, at, content.substr(at, 16384)), "ACK " + a), 1U);
      EXPECT_EQ(count_of(data(*second, b, at, content.substr(at, 16384)), "ACK " + b), 1U);
    }
    EXPECT_NE(one.asks("DONE " + a).find("OK file=" + a + " verified=1"), std::string::npos);
    EXPECT_NE(second->asks("DONE " + b).find("OK file=" + b + " verified=1"), std::string::npos);
    one.asks("PING");
    second->asks("PING");
  }
  EXPECT_EQ(count_of(bob.reads(), "FILE #lab"), 4U);
}

// What stands behind DONE waits for its answer; all who sent DONE are answered; the room hears once.
TEST_F(SeveralFiles, DoneWaitsForTheSpoolAndKeepsTheOrderOfReplies) {
  const std::string file = put(one, "x", content, "#lab");
  lab.spool.is_held = true;
  for (std::size_t at = 0; at < content.size(); at += 16384) data(one, file, at, content.substr(at, 16384));
  one.sends_bytes("DONE " + file + " id=d\nPING :behind\n");
  other.sends("DONE " + file + " id=e");
  EXPECT_EQ(one.reads() + other.reads() + bob.reads(), "");
  EXPECT_FALSE(lab.core->wants_input(one.id));
  lab.works_on_files(3);
  EXPECT_EQ(one.reads() + other.reads() + bob.reads(), "");
  lab.works_on_files();
  const std::string heard = one.reads();
  EXPECT_TRUE(heard.starts_with("OK id=d file=" + file + " verified=1\n")) << heard;
  EXPECT_NE(heard.find("PONG :behind"), heard.npos);
  EXPECT_EQ(count_of(other.reads(), "OK id=e file=" + file + " verified=1\n"), 1U);
  EXPECT_EQ(count_of(bob.reads(), "FILE #lab"), 1U);
  EXPECT_TRUE(lab.core->wants_input(one.id));
}

TEST_F(SeveralFiles, WhoeverWaitsForAFileThatGoesIsAnswered) {
  lab.spool.is_held = true;
  const std::string file = put(one, "x", "abc", "#lab");
  data(one, file, 0, "abc");
  one.sends_bytes("DONE " + file + " id=d\nPING :behind\n");
  EXPECT_EQ(other.asks("CANCEL " + file), "OK file=" + file + "\n");
  const std::string heard = one.reads();
  EXPECT_TRUE(heard.starts_with("ERR 410 EXPIRED id=d verb=DONE")) << heard;
  EXPECT_TRUE(heard.ends_with("PONG :behind\n")) << heard;
  lab.works_on_files();
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_EQ(bob.reads(), "");
}

TEST_F(SeveralFiles, TroubleIsToldToWhoeverWaits) {
  lab.spool.is_held = lab.spool.fails = true;
  const std::string file = put(one, "x", "abc", "#lab");
  data(one, file, 0, "abc");
  one.sends("DONE " + file);
  other.sends("DONE " + file);
  lab.works_on_files();
  EXPECT_TRUE(one.reads().starts_with("ERR 500 INTERNAL verb=DONE"));
  EXPECT_TRUE(other.reads().starts_with("ERR 500 INTERNAL verb=DONE"));
}

TEST_F(SeveralFiles, ALostConnectionThatWaitedCanComeBack) {
  lab.spool.is_held = true;
  const std::string file = put(one, "x", "abc", "#lab");
  data(one, file, 0, "abc");
  one.sends("DONE " + file);
  one.drops();
  lab.works_on_files();
  EXPECT_EQ(bob.reads(), "") << "nobody was there to be told";
  EXPECT_EQ(value_of(other.asks(put_line("x", "abc", "#lab")), "file"), file);
  other.sends("DONE " + file);
  EXPECT_EQ(count_of(other.reads(), "verified=1"), 1U);
  EXPECT_EQ(count_of(bob.reads(), "FILE #lab"), 1U);
}

// The new sender may not have more under way than the credit, the old one's bytes counted.
TEST_F(SeveralFiles, AnUploadIsTakenOverWithDataOfTheFirstUnderWay) {
  const std::string file = put(one, "x", content, "#lab");
  lab.spool.is_held = true;
  data(one, file, 0, content.substr(0, 16384));
  one.drops();
  const std::string ok = other.asks(put_line("x", content, "#lab"));
  EXPECT_EQ(value_of(ok, "next"), "16384");
  EXPECT_EQ(value_of(ok, "credit"), std::to_string(262144 - 16384));
  lab.spool.is_held = false;
  EXPECT_NE(upload(other, file, content, 16384).find("verified=1"), std::string::npos);
}

TEST_F(SeveralFiles, AConnectionThatGoesEndsItsDownloadsAndNoOthers) {
  const std::string file = share(one, "x", content, "#lab");
  bob.reads();
  other.reads();
  bob.asks("GET " + file + " credit=10");
  other.asks("GET " + file + " credit=10");
  bob.drops();
  const std::string heard = other.asks("CREDIT " + file + " 100000");
  EXPECT_EQ(count_of(heard, "DONE " + file), 1U);
}

// A guest goes for good while the spool still has bytes of it to store.
TEST(FilesOfAGuest, GoWithItWhileTheirBytesAreUnderWay) {
  ServerConfig config = roomy();
  config.remembered_request_time = Milliseconds(1'000);
  Lab lab(config);
  Person& carol = lab.guest("carol", {"#lab"});
  lab.spool.is_held = true;
  const std::string file = put(carol, "x", "abcdef", "#lab");
  data(carol, file, 0, "abc");
  carol.asks("QUIT");
  carol.drops();
  lab.passes(Milliseconds(3'000));
  lab.works_on_files();
  EXPECT_EQ(lab.spool.file_count(), 0U);
  Person& later = lab.guest("carol");
  EXPECT_TRUE(later.asks("STAT " + file).starts_with("ERR 4"));
}

}  // namespace
}  // namespace plaintalk::messenger::test
