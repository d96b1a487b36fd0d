// Files through the session: credit, going on after a lost connection, and hashes that do not fit.
#include <string>

#include <gtest/gtest.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

std::string data_frame(std::string_view file, std::size_t offset, std::string_view bytes) {
  return "DATA " + std::string(file) + " " + std::to_string(offset) + " {" + std::to_string(bytes.size()) +
         "}\n" + std::string(bytes) + "\n";
}

std::string hash_of(std::string_view bytes) { return hex(sha256(bytes)); }

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    talk_.files.to_send["notes.txt"] = "0123456789";
    talk_.log_in();
  }
  std::string put_line() const { return "PUT notes.txt 10 sha256=" + hash_of("0123456789") + " to=#lab\n"; }

  Talk talk_;
};

TEST_F(FilesTest, SendsNoMoreThanTheCreditAllows) {
  talk_.send_file("notes.txt", "#lab");
  EXPECT_EQ(talk_.sent(), put_line());
  talk_.hear("OK file=f1 next=0 chunk=4 credit=8\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 0, "0123") + data_frame("f1", 4, "4567"));
  talk_.hear("ACK f1 4\nACK f1 8\n");
  EXPECT_EQ(talk_.sent(), "");
  talk_.hear("CREDIT f1 8\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 8, "89"));
  talk_.hear("ACK f1 10\n");
  EXPECT_EQ(talk_.sent(), "DONE f1\n");
  talk_.hear("OK file=f1 verified=1\n");
  const auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].refusal);
  EXPECT_EQ(answers[0].sha256, hash_of("0123456789"));
}

