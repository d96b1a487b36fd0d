#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

std::string pattern(std::size_t size) {
  std::string octets(size, '\0');
  for (std::size_t index = 0; index < size; ++index)
    octets[index] = static_cast<char>(index * 31 + index / 251);
  return octets;
}

std::string put_line(std::string_view name, std::string_view content, std::string_view to) {
  return "PUT " + std::string(name) + " " + std::to_string(content.size()) +
         " sha256=" + hex(sha256(content)) + " to=" + std::string(to);
}

std::string data(Person& person, std::string_view file, std::size_t offset, std::string_view content) {
  person.sends_octets("DATA " + std::string(file) + " " + std::to_string(offset) + " {" +
                      std::to_string(content.size()) + "}\n" + std::string(content) + "\n");
  return person.reads();
}

// Sends the whole file from `next` on; returns everything heard, the FILE announcement included.
std::string upload(Person& person, std::string_view file, std::string_view content, std::size_t next = 0) {
  std::string heard;
  while (next < content.size()) {
    const std::string_view chunk = content.substr(next, 16384);
    heard += data(person, file, next, chunk);
    next += chunk.size();
  }
  return heard + person.asks("DONE " + std::string(file));
}

struct Story : ::testing::Test {
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

TEST_F(Story, AFileIsAnnouncedWhenAllOfItIsThereAndRight) {
  const std::string ok = alice.asks(put_line("router%20image.bin", content, "#lab"));
  EXPECT_EQ(ok, "OK file=f1 next=0 chunk=16384 credit=262144\n");
  EXPECT_EQ(data(alice, "f1", 0, content.substr(0, 16384)), "ACK f1 16384\n");
  EXPECT_EQ(data(alice, "f1", 16384, content.substr(16384, 16384)), "ACK f1 32768\n");
  EXPECT_EQ(bob.reads(), "");
  const std::string heard = upload(alice, "f1", content, 32768);
  const std::string announcement =
      "FILE #lab 1 alice f1 50000 " + hex(sha256(content)) + " :router image.bin\n";
  EXPECT_TRUE(heard.ends_with("OK file=f1 verified=1\n" + announcement)) << heard;
  EXPECT_EQ(bob.reads(), announcement);
  EXPECT_TRUE(bob.asks("HISTORY #lab after=0").starts_with(announcement));
  EXPECT_EQ(value_of(bob.asks("SAY #lab :thanks"), "seq"), "2");
  EXPECT_TRUE(lab.events.has("routed #lab 1 file alice"));
  EXPECT_TRUE(lab.events.has("file verified f1 alice #lab router image.bin"));
}

TEST_F(Story, MembersFetchItOctetForOctet) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  bob.reads();
  std::string heard = bob.asks("GET f1");
  ASSERT_TRUE(heard.starts_with("OK file=f1 size=50000 sha256=" + hex(sha256(content)) + " from=0 :x\n"));
  std::string fetched;
  std::size_t at = heard.find('\n') + 1;
  while (heard.compare(at, 5, "DATA ") == 0) {
    const std::size_t line_end = heard.find('\n', at);
    const std::size_t size = std::stoul(heard.substr(heard.find('{', at) + 1));
    EXPECT_TRUE(
        heard.substr(at, line_end - at).starts_with("DATA f1 " + std::to_string(fetched.size()) + " {"));
    fetched += heard.substr(line_end + 1, size);
    at = line_end + 1 + size + 1;
  }
  EXPECT_EQ(fetched, content);
  EXPECT_EQ(heard.substr(at), "DONE f1 " + hex(sha256(content)) + "\n");
  EXPECT_TRUE(lab.events.has("file sent f1 bob"));
}

