// A server that was restarted knows nothing of what was before, and says so by the run= of its greeting: the
// client shows everything of the new one and nothing of the old one, wherever the connection is cut.
#include <string>

#include <gtest/gtest.h>

#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::string_view kRestarted =
    "* the server was restarted and has forgotten what was said before; its rooms count from 1 again\n";

// Has seen #lab 1 to 3, holds 6, and is in a conversation.
class AfterARestart : public testing::Test {
 protected:
  AfterARestart() {
    talk_.log_in();
    talk_.join_lab(0);
    talk_.hear(
        "MSG #lab 1 bob 1 :old 1\nMSG #lab 2 bob 1 :old 2\nMSG #lab 3 bob 1 :old 3\nMSG #lab 6 bob 1 :held\n"
        "MSG @alice,bob 7 bob 1 :direct\n");
    talk_.sent();
    talk_.session.take_events();
    talk_.lose();
  }

  Talk talk_;
};

// Goal: the numbers of the new server are no reason to take its frames for old ones, not even when they,
// their senders and their times are the same.
TEST_F(AfterARestart, ShowsAllOfTheNewServer) {
  talk_.greet_anew();
  EXPECT_EQ(talk_.sent(), "LOGIN alice device=d\n") << "its token is of the server before";
  talk_.hear(kLoginOk);
  EXPECT_EQ(talk_.sent(), "SYNC #lab after=0 limit=256\nHISTORY @alice,bob after=0 limit=256\n");
  EXPECT_EQ(talk_.shown(), std::string(kRestarted) + "* back on lab as alice (guest)\n");
  talk_.hear(
      "MSG #lab 1 bob 1 :new 1\nMSG #lab 2 bob 1 :new 2\nMSG #lab 3 bob 1 :old 3\nMSG #lab 4 bob 1 :new 4\n"
      "END #lab last=4 more=0 oldest=1 members=1\nEND @alice,bob last=0 more=0 oldest=1\n");
  EXPECT_EQ(talk_.shown(),
            "[#lab 1] bob: new 1\n[#lab 2] bob: new 2\n[#lab 3] bob: old 3\n[#lab 4] bob: new 4\n");
  talk_.hear("MSG #lab 5 bob 1 :new 5\nMSG #lab 6 bob 1 :new 6\nMSG @alice,bob 1 bob 1 :again\n");
  EXPECT_EQ(talk_.shown(), "[#lab 5] bob: new 5\n[#lab 6] bob: new 6\n[@bob 1] bob: again\n");
  EXPECT_TRUE(talk_.session.ready());
}

TEST_F(AfterARestart, KnowsItStillWhenItWasCutBeforeTheLogin) {
  talk_.greet_anew();
  talk_.lose();
  talk_.greet_anew();
  talk_.hear(kLoginOk);
  talk_.lose();
  talk_.greet_anew();
  talk_.sent();
  talk_.hear("OK user=alice device=d token=T3 guest=1\n");
  EXPECT_EQ(talk_.sent(), "SYNC #lab after=0 limit=256\nHISTORY @alice,bob after=0 limit=256\n");
  const std::string shown = talk_.shown();
  EXPECT_EQ(shown.find(kRestarted), shown.rfind(kRestarted)) << "told once: " << shown;
}

