// The session as a story between a client and a server that the test plays by hand.
#include <gtest/gtest.h>

#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

// The rate was of that connection's server; the next one decides anew.
TEST(Session, ALostConnectionEndsTheWaitForTheRate) {
  Talk talk;
  talk.log_in();
  talk.say("#lab", "hello");
  talk.sent();
  talk.hear("ERR 429 RATE verb=SAY id=x1 retry=3600000 :wait\n");
  EXPECT_EQ(talk.sent(), "");
  talk.lose();
  talk.greet();
  talk.hear(kLoginOk);
  EXPECT_TRUE(talk.sent().ends_with("SAY #lab id=x1 :hello\n"));
}

using std::chrono::seconds;

TEST(Session, LogsInAsAGuestOnceTheServerHasGreeted) {
  Talk talk;
  talk.connect();
  EXPECT_EQ(talk.sent(), "");
  talk.hear(kGreeting);
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d\n");
  talk.hear(kLoginOk);
  EXPECT_TRUE(talk.session.ready());
  EXPECT_EQ(talk.shown(), "* connected to lab as alice (guest)\n");
}

TEST(Session, SendsThePasswordAndUsesTheTokenWhenItComesBack) {
  Talk talk({"alice", "tulip9", false, "d", "x"});
  talk.greet();
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d :tulip9\n");
  talk.hear("OK user=alice device=d token=T1\n");
  talk.lose();
  talk.greet();
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d token=T1\n");
  talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :no\n");
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d :tulip9\n") << "its device had to make way";
}

TEST(Session, RegistersOrElseLogsInToTheAccountThatExists) {
  Talk talk({"alice", "tulip9", true, "d", "x"});
  talk.greet();
  EXPECT_EQ(talk.sent(), "REGISTER alice device=d :tulip9\n");
  talk.hear("ERR 409 NAME_TAKEN verb=REGISTER :taken\n");
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d :tulip9\n");
  talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :no\n");
  ASSERT_TRUE(talk.ended());
  EXPECT_EQ(talk.ended()->why, Ended::Why::login_refused);
  EXPECT_EQ(talk.ended()->code, 402U);
}

TEST(Session, TellsWhenSomethingElseListensThere) {
  for (const std::string_view words :
       {"HTTP/1.1 400 Bad Request\r\n", "220 mail ESMTP\n", "PLAINTALK/9 x :hi\n"}) {
    Talk talk;
    talk.connect();
    talk.hear(words);
    ASSERT_TRUE(talk.ended()) << words;
    EXPECT_EQ(talk.ended()->why, Ended::Why::not_plaintalk) << words;
  }
}

TEST(Session, ShowsAMessageOnceWhenItComesBackFromTheServer) {
  Talk talk;
  talk.log_in();
  talk.join_lab(0);
  talk.say("#lab", "hello");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x2 :hello\n");
  talk.hear("OK id=x2 seq=1 at=5\nMSG #lab 1 alice 5 :hello\n");
  EXPECT_EQ(talk.shown(), "[#lab 1] alice: hello\n");
}

// Goal: nothing is lost and nothing is said twice when the connection goes between SAY and its OK.
// Method: lose it there; the same id must come again, after the room was caught up with, and dup=1 answers
// it.
TEST(Session, RepeatsAnUnansweredMessageWithTheSameIdAndDevice) {
  Talk talk;
  talk.log_in();
  talk.join_lab(40);
  talk.say("#lab", "are you there?");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x2 :are you there?\n");
  talk.lose();
  talk.greet();
  EXPECT_EQ(talk.sent(), "LOGIN alice device=d token=T1\n");
  talk.hear("OK user=alice device=d token=T2 guest=1\n");
  EXPECT_EQ(talk.sent(), "SYNC #lab after=40 limit=256\n");
  talk.shown();
  talk.hear("MSG #lab 41 alice 5 :are you there?\nEND #lab last=41 more=0 oldest=1 members=2\n");
  EXPECT_EQ(talk.shown(), "[#lab 41] alice: are you there?\n");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x2 :are you there?\n");
  talk.hear("OK id=x2 seq=41 at=5 dup=1\n");
  const auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].repeated);
  EXPECT_EQ(talk.session.waiting_count(), 0U);
}