TEST_F(FilesTest, GoesOnWhereTheServerSaysAfterALostConnection) {
  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f1 next=0 chunk=4 credit=100\n");
  talk_.sent();
  talk_.hear("ACK f1 4\n");
  talk_.lose();
  talk_.greet();
  talk_.hear(kLoginOk);
  EXPECT_EQ(talk_.sent(), "LOGIN alice device=d token=T1\n" + put_line());
  talk_.hear("OK file=f1 next=8 chunk=4 credit=100 :resuming\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 8, "89"));
}

// Goal: the data frames behind a refused one are refused too and must not each move the place to go on from.
TEST_F(FilesTest, GoesBackOnceForAllFramesThatWereInFlight) {
  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f1 next=0 chunk=4 credit=12\n");
  talk_.sent();
  talk_.hear("ERR 409 OFFSET verb=DATA next=2 :go on at next=\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 2, "2345"));
  talk_.hear(
      "ERR 409 OFFSET verb=DATA next=2 :go on at next=\nERR 409 OFFSET verb=DATA next=2 :go on at next=\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 6, "6789"));
  talk_.hear("ACK f1 6\nACK f1 10\n");
  EXPECT_EQ(talk_.sent(), "DONE f1\n");
}

// Goal: data beyond the credit goes back to where the server stands, and nothing is sent before it grants
// more.
TEST_F(FilesTest, WaitsForCreditWhenTheServerKnowsLessThanWeThought) {
  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f1 next=0 chunk=4 credit=100\n");
  talk_.sent();
  const std::string refused = "ERR 429 RATE verb=DATA next=4 :wait for CREDIT\n";
  talk_.hear("ACK f1 4\n" + refused + refused);
  EXPECT_EQ(talk_.sent(), "");
  talk_.hear("CREDIT f1 2\n");
  EXPECT_EQ(talk_.sent(), data_frame("f1", 4, "4567"));
}

// Goal: a file whose DONE was sent is not sent again, however often the answer is lost: DONE is repeated.
TEST_F(FilesTest, RepeatsDoneWhenItsAnswerGotLost) {
  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f1 next=0 chunk=16 credit=100\n");
  talk_.sent();
  talk_.hear("ACK f1 10\n");
  EXPECT_EQ(talk_.sent(), "DONE f1\n");
  for (int times = 0; times < 2; ++times) {
    talk_.lose();
    talk_.session.submit({.verb = Verb::cancel, .target = "notes.txt"}, talk_.now);
    EXPECT_TRUE(talk_.answers()[0].refusal) << "it may have been announced";
    talk_.greet();
    talk_.hear(kLoginOk);
    EXPECT_EQ(talk_.sent(), "LOGIN alice device=d token=T1\nDONE f1\n");
    talk_.session.take_events();
  }
  talk_.hear("OK file=f1 verified=1\n");
  const auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].refusal);
  EXPECT_EQ(answers[0].sha256, hash_of("0123456789"));
  EXPECT_EQ(talk_.sent(), "");
}

TEST_F(FilesTest, SendsAgainWhatTheServerNeverFinished) {
  for (const char* const refusal :
       {"ERR 404 NO_SUCH verb=DONE :a new server\n", "ERR 410 EXPIRED verb=DONE :too late\n"}) {
    talk_.send_file("notes.txt", "#lab");
    talk_.sent();
    talk_.hear("OK file=f1 next=0 chunk=16 credit=100\n");
    talk_.sent();
    talk_.hear("ACK f1 10\n");
    EXPECT_EQ(talk_.sent(), "DONE f1\n");
    talk_.lose();
    talk_.greet();
    talk_.hear(kLoginOk);
    talk_.sent();
    talk_.hear(refusal);
    EXPECT_EQ(talk_.sent(), put_line());
    talk_.hear("OK file=f2 next=0 chunk=16 credit=100\n");
    EXPECT_EQ(talk_.sent(), data_frame("f2", 0, "0123456789"));
    talk_.hear("ACK f2 10\n");
    EXPECT_EQ(talk_.sent(), "DONE f2\n");
    talk_.session.take_events();
    talk_.hear(refusal);
    const auto answers = talk_.answers();
    ASSERT_EQ(answers.size(), 1U) << "refused at once, it is not sent for ever";
    EXPECT_TRUE(answers[0].refusal);
  }
}

TEST_F(FilesTest, ReportsAFileThatTheServerFoundDifferent) {
  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f1 next=0 chunk=16 credit=100\n");
  talk_.sent();
  talk_.hear("ACK f1 10\n");
  talk_.sent();
  talk_.hear("ERR 422 HASH verb=DONE :not what was announced\n");
  const auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_TRUE(answers[0].refusal);
  EXPECT_EQ(answers[0].refusal->code, 422U);
}

TEST_F(FilesTest, KeepsADownloadOnlyWhenItsHashIsRight) {
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  EXPECT_EQ(talk_.sent(), "GET f2 credit=262144\n");
  talk_.hear("OK file=f2 size=6 sha256=" + hash_of("abcdef") + " from=0 :../x/letters.txt\n");
  talk_.hear(data_frame("f2", 0, "abc") + data_frame("f2", 3, "def"));
  EXPECT_TRUE(talk_.files.kept.empty());
  talk_.hear("DONE f2 " + hash_of("abcdef") + "\n");
  ASSERT_EQ(talk_.files.kept.size(), 1U);
  EXPECT_EQ(talk_.files.kept.begin()->second, "abcdef");

  talk_.session.submit({.verb = Verb::get, .target = "f3"}, talk_.now);
  talk_.session.take_events();
  talk_.hear("OK file=f3 size=3 sha256=" + hash_of("abc") + " from=0 :other.txt\n" +
             data_frame("f3", 0, "abX") + "DONE f3 " + hash_of("abc") + "\n");
  const auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].refusal);
  EXPECT_FALSE(talk_.files.kept.contains("other.txt"));
}

TEST_F(FilesTest, GrantsCreditForWhatWasStoredAndGoesOnAfterALostConnection) {
  const std::string half(kDownloadCredit / 2, 'a');
  const std::string all = half + half + half;
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  talk_.sent();
  const std::string announced = " sha256=" + hash_of(all) + " from=";
  talk_.hear("OK file=f2 size=" + std::to_string(all.size()) + announced + "0 :big\n");
  talk_.hear(data_frame("f2", 0, half));
  EXPECT_EQ(talk_.sent(), "CREDIT f2 " + std::to_string(half.size()) + "\n");
  talk_.lose();
  talk_.greet();
  talk_.hear(kLoginOk);
  EXPECT_EQ(talk_.sent(), "LOGIN alice device=d token=T1\nGET f2 from=131072 credit=262144\n");
  talk_.hear("OK file=f2 size=" + std::to_string(all.size()) + announced + "131072 :big\n");
  talk_.hear(data_frame("f2", half.size(), half) + data_frame("f2", 2 * half.size(), half));
  talk_.hear("DONE f2 " + hash_of(all) + "\n");
  EXPECT_EQ(talk_.files.kept["big"], all);
}

