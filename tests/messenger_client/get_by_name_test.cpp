// /get NAME of a file that was announced before one came: looked up in the history of one's rooms.
#include <string>

#include <gtest/gtest.h>

#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

class GetByName : public testing::Test {
 protected:
  GetByName() { talk_.log_in(); }
  void join(const std::string& room, unsigned last) {
    talk_.session.submit({.verb = Verb::join, .target = room}, talk_.now);
    talk_.sent();
    talk_.hear("OK room=" + room + " members=2 last=" + std::to_string(last) + "\n");
    talk_.session.take_events();
  }
  void get(const std::string& name, const std::string& near = "") {
    talk_.session.submit({.verb = Verb::get, .target = name, .near = near}, talk_.now);
  }
  void expect_not_found() {
    EXPECT_EQ(talk_.sent(), "");
    const auto answers = talk_.answers();
    ASSERT_EQ(answers.size(), 1U);
    ASSERT_TRUE(answers[0].refusal);
    EXPECT_NE(answers[0].refusal->text.find("see /files"), std::string::npos);
  }

  Talk talk_;
};

TEST_F(GetByName, FindsTheLatestOfThatNameInTheHistoryOfTheRoomAndShowsNothingOfIt) {
  join("#lab", 7);
  get("notes.txt");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\n");
  talk_.hear(
      "FILE #lab 4 bob f4 10 00 :notes.txt\nMSG #lab 5 bob 1 :old\nFILE #lab 6 bob f6 10 00 :notes.txt\n"
      "FILE #lab 7 bob f7 10 00 :other.txt\nEND #lab last=7 more=0 oldest=1\n");
  EXPECT_EQ(talk_.shown(), "");
  EXPECT_TRUE(talk_.sent().starts_with("GET f6 "));
  get("other.txt");
  EXPECT_TRUE(talk_.sent().starts_with("GET f7 ")) << "what a page has told needs no other";
}

TEST_F(GetByName, GoesBackPageByPageToTheOldestThatIsKept) {
  join("#lab", 500);
  get("notes.txt");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\n");
  talk_.hear("MSG #lab 300 bob 1 :x\nMSG #lab 301 bob 1 :x\nEND #lab last=301 more=0 oldest=200\n");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab before=300 limit=256\n");
  talk_.hear("MSG #lab 200 bob 1 :x\nMSG #lab 299 bob 1 :x\nEND #lab last=299 more=0 oldest=200\n");
  expect_not_found();
}

TEST_F(GetByName, AsksTheRoomThatIsTalkedToFirstAndThenTheOthers) {
  join("#a", 1);
  join("#b", 1);
  join("#c", 1);
  get("notes.txt", "#b");
  EXPECT_EQ(talk_.sent(), "HISTORY #b limit=256\n");
  talk_.hear("MSG #b 1 bob 1 :x\nEND #b last=1 more=0 oldest=1\n");
  EXPECT_EQ(talk_.sent(), "HISTORY #a limit=256\n");
  talk_.hear("ERR 403 DENIED verb=HISTORY :not a member\n");
  EXPECT_EQ(talk_.sent(), "HISTORY #c limit=256\n");
  talk_.hear("FILE #c 1 bob f1 10 00 :notes.txt\nEND #c last=1 more=0 oldest=1\n");
  EXPECT_TRUE(talk_.sent().starts_with("GET f1 "));
}

TEST_F(GetByName, WaitsForTheRoomsThatAreBeingJoined) {
  talk_.session.submit({.verb = Verb::join, .target = "#lab"}, talk_.now);
  get("notes.txt");
  EXPECT_EQ(talk_.sent(), "JOIN #lab\n");
  talk_.hear("OK room=#lab members=2 last=3\n");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\n");
}

TEST_F(GetByName, NewMessagesAreShownMeanwhile) {
  join("#lab", 2);
  get("notes.txt");
  talk_.sent();
  talk_.hear(
      "MSG #lab 3 bob 5 :new\nFILE #lab 1 bob f1 10 00 :notes.txt\nMSG #lab 2 bob 1 :old\n"
      "MSG #lab 3 bob 5 :new\nEND #lab last=3 more=0 oldest=1\n");
  const std::string shown = talk_.shown();
  EXPECT_EQ(shown.find("old"), shown.npos) << shown;
  EXPECT_NE(shown.find("new"), shown.npos) << shown;
  EXPECT_EQ(shown.find("new"), shown.rfind("new")) << shown;
  EXPECT_TRUE(talk_.sent().starts_with("GET f1 "));
}

TEST_F(GetByName, ALostConnectionRepeatsThePage) {
  join("#lab", 2);
  get("notes.txt");
  talk_.sent();
  talk_.hear("FILE #lab 1 bob f1 10 00 :other.txt\n");
  talk_.lose();
  talk_.greet();
  talk_.hear(kLoginOk);
  talk_.hear("END #lab last=2 more=0 oldest=1 members=2\n");
  EXPECT_TRUE(talk_.sent().ends_with("HISTORY #lab limit=256\n"));
  talk_.hear("FILE #lab 1 bob f2 10 00 :notes.txt\nEND #lab last=2 more=0 oldest=1\n");
  EXPECT_TRUE(talk_.sent().starts_with("GET f2 "));
}

TEST_F(GetByName, ARefusalForItsRateIsRepeated) {
  join("#lab", 2);
  get("notes.txt");
  talk_.sent();
  talk_.hear("ERR 429 RATE verb=HISTORY retry=100 :slower\n");
  EXPECT_EQ(talk_.sent(), "");
  talk_.wait(Milliseconds(5'000));
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\n");
}

TEST_F(GetByName, WithoutARoomThereIsNothingToAsk) {
  get("notes.txt");
  expect_not_found();
}

// A handle that was not announced here, such as one that another program has written down.
TEST_F(GetByName, WhatMayBeAHandleIsAskedForAsOneWhenNoFileHasThatName) {
  join("#lab", 1);
  get("f123");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\n");
  talk_.hear("MSG #lab 1 bob 1 :x\nEND #lab last=1 more=0 oldest=1\n");
  EXPECT_TRUE(talk_.sent().starts_with("GET f123 "));
}

TEST_F(GetByName, TheSameFileTwiceIsFetchedOneAfterTheOther) {
  join("#lab", 1);
  get("notes.txt");
  get("notes.txt");
  EXPECT_EQ(talk_.sent(), "HISTORY #lab limit=256\nHISTORY #lab limit=256\n");
  const std::string page = "FILE #lab 1 bob f1 10 00 :notes.txt\nEND #lab last=1 more=0 oldest=1\n";
  talk_.hear(page + page);
  const std::string sent = talk_.sent();
  EXPECT_TRUE(sent.starts_with("GET f1 "));
  EXPECT_EQ(sent.find("GET"), sent.rfind("GET")) << sent;
}

TEST_F(GetByName, CanBeCancelledWhileItIsLookedFor) {
  join("#lab", 1);
  get("notes.txt");
  talk_.sent();
  talk_.session.submit({.verb = Verb::cancel, .target = "notes.txt"}, talk_.now);
  auto answers = talk_.answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].refusal->name, "CANCELLED");
  EXPECT_FALSE(answers[1].refusal);
  talk_.hear("FILE #lab 1 bob f1 10 00 :notes.txt\nEND #lab last=1 more=0 oldest=1\n");
  EXPECT_EQ(talk_.sent(), "");
  EXPECT_EQ(talk_.shown(), "");
}

}  // namespace
}  // namespace plaintalk::messenger::client