// Goal: whatever else a server has forgotten, its numbers hold as long as it runs.
TEST_F(AfterARestart, TakesALostTokenForNoRestart) {
  talk_.greet();
  talk_.hear("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
  talk_.hear(kLoginOk);
  EXPECT_TRUE(talk_.sent().ends_with("SYNC #lab after=3 limit=256\nHISTORY @alice,bob after=7 limit=256\n"));
  talk_.session.take_events();
  talk_.hear(
      "MSG #lab 4 bob 1 :four\nMSG #lab 5 bob 1 :five\nMSG #lab 6 bob 1 :held\nEND #lab last=6 more=0 "
      "oldest=1\n");
  EXPECT_EQ(talk_.shown(), "[#lab 4] bob: four\n[#lab 5] bob: five\n[#lab 6] bob: held\n");
}

// Goal: what had no answer is said to the new server, as what it is there: new. Files that were announced
// before are not there any more.
TEST(Restart, SaysAgainWhatHadNoAnswer) {
  Talk talk;
  talk.files.to_send["notes.txt"] = "0123456789";
  talk.log_in();
  talk.join_lab(0);
  talk.hear("FILE #lab 1 bob f9 3 00 :theirs.txt\n");
  talk.send_file("notes.txt", "#lab");
  talk.sent();
  talk.hear("OK file=f1 next=0 chunk=16 credit=100\n");
  talk.sent();
  talk.hear("ACK f1 10\n");
  EXPECT_EQ(talk.sent(), "DONE f1\n");
  talk.say("#lab", "hello");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x3 :hello\n");
  talk.session.take_events();
  talk.lose();
  talk.greet_anew();
  talk.hear(kLoginOk);
  talk.sent();
  talk.hear("END #lab last=0 more=0 oldest=1 members=1\n");
  const std::string sent = talk.sent();
  EXPECT_TRUE(sent.starts_with("PUT notes.txt 10 ")) << sent;
  EXPECT_TRUE(sent.ends_with("SAY #lab id=x3 :hello\n")) << sent;
  talk.session.take_events();
  talk.session.submit({.verb = Verb::get, .target = "theirs.txt"}, talk.now);
  EXPECT_EQ(talk.sent(), "HISTORY #lab limit=256\n") << "the handle that was known is void";
  talk.hear("ERR 507 QUOTA verb=PUT :spool full\nOK id=x3 seq=1 at=5\nEND #lab last=0 more=0 oldest=1\n");
  EXPECT_EQ(talk.sent(), "");
  const auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 3U);
  ASSERT_TRUE(answers[2].refusal);
  EXPECT_EQ(answers[2].verb, Verb::get);
}

// Goal: with --register, the account is made again.
TEST(Restart, RegistersAgain) {
  Talk talk({"alice", "tulip9", true, "d", "x"});
  talk.log_in();
  for (int times = 0; times < 2; ++times) {
    talk.lose();
    talk.greet();
    EXPECT_EQ(talk.sent(), "LOGIN alice device=d token=T1\n");
    talk.lose();
    talk.greet_anew();
    EXPECT_EQ(talk.sent(), "REGISTER alice device=d :tulip9\n");
    talk.hear(kLoginOk);
    talk.lose();
    talk.greet();  // yet another one
    EXPECT_EQ(talk.sent(), "REGISTER alice device=d :tulip9\n");
    talk.hear("ERR 409 NAME_TAKEN verb=REGISTER :registered\n");
    EXPECT_EQ(talk.sent(), "LOGIN alice device=d :tulip9\n");
    talk.hear(kLoginOk);
    talk.sent();
  }
}

// Goal: a guest whose first OK was lost is shut out by its own dead connection only for a while.
TEST(Restart, TriesAgainWhenItsOwnLostLoginHoldsTheName) {
  Talk talk;
  talk.greet();
  talk.lose();
  talk.greet();
  talk.hear("ERR 409 NAME_TAKEN verb=LOGIN retry=1000 :in use\n");
  ASSERT_TRUE(talk.ended());
  EXPECT_EQ(talk.ended()->why, Ended::Why::lost);
}

// Goal: whoever starts the program again after it was killed waits as long as the server says, guest or not
// yet registered, and is refused at once when somebody else is there.
TEST(Restart, WaitsForANameThatALostConnectionHolds) {
  for (const bool registers : {false, true}) {
    SessionConfig config{"alice", std::nullopt, registers, "d", "x"};
    if (registers) config.password = "tulip9";
    Talk talk(std::move(config));
    for (int times = 0; times < 3; ++times) {
      talk.greet();
      talk.sent();
      talk.hear("ERR 409 NAME_TAKEN verb=LOGIN retry=20000 :wait 20 s\n");
      ASSERT_TRUE(talk.ended());
      EXPECT_EQ(talk.ended()->why, Ended::Why::lost);
      EXPECT_EQ(talk.ended()->retry, Milliseconds{20'000});
      EXPECT_EQ(talk.ended()->code, 409U);
      EXPECT_EQ(talk.sent(), "");
      talk.lose();
    }
    talk.greet();
    talk.hear("ERR 409 NAME_TAKEN verb=LOGIN :in use\n");
    if (registers) talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :wrong\n");
    ASSERT_TRUE(talk.ended());
    EXPECT_EQ(talk.ended()->why, Ended::Why::login_refused);
  }
}

}  // namespace
}  // namespace plaintalk::messenger::client