TEST_F(Story, ADownloadStopsWhenItsCreditIsUsedUp) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  bob.reads();
  const std::string first = bob.asks("GET f1 from=10000 credit=20000");
  EXPECT_EQ(count_of(first, "DATA f1 "), 2U);
  EXPECT_NE(first.find("DATA f1 26384 {3616}\n"), first.npos);
  EXPECT_FALSE(lab.core->wants_output(bob.id));
  EXPECT_EQ(count_of(first, "DONE"), 0U);
  const std::string rest = bob.asks("CREDIT f1 100000");
  EXPECT_TRUE(rest.ends_with("DONE f1 " + hex(sha256(content)) + "\n"));
  EXPECT_EQ(bob.asks("CREDIT f1 1"), "");  // crossed the end on its way: no answer, no error
}

TEST_F(Story, FileDataIsMadeOnlyWhenNothingElseWaitsAndTheKernelIsDrained) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  bob.reads();
  bob.sends("GET f1");
  EXPECT_EQ(count_of(bob.reads_at_most(100'000, false), "DATA"), 0U);
  EXPECT_TRUE(lab.core->wants_output(bob.id));
  const std::string part = bob.reads_at_most(100);  // one chunk is under way
  EXPECT_TRUE(part.starts_with("DATA f1 0 {16384}\n"));
  alice.asks("SAY #lab :chat");
  const std::string rest = bob.reads();
  EXPECT_LT(rest.find(":chat\n"), 16384U);  // delayed by that chunk only
  EXPECT_GT(rest.find(":chat\n"), 16384U - 100U);
}

TEST_F(Story, AWrongOffsetChangesNothingAndTellsTheRightOne) {
  alice.asks(put_line("x", content, "#lab"));
  EXPECT_TRUE(data(alice, "f1", 5, "abc").starts_with("ERR 409 OFFSET verb=DATA next=0 :"));
  data(alice, "f1", 0, content.substr(0, 1000));
  EXPECT_TRUE(
      data(alice, "f1", 0, content.substr(0, 1000)).starts_with("ERR 409 OFFSET verb=DATA next=1000 :"));
  EXPECT_TRUE(alice.asks("DONE f1").starts_with("ERR 409 OFFSET verb=DONE next=1000 :"));
  EXPECT_EQ(alice.asks("STAT f1"), "OK file=f1 size=50000 next=1000 complete=0 :x\n");
  EXPECT_NE(upload(alice, "f1", content, 1000).find("verified=1"), std::string::npos);
}

TEST_F(Story, ContentThatDoesNotMatchIsDiscarded) {
  alice.asks(put_line("x", content, "#lab"));
  std::string bent = content;
  bent[777] ^= 1;
  EXPECT_TRUE(upload(alice, "f1", bent).find("ERR 422 HASH verb=DONE :") != std::string::npos);
  EXPECT_EQ(bob.reads(), "");
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_TRUE(alice.asks("STAT f1").starts_with("ERR 410 EXPIRED verb=STAT"));
  EXPECT_TRUE(lab.events.has("file hash mismatch f1"));
}

TEST_F(Story, TheSamePutResumesAfterALostConnection) {
  alice.asks(put_line("x", content, "#lab"));
  data(alice, "f1", 0, content.substr(0, 16384));
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("SYNC #lab");
  EXPECT_EQ(back.asks(put_line("x", content, "#lab")),
            "OK file=f1 next=16384 chunk=16384 credit=262144 :resuming\n");
  EXPECT_NE(upload(back, "f1", content, 16384).find("FILE #lab 1 alice f1"), std::string::npos);
  EXPECT_TRUE(lab.events.has("file resume f1 alice #lab x 16384"));
}

TEST_F(Story, AnotherPutIsAnotherFile) {
  alice.asks(put_line("x", content, "#lab"));
  EXPECT_EQ(value_of(alice.asks(put_line("y", content, "#lab")), "file"), "f2");
  EXPECT_EQ(value_of(bob.asks(put_line("x", content, "#lab")), "file"), "f3");
  EXPECT_EQ(value_of(alice.asks(put_line("x", content, "@bob")), "file"), "f4");
}

TEST_F(Story, WhenTheAnswerToDoneWasLostTheFileIsNotAnnouncedTwice) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("SYNC #lab after=0");
  EXPECT_EQ(value_of(back.asks(put_line("x", content, "#lab")), "next"), "50000");
  EXPECT_EQ(back.asks("DONE f1"), "OK file=f1 verified=1\n");
  EXPECT_EQ(lab.events.count("routed"), 1U);
  back.asks("PING");
  EXPECT_EQ(value_of(back.asks(put_line("x", content, "#lab")), "file"), "f2");  // wanted again, on purpose
}

TEST_F(Story, DataBeyondTheCreditWaitsForMore) {
  ServerConfig config = Lab::quick();
  config.transfer_credit_bytes = 10'000;
  Lab small(config);
  Person& carol = small.guest("carol");
  EXPECT_EQ(value_of(carol.asks(put_line("x", content, "@carol")), "credit"), "10000");
  EXPECT_TRUE(data(carol, "f1", 0, content.substr(0, 10'001)).starts_with("ERR 429 RATE verb=DATA next=0 :"));
  EXPECT_EQ(data(carol, "f1", 0, content.substr(0, 4000)), "ACK f1 4000\n");
  EXPECT_EQ(data(carol, "f1", 4000, content.substr(4000, 3000)), "ACK f1 7000\nCREDIT f1 7000\n");
  EXPECT_EQ(data(carol, "f1", 7000, content.substr(7000, 10'000)), "ACK f1 17000\nCREDIT f1 10000\n");
}

TEST_F(Story, ChunksAndFilesHaveASizeLimit) {
  alice.asks(put_line("x", content, "#lab"));
  EXPECT_TRUE(
      data(alice, "f1", 0, content.substr(0, 16385)).starts_with("ERR 413 TOO_LARGE verb=DATA max=16384 :"));
  alice.asks(put_line("y", "abc", "#lab"));
  EXPECT_TRUE(data(alice, "f2", 0, "abcd").starts_with("ERR 413 TOO_LARGE verb=DATA max=3 :"));
  EXPECT_TRUE(alice.asks("PUT z 67108865 sha256=" + hex(sha256("")) + " to=#lab")
                  .starts_with("ERR 413 TOO_LARGE verb=PUT max=67108864 :"));
}

TEST_F(Story, AnEmptyFileIsAFile) {
  alice.asks(put_line("empty", "", "#lab"));
  EXPECT_NE(upload(alice, "f1", "").find("FILE #lab 1 alice f1 0 "), std::string::npos);
  EXPECT_TRUE(bob.asks("GET f1").ends_with("DONE f1 " + hex(sha256("")) + "\n"));
}

TEST_F(Story, BadPutsAreSyntaxErrors) {
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

TEST_F(Story, OthersNeitherSeeNorTouchAnUpload) {
  alice.asks(put_line("x", content, "#lab"));
  EXPECT_TRUE(data(bob, "f1", 0, "abc").starts_with("ERR 404 NO_SUCH verb=DATA"));
  EXPECT_TRUE(bob.asks("STAT f1").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET f1").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("CANCEL f1").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET f9").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET ../f1").starts_with("ERR 404 NO_SUCH"));
}

TEST_F(Story, OnlyMembersOfTheRoomFetchAFile) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  Person& eve = lab.guest("eve");
  EXPECT_TRUE(eve.asks("GET f1").starts_with("ERR 404 NO_SUCH verb=GET"));
  EXPECT_TRUE(eve.asks("STAT f1").starts_with("ERR 404 NO_SUCH"));
  eve.asks("JOIN #lab");
  EXPECT_TRUE(eve.asks("STAT f1").starts_with("OK file=f1 size=50000 next=50000 complete=1 :x\n"));
  alice.asks(put_line("x", content, "@bob"));
  upload(alice, "f2", content);
  EXPECT_TRUE(eve.asks("GET f2").starts_with("ERR 404 NO_SUCH"));
  EXPECT_TRUE(bob.asks("GET f2").find("OK file=f2 ") != std::string::npos);
}

TEST_F(Story, AnUploadCanBeCancelled) {
  alice.asks(put_line("x", content, "#lab"));
  data(alice, "f1", 0, content.substr(0, 100));
  EXPECT_EQ(alice.asks("CANCEL f1 id=c"), "OK id=c file=f1\n");
  EXPECT_EQ(lab.spool.file_count(), 0U);
  EXPECT_EQ(value_of(alice.asks(put_line("x", content, "#lab")), "next"), "0");
}

TEST_F(Story, ADownloadCanBeCancelled) {
  alice.asks(put_line("x", content, "#lab"));
  upload(alice, "f1", content);
  bob.reads();
  bob.sends("GET f1");
  bob.reads_at_most(200);
  bob.sends("CANCEL f1");
  const std::string heard = bob.reads();
  EXPECT_TRUE(heard.ends_with("OK file=f1\n"));
  EXPECT_EQ(count_of(heard, "DATA"), 0U);  // the chunk under way was finished, no other began
  EXPECT_TRUE(bob.asks("CANCEL f1").starts_with("ERR 404"));
}

TEST_F(Story, TransfersOfOneUserAreLimitedAndAbandonedOnesGiveWay) {
  for (int n = 0; n < 4; ++n) alice.asks(put_line("x" + std::to_string(n), content, "#lab"));
  EXPECT_TRUE(alice.asks(put_line("more", content, "#lab")).starts_with("ERR 429 RATE verb=PUT max=4 :"));
  alice.drops();
  Person& back = lab.login("LOGIN alice device=d-alice token=" + alice.token);
  back.asks("JOIN #lab");
  EXPECT_EQ(value_of(back.asks(put_line("more", content, "#lab")), "file"), "f5");
  EXPECT_TRUE(back.asks("STAT f1").starts_with("ERR 410 EXPIRED"));
}

TEST_F(Story, TheOldestFileGivesWayWhenTheSpoolIsFull) {
  ServerConfig config = Lab::quick();
  config.spool_size_max = 100'000;
  Lab small(config);
  Person& carol = small.guest("carol");
  for (const std::string name : {"a", "b"}) {
    const std::string handle = value_of(carol.asks(put_line(name, content, "@carol")), "file");
    upload(carol, handle, content);
  }
  carol.asks("PING");
  EXPECT_EQ(value_of(carol.asks(put_line("c", content, "@carol")), "file"), "f3");
  EXPECT_TRUE(carol.asks("GET f1").starts_with("ERR 410 EXPIRED verb=GET"));
  EXPECT_TRUE(carol.asks("STAT f2").starts_with("OK file=f2"));
  EXPECT_TRUE(
      carol.asks(put_line("d", pattern(60'000), "@carol")).starts_with("ERR 507 QUOTA verb=PUT retry="));
}

TEST_F(Story, AnUploadWithoutDataIsGivenUpAfterTenMinutes) {
  ServerConfig config = Lab::quick();
  config.ping_interval = std::nullopt;
  Lab patient(config);
  Person& carol = patient.guest("carol");
  carol.asks(put_line("x", content, "@carol"));
  patient.passes(Milliseconds(602'000));
  EXPECT_TRUE(data(carol, "f1", 0, "abc").starts_with("ERR 410 EXPIRED verb=DATA"));
}

TEST_F(Story, TroubleWithTheSpoolIsAServerErrorAndIsLogged) {
  lab.spool.fails = true;
  EXPECT_TRUE(alice.asks(put_line("x", content, "#lab")).starts_with("ERR 500 INTERNAL verb=PUT"));
  EXPECT_TRUE(lab.events.has("note spool disk on fire"));
  lab.spool.fails = false;
  const std::string handle = value_of(alice.asks(put_line("x", content, "#lab")), "file");
  lab.spool.fails = true;
  EXPECT_TRUE(data(alice, handle, 0, content.substr(0, 100)).starts_with("ERR 500 INTERNAL verb=DATA"));
  lab.spool.fails = false;
  EXPECT_NE(upload(alice, handle, content).find("verified=1"), std::string::npos);
  lab.spool.fails = true;
  EXPECT_NE(bob.asks("GET " + handle).find("ERR 500 INTERNAL verb=GET"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::test
