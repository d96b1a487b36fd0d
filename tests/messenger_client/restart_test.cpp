// A server that was restarted counts from 1 again and may have passed what the client has seen: nothing of
// the old one is shown as new, and nothing of the new one is missed, whenever the connection is cut.
#include <string>

#include <gtest/gtest.h>

#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

// Has seen #lab 1 to 3, and the server that comes next does not know its token.
class AfterARestart : public testing::Test {
 protected:
  AfterARestart() {
    talk_.log_in();
    talk_.join_lab(0);
    talk_.hear("MSG #lab 1 bob 1 :old 1\nMSG #lab 2 bob 1 :old 2\nMSG #lab 3 bob 1 :old 3\n");
    talk_.session.take_events();
    talk_.lose();
    talk_.greet();
    talk_.hear("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
    talk_.hear("OK user=alice device=d token=T2 guest=1\n");
    EXPECT_TRUE(talk_.sent().ends_with("SYNC #lab after=2 limit=256\n"));
    talk_.session.take_events();
  }
  void page_from_the_beginning() {
    EXPECT_EQ(talk_.sent(), "HISTORY #lab after=0 limit=256\n");
    talk_.hear(
        "MSG #lab 1 bob 9 :new 1\nMSG #lab 2 bob 9 :new 2\nMSG #lab 3 bob 9 :new 3\nMSG #lab 4 bob 9 :new 4\n"
        "END #lab last=4 more=0 oldest=1\n");
    const std::string shown = talk_.shown();
    for (const char* text : {"new 1", "new 2", "new 3", "new 4"})
      EXPECT_NE(shown.find(text), std::string::npos) << text << " in " << shown;
  }

  Talk talk_;
};

TEST_F(AfterARestart, PagesFromTheBeginningWhenTheFrameAtItsCursorIsAnother) {
  talk_.hear("MSG #lab 3 bob 9 :new 3\nMSG #lab 4 bob 9 :new 4\nEND #lab last=4 more=0 oldest=1 members=1\n");
  page_from_the_beginning();
}

// Goal: a cut before the answer leaves the doubt, although the token is good then.
TEST_F(AfterARestart, StillDoubtsWhenItWasCutBeforeItKnew) {
  talk_.lose();
  talk_.greet();
  talk_.hear("OK user=alice device=d token=T3 guest=1\n");
  EXPECT_EQ(talk_.sent(), "LOGIN alice device=d token=T2\nSYNC #lab after=2 limit=256\n");
  talk_.hear("MSG #lab 3 bob 9 :new 3\nMSG #lab 4 bob 9 :new 4\nEND #lab last=4 more=0 oldest=1 members=1\n");
  page_from_the_beginning();
}

// Goal: a frame that comes before the answer is not taken for the next one of the old numbering.
TEST_F(AfterARestart, WaitsWithWhatComesBeforeItKnows) {
  talk_.hear("MSG #lab 4 bob 9 :new 4\n");
  EXPECT_EQ(talk_.shown(), "");
  talk_.hear("MSG #lab 3 bob 9 :new 3\nEND #lab last=4 more=0 oldest=1 members=1\n");
  page_from_the_beginning();
}

TEST_F(AfterARestart, GoesOnWhenTheFrameAtItsCursorIsTheSame) {
  talk_.hear("MSG #lab 3 bob 1 :old 3\nMSG #lab 4 bob 9 :new 4\nEND #lab last=4 more=0 oldest=1 members=1\n");
  EXPECT_EQ(talk_.shown(), "[#lab 4] bob: new 4\n");
  EXPECT_EQ(talk_.sent(), "");
}

// Goal: frames that were held for a hole are not taken for those of a new server with the same numbers.
TEST(Restart, ShowsNothingOfTheOldServerAfterARestart) {
  Talk talk;
  talk.log_in();
  talk.join_lab(3);
  talk.hear("MSG #lab 6 bob 1 :from before\n");
  talk.lose();
  talk.greet();
  talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
  talk.hear(kLoginOk);
  talk.sent();
  talk.hear(
      "MSG #lab 4 bob 2 :new 4\nMSG #lab 5 bob 2 :new 5\nMSG #lab 6 bob 2 :new 6\nEND #lab last=6 more=0 "
      "oldest=1\n");
  const std::string shown = talk.shown();
  EXPECT_EQ(shown.find("from before"), std::string::npos) << shown;
  EXPECT_NE(shown.find("new 6"), std::string::npos) << shown;
}

// Goal: who has seen nothing that could tell misses nothing either.
TEST(Restart, PagesFromTheBeginningWhenNothingWasSeenThatCouldTell) {
  Talk talk;
  talk.log_in();
  talk.join_lab(3);
  talk.lose();
  talk.greet();
  talk.hear("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
  talk.hear(kLoginOk);
  EXPECT_TRUE(talk.sent().ends_with("SYNC #lab after=0 limit=256\n"));
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
  Talk other;
  other.greet();
  other.hear("ERR 409 NAME_TAKEN verb=LOGIN :in use\n");
  ASSERT_TRUE(other.ended());
  EXPECT_EQ(other.ended()->why, Ended::Why::login_refused);
}

}  // namespace
}  // namespace plaintalk::messenger::client