TEST(Session, KeepsMessagesThatAreTypedWhileThereIsNoConnection) {
  Talk talk;
  talk.log_in();
  talk.join_lab(0);
  talk.lose();
  talk.say("#lab", "one");
  talk.say("#lab", "two");
  EXPECT_EQ(talk.sent(), "");
  talk.greet();
  talk.hear(kLoginOk);
  talk.sent();
  talk.hear("END #lab last=0 more=0 oldest=1 members=1\n");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x2 :one\nSAY #lab id=x3 :two\n");
}

TEST(Session, SaysNothingInARoomBeforeJoinIsAnswered) {
  Talk talk;
  talk.log_in();
  talk.session.submit({.verb = Verb::join, .target = "#lab"}, talk.now);
  talk.say("#lab", "hello");
  EXPECT_EQ(talk.sent(), "JOIN #lab\n");
  talk.lose();  // before the answer: the message must not have got a number from before the join that counts
  talk.greet();
  talk.sent();
  talk.hear(kLoginOk);
  EXPECT_EQ(talk.sent(), "JOIN #lab\n");
  talk.hear("OK room=#lab members=1 last=7\n");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x2 :hello\n");
}

TEST(Session, NeverShowsAFrameTwice) {
  Talk talk;
  talk.log_in();
  talk.join_lab(3);
  talk.hear("MSG #lab 3 bob 5 :old\nMSG #lab 4 bob 5 :new\nMSG #lab 4 bob 5 :new\n");
  EXPECT_EQ(talk.shown(), "[#lab 4] bob: new\n");
}

TEST(Session, PagesWhatTheServerShedAndShowsItInOrder) {
  Talk talk;
  talk.log_in();
  talk.join_lab(0);
  talk.hear("MSG #lab 1 bob 5 :one\nGAP #lab 2 3\nMSG #lab 4 bob 5 :four\n");
  EXPECT_EQ(talk.sent(), "HISTORY #lab after=1 limit=256\n");
  EXPECT_EQ(talk.shown(), "[#lab 1] bob: one\n");
  talk.hear(
      "MSG #lab 2 bob 5 :two\nMSG #lab 3 bob 5 :three\nMSG #lab 4 bob 5 :four\nEND #lab last=4 more=0 "
      "oldest=1\n");
  EXPECT_EQ(talk.shown(), "[#lab 2] bob: two\n[#lab 3] bob: three\n[#lab 4] bob: four\n");
  EXPECT_EQ(talk.sent(), "");
}

TEST(Session, SaysWhichMessagesNobodyKeepsAnyMore) {
  Talk talk;
  talk.log_in();
  talk.join_lab(10);
  talk.lose();
  talk.greet();
  talk.hear(kLoginOk);
  talk.shown();
  talk.hear("MSG #lab 300 bob 5 :late\nEND #lab last=300 more=0 oldest=300 members=2\n");
  EXPECT_EQ(talk.shown(),
            "* messages 11 to 299 of #lab are not kept by the server any more\n[#lab 300] bob: late\n");
  EXPECT_TRUE(talk.session.ready());
}

TEST(Session, DoesNotComeBackToARoomThatWasBeingLeft) {
  Talk talk;
  talk.log_in();
  talk.join_lab(0);
  talk.session.submit({.verb = Verb::part, .target = "#lab"}, talk.now);
  talk.sent();
  talk.hear("MSG #lab 1 bob 5 :still on its way\n");
  talk.lose();
  talk.greet();
  talk.sent();
  talk.shown();
  talk.hear(kLoginOk);
  EXPECT_EQ(talk.sent(), "PART #lab\n");
  talk.hear("ERR 403 DENIED verb=PART :you are not in #lab\n");
  EXPECT_EQ(talk.shown(), "* back on lab as alice (guest)\n* left #lab\n") << "the first PART had done it";
}

