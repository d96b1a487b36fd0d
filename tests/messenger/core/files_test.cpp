#include "tests/messenger/core/files.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"

namespace plaintalk::messenger::test {
namespace {

struct FileStory : ::testing::Test {
  Lab lab;
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  std::string content = pattern(50'000);
  void SetUp() override {
    alice.asks("JOIN #lab");
    bob.asks("JOIN #lab");
    alice.reads();
  }
};

TEST_F(FileStory, AFileIsAnnouncedWhenAllOfItIsThereAndRight) {
  const std::string ok = alice.asks(put_line("router%20image.bin", content, "#lab"));
  const std::string f1 = value_of(ok, "file");
  EXPECT_EQ(ok, "OK file=" + f1 + " next=0 chunk=16384 credit=262144\n");
  EXPECT_EQ(data(alice, f1, 0, content.substr(0, 16384)), "ACK " + f1 + " 16384\n");
  EXPECT_EQ(data(alice, f1, 16384, content.substr(16384, 16384)), "ACK " + f1 + " 32768\n");
  EXPECT_EQ(bob.reads(), "");
  const std::string heard = upload(alice, f1, content, 32768);
  const std::string announcement =
      "FILE #lab 1 alice " + f1 + " 50000 " + hex(sha256(content)) + " :router image.bin\n";
  EXPECT_TRUE(heard.ends_with("OK file=" + f1 + " verified=1\n" + announcement)) << heard;
  EXPECT_EQ(bob.reads(), announcement);
  EXPECT_TRUE(bob.asks("HISTORY #lab after=0").starts_with(announcement));
  EXPECT_EQ(value_of(bob.asks("SAY #lab :thanks"), "seq"), "2");
  EXPECT_TRUE(lab.events.has("routed #lab 1 file alice"));
  EXPECT_TRUE(lab.events.has("file verified " + f1 + " alice #lab router image.bin"));
}

TEST_F(FileStory, MembersFetchItByteForByte) {
  const std::string f1 = put(alice, "x", content, "#lab");
  upload(alice, f1, content);
  bob.reads();
  std::string heard = bob.asks("GET " + f1);
  ASSERT_TRUE(
      heard.starts_with("OK file=" + f1 + " size=50000 sha256=" + hex(sha256(content)) + " from=0 :x\n"));
  std::string fetched;
  std::size_t at = heard.find('\n') + 1;
  while (heard.compare(at, 5, "DATA ") == 0) {
    const std::size_t line_end = heard.find('\n', at);
    const std::size_t size = std::stoul(heard.substr(heard.find('{', at) + 1));
    EXPECT_TRUE(heard.substr(at, line_end - at)
                    .starts_with("DATA " + f1 + " " + std::to_string(fetched.size()) + " {"));
    fetched += heard.substr(line_end + 1, size);
    at = line_end + 1 + size + 1;
  }
  EXPECT_EQ(fetched, content);
  EXPECT_EQ(heard.substr(at), "DONE " + f1 + " " + hex(sha256(content)) + "\n");
  EXPECT_TRUE(lab.events.has("file sent " + f1 + " bob"));
}

TEST_F(FileStory, ADownloadStopsWhenItsCreditIsUsedUp) {
  const std::string f1 = put(alice, "x", content, "#lab");
  upload(alice, f1, content);
  bob.reads();
  const std::string first = bob.asks("GET " + f1 + " from=10000 credit=20000");
  EXPECT_EQ(count_of(first, "DATA " + f1 + " "), 2U);
  EXPECT_NE(first.find("DATA " + f1 + " 26384 {3616}\n"), first.npos);
  EXPECT_FALSE(lab.core->wants_output(bob.id));
  EXPECT_EQ(count_of(first, "DONE"), 0U);
  const std::string rest = bob.asks("CREDIT " + f1 + " 100000");
  EXPECT_TRUE(rest.ends_with("DONE " + f1 + " " + hex(sha256(content)) + "\n"));
  EXPECT_EQ(bob.asks("CREDIT " + f1 + " 1"), "");  // crossed the end on its way: no answer, no error
}

TEST_F(FileStory, FileDataIsMadeOnlyWhenNothingElseWaitsAndTheKernelIsDrained) {
  const std::string f1 = put(alice, "x", content, "#lab");
  upload(alice, f1, content);
  bob.reads();
  bob.sends("GET " + f1);
  EXPECT_EQ(count_of(bob.reads_at_most(100'000, false), "DATA"), 0U);
  EXPECT_TRUE(lab.core->wants_output(bob.id));
  const std::string part = bob.reads_at_most(100);  // one chunk is under way
  EXPECT_TRUE(part.starts_with("DATA " + f1 + " 0 {16384}\n"));
  alice.asks("SAY #lab :chat");
  const std::string rest = bob.reads();
  EXPECT_LT(rest.find(":chat\n"), 16384U);  // delayed by that chunk only
  EXPECT_GT(rest.find(":chat\n"), 16384U - 100U);
}

TEST_F(FileStory, AWrongOffsetChangesNothingAndTellsTheRightOne) {
  const std::string f1 = put(alice, "x", content, "#lab");
  EXPECT_TRUE(data(alice, f1, 5, "abc").starts_with("ERR 409 OFFSET verb=DATA next=0 :"));
  data(alice, f1, 0, content.substr(0, 1000));
  EXPECT_TRUE(
      data(alice, f1, 0, content.substr(0, 1000)).starts_with("ERR 409 OFFSET verb=DATA next=1000 :"));
  EXPECT_TRUE(alice.asks("DONE " + f1).starts_with("ERR 409 OFFSET verb=DONE next=1000 :"));
  EXPECT_EQ(alice.asks("STAT " + f1), "OK file=" + f1 + " size=50000 next=1000 complete=0 :x\n");
  EXPECT_NE(upload(alice, f1, content, 1000).find("verified=1"), std::string::npos);
}

TEST_F(FileStory, ContentThatDoesNotMatchIsDiscarded) {
  const std::string f1 = put(alice, "x", content, "#lab");
  std::string bent = content;
  bent[777] ^= 1;
  EXPECT_TRUE(upload(alice, f1, bent).find("ERR 422 HASH verb=DONE :") != std::string::npos);
  EXPECT_EQ(bob.reads(), "");
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_TRUE(alice.asks("STAT " + f1).starts_with("ERR 410 EXPIRED verb=STAT"));
  EXPECT_TRUE(lab.events.has("file hash mismatch " + f1));
}

TEST_F(FileStory, TheSamePutResumesAfterALostConnection) {
  const std::string f1 = put(alice, "x", content, "#lab");
  data(alice, f1, 0, content.substr(0, 16384));
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("SYNC #lab");
  EXPECT_EQ(back.asks(put_line("x", content, "#lab")),
            "OK file=" + f1 + " next=16384 chunk=16384 credit=262144 :resuming\n");
  EXPECT_NE(upload(back, f1, content, 16384).find("FILE #lab 1 alice " + f1), std::string::npos);
  EXPECT_TRUE(lab.events.has("file resume " + f1 + " alice #lab x 16384"));
}

TEST_F(FileStory, AnotherPutIsAnotherFile) {
  const std::string f1 = put(alice, "x", content, "#lab");
  const std::set<std::string> all = {f1, put(alice, "y", content, "#lab"), put(bob, "x", content, "#lab"),
                                     put(alice, "x", content, "@bob")};
  EXPECT_EQ(all.size(), 4U);
}

// Goal: exactly one announcement, whatever was in the pipe behind DONE when its answer was lost, and however
// often and late DONE is sent again.
TEST_F(FileStory, WhenTheAnswerToDoneWasLostTheFileIsNotAnnouncedTwice) {
  const std::string f1 = put(alice, "x", content, "#lab");
  const std::string f2 = put(alice, "y", content, "#lab");
  for (std::size_t at = 0; at < content.size(); at += 16384) {
    data(alice, f1, at, content.substr(at, 16384));
    data(alice, f2, at, content.substr(at, 16384));
  }
  alice.sends("DONE " + f1 + "\nDONE " + f2 + "\nPING :behind");
  alice.drops();
  std::string token = alice.token;
  for (int times = 0; times < 3; ++times) {
    Person& back = lab.login("LOGIN alice device=d-alice token=" + token);
    token = back.token;
    EXPECT_EQ(back.asks("DONE " + f1), "OK file=" + f1 + " verified=1\n");
    EXPECT_EQ(back.asks("DONE " + f2 + " id=7"), "OK id=7 file=" + f2 + " verified=1\n");
    back.drops();
    lab.passes(Milliseconds(400'000));
  }
  EXPECT_EQ(lab.events.count("routed"), 2U);
  Person& back = lab.login("LOGIN alice device=d-alice token=" + token);
  back.asks("JOIN #lab");
  EXPECT_NE(put(back, "x", content, "#lab"), f1);  // wanted again, on purpose
}

TEST_F(FileStory, DataBeyondTheCreditWaitsForMore) {
  ServerConfig config = Lab::quick();
  config.transfer_credit_bytes = 10'000;
  config.chunk_size_max = 10'000;
  Lab small(config);
  Person& carol = small.guest("carol");
  const std::string ok = carol.asks(put_line("x", content, "@carol"));
  EXPECT_EQ(value_of(ok, "credit"), "10000");
  const std::string f1 = value_of(ok, "file");
  EXPECT_EQ(data(carol, f1, 0, content.substr(0, 4000)), "ACK " + f1 + " 4000\n");
  EXPECT_TRUE(
      data(carol, f1, 4000, content.substr(4000, 6001)).starts_with("ERR 429 RATE verb=DATA next=4000 :"));
  EXPECT_EQ(data(carol, f1, 4000, content.substr(4000, 3000)),
            "ACK " + f1 + " 7000\nCREDIT " + f1 + " 7000\n");
  EXPECT_EQ(data(carol, f1, 7000, content.substr(7000, 10'000)),
            "ACK " + f1 + " 17000\nCREDIT " + f1 + " 10000\n");
}

TEST_F(FileStory, ChunksAndFilesHaveASizeLimit) {
  const std::string f1 = put(alice, "x", content, "#lab");
  EXPECT_TRUE(
      data(alice, f1, 0, content.substr(0, 16385)).starts_with("ERR 413 TOO_LARGE verb=DATA max=16384 :"));
  const std::string f2 = put(alice, "y", "abc", "#lab");
  EXPECT_TRUE(data(alice, f2, 0, "abcd").starts_with("ERR 413 TOO_LARGE verb=DATA max=3 :"));
  EXPECT_TRUE(alice.asks("PUT z 67108865 sha256=" + hex(sha256("")) + " to=#lab")
                  .starts_with("ERR 413 TOO_LARGE verb=PUT max=67108864 :"));
}

TEST_F(FileStory, AnEmptyFileIsAFile) {
  const std::string f1 = put(alice, "empty", "", "#lab");
  EXPECT_NE(upload(alice, f1, "").find("FILE #lab 1 alice " + f1 + " 0 "), std::string::npos);
  EXPECT_TRUE(bob.asks("GET " + f1).ends_with("DONE " + f1 + " " + hex(sha256("")) + "\n"));
}

TEST_F(FileStory, BadPutsAreSyntaxErrors) {
  const std::string hash = hex(sha256(""));
  const std::vector<std::string> all = {"PUT x sha256=" + hash + " to=#lab",
                                        "PUT x 5 to=#lab",
                                        "PUT x 5 sha256=12 to=#lab",
                                        "PUT x 5 sha256=" + hash,
                                        "PUT %0a 5 sha256=" + hash + " to=#lab",
                                        "PUT x -5 sha256=" + hash + " to=#lab"};
  for (const std::string& bad : all)
    EXPECT_TRUE(alice.asks(bad).starts_with("ERR 400 SYNTAX verb=PUT :write: PUT")) << bad;
  EXPECT_TRUE(alice.asks("PUT x 5 sha256=" + hash + " to=#moon").starts_with("ERR 404 NO_SUCH verb=PUT"));
}

TEST_F(FileStory, OthersNeitherSeeNorTouchAnUpload) {
  const std::string f1 = put(alice, "x", content, "#lab");
  EXPECT_TRUE(data(bob, f1, 0, "abc").starts_with("ERR 404 NO_SUCH verb=DATA"));
  EXPECT_TRUE(bob.asks("STAT " + f1).starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET " + f1).starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("CANCEL " + f1).starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET f9").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET ../f1").starts_with("ERR 404 NO_SUCH"));
}

TEST_F(FileStory, OnlyMembersOfTheRoomFetchAFile) {
  const std::string f1 = put(alice, "x", content, "#lab");
  upload(alice, f1, content);
  Person& eve = lab.guest("eve");
  EXPECT_TRUE(eve.asks("GET " + f1).starts_with("ERR 404 NO_SUCH verb=GET"));
  EXPECT_TRUE(eve.asks("STAT " + f1).starts_with("ERR 404 NO_SUCH"));
  eve.asks("JOIN #lab");
  EXPECT_TRUE(eve.asks("STAT " + f1).starts_with("OK file=" + f1 + " size=50000 next=50000 complete=1 :x\n"));
  const std::string f2 = put(alice, "x", content, "@bob");
  upload(alice, f2, content);
  EXPECT_TRUE(eve.asks("GET " + f2).starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET " + f2).find("OK file=" + f2 + " ") != std::string::npos);
}

TEST_F(FileStory, AnUploadCanBeCancelled) {
  const std::string f1 = put(alice, "x", content, "#lab");
  data(alice, f1, 0, content.substr(0, 100));
  EXPECT_EQ(alice.asks("CANCEL " + f1 + " id=c"), "OK id=c file=" + f1 + "\n");
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_EQ(value_of(alice.asks(put_line("x", content, "#lab")), "next"), "0");
}

TEST_F(FileStory, ADownloadCanBeCancelled) {
  const std::string f1 = put(alice, "x", content, "#lab");
  upload(alice, f1, content);
  bob.reads();
  bob.sends("GET " + f1);
  bob.reads_at_most(200);
  bob.sends("CANCEL " + f1);
  const std::string heard = bob.reads();
  EXPECT_TRUE(heard.ends_with("OK file=" + f1 + "\n"));
  EXPECT_EQ(count_of(heard, "DATA"), 0U);  // the chunk under way was finished, no other began
  EXPECT_TRUE(bob.asks("CANCEL " + f1).starts_with("ERR 404"));
}

TEST_F(FileStory, TransfersOfOneUserAreLimitedAndAbandonedOnesGiveWay) {
  const std::string f1 = put(alice, "x0", content, "#lab");
  for (int n = 1; n < 4; ++n) put(alice, "x" + std::to_string(n), content, "#lab");
  EXPECT_TRUE(alice.asks(put_line("more", content, "#lab")).starts_with("ERR 429 RATE verb=PUT max=4 :"));
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("JOIN #lab");
  EXPECT_NE(put(back, "more", content, "#lab"), "");
  EXPECT_TRUE(back.asks("STAT " + f1).starts_with("ERR 410 EXPIRED"));
}

TEST_F(FileStory, TroubleWithTheSpoolIsAServerErrorAndIsLogged) {
  const std::string f1 = put(alice, "x", content, "#lab");
  lab.spool.fails = true;
  EXPECT_EQ(data(alice, f1, 0, content.substr(0, 100)), "ACK " + f1 + " 100\n");  // received, not stored
  EXPECT_TRUE(lab.events.has("note spool disk on fire"));
  EXPECT_TRUE(data(alice, f1, 100, content.substr(100, 100)).starts_with("ERR 500 INTERNAL verb=DATA"));
  EXPECT_TRUE(alice.asks("DONE " + f1).starts_with("ERR 500 INTERNAL verb=DONE"));
  lab.spool.fails = false;
  const std::string f2 = put(alice, "x", content, "#lab");
  EXPECT_NE(upload(alice, f2, content).find("verified=1"), std::string::npos);
  lab.spool.fails = true;
  EXPECT_NE(bob.asks("GET " + f2).find("ERR 500 INTERNAL verb=GET"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::test