TEST_F(FilesTest, GivesUpADownloadThatIsLongerThanAnnounced) {
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  talk_.sent();
  talk_.hear("OK file=f2 size=3 sha256=" + hash_of("abc") + " from=0 :n\n" + data_frame("f2", 0, "abcd"));
  EXPECT_EQ(talk_.sent(), "CANCEL f2\n");
  const auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].refusal);
}

TEST_F(FilesTest, SaysWhyAFileCannotBeSentWithoutAskingTheServer) {
  talk_.send_file("missing", "#lab");
  EXPECT_EQ(talk_.sent(), "");
  EXPECT_EQ(talk_.shown(), "! no such file\n");
}

// Goal: a file that the server will not take costs no hash and no question.
TEST(Files, AreRefusedAtOnceWhenTheGreetingSaysSo) {
  Talk talk;
  talk.files.to_send["big"] = std::string(11, 'b');
  talk.files.hashed_at_once = 1;
  talk.send_file("big", "#lab");  // before there is a connection
  talk.connect();
  talk.hear("PLAINTALK/1 lab file=10 :type HELP\n");
  talk.hear(kLoginOk);
  talk.send_file("big", "#lab");
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d\n");
  const auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 2U);
  for (const Answered& answer : answers) {
    ASSERT_TRUE(answer.refusal);
    EXPECT_NE(answer.refusal->text.find("at most 10"), std::string::npos) << answer.refusal->text;
  }
}

// Goal: chat goes on while a file is hashed, which is shown, and can be cancelled.
TEST_F(FilesTest, HashesBesideTheChat) {
  talk_.files.hashed_at_once = 2;
  talk_.send_file("notes.txt", "#lab");
  talk_.say("#lab", "not held up");
  EXPECT_EQ(talk_.sent(), "SAY #lab id=x2 :not held up\n");
  talk_.hear("OK id=x2 seq=1 at=5\n");
  std::vector<std::uint64_t> hashed;
  std::string sent;
  for (int tick = 0; tick < 3; ++tick) {
    talk_.wait(Milliseconds{100});
    for (const Event& event : talk_.session.take_events()) {
      const auto* progress = std::get_if<TransferProgress>(&event);
      if (progress != nullptr && progress->hashing) hashed.push_back(progress->done);
    }
    sent += talk_.sent();
  }
  EXPECT_EQ(sent, put_line());
  EXPECT_FALSE(hashed.empty());
}

TEST_F(FilesTest, CanBeCancelledAtAnyStage) {
  const auto cancel = [this] {
    talk_.session.submit({.verb = Verb::cancel, .target = "notes.txt"}, talk_.now);
    const auto answers = talk_.answers();
    EXPECT_EQ(answers.size(), 2U);
    if (answers.size() != 2) return;
    ASSERT_TRUE(answers[0].refusal);
    EXPECT_EQ(answers[0].refusal->name, "CANCELLED");
    EXPECT_FALSE(answers[1].refusal);
  };
  talk_.files.hashed_at_once = 1;
  talk_.send_file("notes.txt", "#lab");
  cancel();
  EXPECT_EQ(talk_.sent(), "") << "while it was hashed";
  talk_.files.hashed_at_once = std::string::npos;

  talk_.send_file("notes.txt", "#lab");
  EXPECT_EQ(talk_.sent(), put_line());
  cancel();
  talk_.hear("OK file=f1 next=0 chunk=4 credit=8\n");
  EXPECT_EQ(talk_.sent(), "CANCEL f1\n") << "its handle came late";
  talk_.hear("OK file=f1\n");

  talk_.send_file("notes.txt", "#lab");
  talk_.sent();
  talk_.hear("OK file=f2 next=0 chunk=4 credit=4\n");
  talk_.sent();
  cancel();
  EXPECT_EQ(talk_.sent(), "CANCEL f2\n") << "while it was sent";
  talk_.hear("ACK f2 4\nOK file=f2\n");

  talk_.session.submit({.verb = Verb::get, .target = "f3"}, talk_.now);
  talk_.sent();
  talk_.hear("OK file=f3 size=6 sha256=" + hash_of("abcdef") + " from=0 :notes.txt\n" +
             data_frame("f3", 0, "abc"));
  talk_.session.take_events();
  cancel();
  EXPECT_EQ(talk_.sent(), "CANCEL f3\n");
  EXPECT_TRUE(talk_.files.parts.empty());
  talk_.hear(data_frame("f3", 3, "def") + "DONE f3 " + hash_of("abcdef") + "\nOK file=f3\n");
  EXPECT_TRUE(talk_.files.kept.empty());

  talk_.session.submit({.verb = Verb::cancel, .target = "notes.txt"}, talk_.now);
  EXPECT_TRUE(talk_.answers()[0].refusal) << "there is nothing left";
}