TEST(Session, WaitsAndRepeatsAMessageThatCameTooFast) {
  Talk talk;
  talk.log_in();
  talk.say("#lab", "hello");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x1 :hello\n");
  talk.hear("ERR 429 RATE id=x1 verb=SAY retry=500 :slower\n");
  talk.wait(Milliseconds{400});
  EXPECT_EQ(talk.sent(), "");
  talk.wait(Milliseconds{100});
  EXPECT_EQ(talk.sent(), "SAY #lab id=x1 :hello\n");
  EXPECT_TRUE(talk.answers().empty());
}

TEST(Session, GivesThePageThatWasAskedForAlthoughItWasSeenBefore) {
  Talk talk;
  talk.log_in();
  talk.join_lab(2);
  talk.session.submit({.verb = Verb::history, .target = "#lab", .limit = 2}, talk.now);
  EXPECT_EQ(talk.sent(), "HISTORY #lab limit=2\n");
  talk.hear("MSG #lab 1 bob 5 :one\nMSG #lab 2 bob 5 :two\nEND #lab last=2 more=0 oldest=1\n");
  EXPECT_EQ(talk.shown(), "[#lab 1] bob: one\n[#lab 2] bob: two\n* end of the history of #lab\n");
}

TEST(Session, KnowsWhichEndsAreFinal) {
  const std::pair<std::string_view, Ended::Why> cases[] = {
      {"BYE 409 REPLACED :taken over\n", Ended::Why::replaced},
      {"BYE 408 SLOW :too slow\n", Ended::Why::lost},
      {"BYE 503 DRAINING :stopping\n", Ended::Why::lost},
      {"ERR 503 BUSY fatal=1 retry=700 :full\n", Ended::Why::lost},
      {"OK\n"
       "END #lab last=1 more=0\n",
       Ended::Why::lost},
      {"MSG #lab 1 \x80 5 :x\n", Ended::Why::lost},
  };
  for (const auto& [words, why] : cases) {
    Talk talk;
    talk.log_in();
    talk.say("#lab", "one");
    talk.say("#lab", "two");
    talk.hear(words);
    ASSERT_TRUE(talk.ended()) << words;
    EXPECT_EQ(talk.ended()->why, why) << words;
    EXPECT_FALSE(talk.session.take_ended()) << "each end is told once: " << words;
    if (why != Ended::Why::lost) continue;
    // Whatever the reason was, the next connection logs in with the token and says what has no answer yet.
    talk.wait(seconds{100});
    EXPECT_FALSE(talk.session.take_ended()) << words;
    talk.lose();
    talk.wait(seconds{100});
    talk.greet();
    EXPECT_EQ(talk.sent(), "LOGIN alice device=d token=T1\n") << words;
    talk.hear("OK user=alice device=d token=T2 guest=1\n");
    EXPECT_NE(talk.sent().find("SAY #lab id=x2 :two\n"), std::string::npos) << words;
    EXPECT_FALSE(talk.ended()) << words;
  }
}

TEST(Session, ComesBackWhenTheGreetingWasARefusal) {
  for (const std::string_view words :
       {"ERR 503 BUSY fatal=1 retry=700 :full\n", "BYE 503 DRAINING retry=700 :stopping\n"}) {
    Talk talk;
    talk.log_in();
    talk.lose();
    talk.connect();
    talk.hear(words);
    ASSERT_TRUE(talk.ended()) << words;
    EXPECT_EQ(talk.ended()->why, Ended::Why::lost) << words;
    EXPECT_EQ(talk.ended()->retry, Milliseconds{700}) << words;
    talk.lose();
    talk.greet();
    EXPECT_EQ(talk.sent(), "LOGIN alice device=d token=T1\n") << words;
  }
}

TEST(Session, WaitsForItsNameWhenItsTokenGotLost) {
  Talk talk;
  talk.log_in();
  for (unsigned tries = 0; tries <= kNameTakenRetryCountMax; ++tries) {
    talk.lose();
    talk.greet();
    if (tries == 0) talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
    talk.hear("ERR 409 NAME_TAKEN verb=LOGIN retry=20000 :its owner may come back\n");
    ASSERT_TRUE(talk.ended());
    if (tries == kNameTakenRetryCountMax) break;
    ASSERT_EQ(talk.ended()->why, Ended::Why::lost);
    EXPECT_EQ(talk.ended()->retry, Milliseconds{20'000});
  }
  EXPECT_EQ(talk.ended()->why, Ended::Why::login_refused) << "somebody has taken the name for good";
}

TEST(Session, AnswersPingsAndNoticesASilentServer) {
  Talk talk;
  talk.log_in();
  talk.hear("PING :p1\n");
  EXPECT_EQ(talk.sent(), "PONG :p1\n");
  talk.wait(seconds{45});
  EXPECT_EQ(talk.sent(), "PING\n");
  talk.wait(seconds{14});
  EXPECT_FALSE(talk.ended());
  talk.wait(seconds{1});
  ASSERT_TRUE(talk.ended());
  EXPECT_EQ(talk.ended()->why, Ended::Why::lost);
}

TEST(Session, QuitsAfterEverythingThatWasAskedBefore) {
  Talk talk;
  talk.log_in();
  talk.say("#lab", "bye all");
  talk.session.submit({.verb = Verb::quit}, talk.now);
  EXPECT_EQ(talk.sent(), "SAY #lab id=x1 :bye all\nQUIT\n");
  talk.hear("OK id=x1 seq=1 at=5\nBYE :goodbye\n");
  ASSERT_TRUE(talk.ended());
  EXPECT_EQ(talk.ended()->why, Ended::Why::quit);
  EXPECT_EQ(talk.session.waiting_count(), 0U);
}

TEST(Session, RefusesMoreRequestsThanItCanRemember) {
  Talk talk;
  for (std::size_t count = 0; count < kWaitingCountMax; ++count) talk.say("#lab", "x");
  EXPECT_TRUE(talk.answers().empty());
  talk.say("#lab", "one too many");
  const auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_TRUE(answers[0].refusal);
  EXPECT_EQ(answers[0].refusal->name, "BUSY");
}

// Goal: TCP may cut the stream anywhere. Method: the same hour at the server, whole and byte by byte.
TEST(Session, ShowsTheSameHoweverTheStreamIsCut) {
  const std::string words =
      "MSG #lab 1 bob 5 :one\nJOINED #lab carol\nMSG #lab 2 carol 5 {6}\na\nb\r\nc\nGAP #lab 3 3\n"
      "NOTE INFO :soon\nTOPIC #lab bob 6 :routers\nFILE #lab 4 bob f1 3 ab :n.txt\n"
      "MSG #lab 3 bob 5 :three\nEND #lab last=4 more=0 oldest=1\nPARTED #lab carol reason=quit\nPRES bob "
      "away\n";
  const auto run = [&words](bool whole) {
    Talk talk;
    talk.log_in();
    talk.join_lab(0);
    if (whole) {
      talk.hear(words);
    } else {
      for (const char byte : words) talk.hear(std::string_view(&byte, 1));
    }
    return talk.sent() + talk.shown();
  };
  const std::string whole = run(true);
  EXPECT_NE(whole.find("[#lab 3] bob: three\n"), std::string::npos);
  EXPECT_NE(whole.find("carol: a\n    | b\n    | c\n"), std::string::npos);
  EXPECT_EQ(whole, run(false));
}

TEST(Session, AnswersEverythingWhenItsUserQuits) {
  Talk talk;
  talk.log_in();
  talk.lose();
  const RequestId said = talk.say("#lab", "never sent");
  talk.session.submit({.verb = Verb::quit}, talk.now);
  const auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].request, said);
  EXPECT_TRUE(answers[0].refusal);
  EXPECT_FALSE(answers[1].refusal);
}

}  // namespace
}  // namespace plaintalk::messenger::client