TEST_F(FilesTest, GoesOnWithWhatAnEarlierFetchLeft) {
  const std::string whole = "abcdef";
  const std::string accepted = "OK file=f2 size=6 sha256=" + hash_of(whole) + " from=";
  talk_.files.parts[hash_of(whole)] = "abc";
  talk_.files.hashed_at_once = 2;
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  EXPECT_EQ(talk_.sent(), "GET f2 credit=262144\n");
  talk_.hear(accepted + "0 :letters.txt\n" + data_frame("f2", 0, "ab"));
  EXPECT_EQ(talk_.sent(), "CANCEL f2\n");
  talk_.wait(Milliseconds{100});
  EXPECT_EQ(talk_.sent(), "GET f2 from=3 credit=262144\n");
  talk_.hear("OK file=f2\n" + accepted + "3 :letters.txt\n" + data_frame("f2", 3, "def") + "DONE f2 " +
             hash_of(whole) + "\n");
  EXPECT_EQ(talk_.files.kept["letters.txt"], whole);
  EXPECT_TRUE(talk_.files.parts.empty());
}

// Goal: a part that was spoilt costs time and nothing else; a whole one costs nothing.
TEST_F(FilesTest, FetchesAgainFromTheBeginningWhenThePartWasWrong) {
  const std::string whole = "abcdef";
  const std::string accepted = "OK file=f2 size=6 sha256=" + hash_of(whole) + " from=";
  talk_.files.parts[hash_of(whole)] = "abX";
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  talk_.sent();
  talk_.hear(accepted + "0 :letters.txt\n");
  EXPECT_EQ(talk_.sent(), "CANCEL f2\nGET f2 from=3 credit=262144\n");
  talk_.hear("OK file=f2\n" + accepted + "3 :letters.txt\n" + data_frame("f2", 3, "def") + "DONE f2 " +
             hash_of(whole) + "\n");
  EXPECT_EQ(talk_.sent(), "GET f2 credit=262144\n");
  talk_.hear(accepted + "0 :letters.txt\n" + data_frame("f2", 0, whole) + "DONE f2 " + hash_of(whole) + "\n");
  EXPECT_EQ(talk_.files.kept["letters.txt"], whole);

  talk_.files.kept.clear();
  talk_.files.parts[hash_of(whole)] = whole;
  talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  talk_.sent();
  talk_.hear(accepted + "0 :letters.txt\n");
  EXPECT_EQ(talk_.sent(), "CANCEL f2\n");
  EXPECT_EQ(talk_.files.kept["letters.txt"], whole);
}

TEST_F(FilesTest, FetchesTheSameFileTwiceOneAfterTheOther) {
  for (int time = 0; time < 2; ++time) talk_.session.submit({.verb = Verb::get, .target = "f2"}, talk_.now);
  EXPECT_EQ(talk_.sent(), "GET f2 credit=262144\n");
  for (int time = 0; time < 2; ++time) {
    talk_.hear("OK file=f2 size=3 sha256=" + hash_of("abc") + " from=0 :n\n" + data_frame("f2", 0, "abc") +
               "DONE f2 " + hash_of("abc") + "\n");
    EXPECT_EQ(talk_.sent(), time == 0 ? "GET f2 credit=262144\n" : "");
  }
  EXPECT_EQ(talk_.answers().size(), 2U);
}

}  // namespace
}  // namespace plaintalk::messenger::client
