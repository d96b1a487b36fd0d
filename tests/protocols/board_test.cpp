// What units mean together: logins, rooms, messages and their copies, with holes and strangers.
#include <string>

#include <gtest/gtest.h>

#include "tests/protocols/talk_of.hpp"

namespace plaintalk::analyzer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// LOGIN name password; JOIN room; SAY room text; the server says OK, NO, MSG room sender text.
const std::string kWords = R"(
ports = [5555]
[fields]
verb = { word = 1 }
first = { word = 2 }
second = { word = 3 }
rest = { from_word = 3 }
text = { from_word = 4 }
[[rule]]
from = "client"
when = { verb = "LOGIN" }
is = "login"
user = "first"
secret = "second"
[[rule]]
from = "server"
when = { verb = "OK" }
is = "accepted"
[[rule]]
from = "server"
when = { verb = "NO" }
is = "refused"
[[rule]]
when = { verb = "JOIN" }
is = "join"
room = "first"
[[rule]]
when = { verb = "PART" }
is = "leave"
room = "first"
[[rule]]
from = "client"
when = { verb = "SAY" }
is = "message"
room = "first"
text = "rest"
[[rule]]
from = "server"
when = { verb = "MSG" }
is = "delivery"
room = "first"
user = "second"
text = "text"
)";

class DescribedChat : public testing::Test {
 protected:
  void enter(unsigned id, const std::string& name, const std::string& room = "lab") {
    chat.open(id);
    chat.client(id, "LOGIN " + name + " pass-" + name + "\n");
    chat.server(id, "OK\n");
    chat.client(id, "JOIN " + room + "\n");
    chat.server(id, "JOIN " + room + "\n");
  }
  const DeliveryBalance& balance(std::size_t message) const { return chat.rows.messages.at(message).balance; }

  Chat chat{kWords};
};

TEST_F(DescribedChat, EveryoneInTheRoomGetsTheMessage) {
  enter(1, "alice");
  enter(2, "bob");
  enter(3, "carol", "other");
  chat.wait(seconds(2));
  chat.client(1, "SAY lab hello\n");
  chat.server(2, "MSG lab alice hello\n");
  chat.wait(seconds(2));
  chat.finish();
  ASSERT_EQ(chat.rows.messages.size(), 1u);
  const MessageResult& message = chat.rows.messages[0];
  EXPECT_EQ(message.sender, "alice");
  EXPECT_EQ(message.text, "hello");
  EXPECT_EQ(message.balance.members, 1u);
  EXPECT_EQ(message.balance.deliveries, 1u);
  EXPECT_EQ(message.deliveries.at(0).recipient, "bob");
  EXPECT_EQ(message.latency_min, milliseconds(1));
  EXPECT_EQ(chat.rows.users.size(), 3u);
  EXPECT_EQ(chat.rows.credentials.at(0).accepted, "yes");
  EXPECT_EQ(chat.rows.credentials.at(0).protocol, "test");
  EXPECT_EQ(chat.rows.pdus.at(0).arguments, "first=alice second=****** rest=******");
}

TEST_F(DescribedChat, MissingDoubledAndLeakedCopiesAreFindings) {
  enter(1, "alice");
  enter(2, "bob");
  enter(3, "carol");
  enter(4, "dave", "other");
  chat.wait(seconds(2));
  chat.client(1, "SAY lab hello\n");
  chat.server(2, "MSG lab alice hello\n");
  chat.server(2, "MSG lab alice hello\n");
  chat.server(4, "MSG lab alice hello\n");
  chat.wait(seconds(2));
  chat.finish();
  EXPECT_EQ(balance(0).missing, 1u);
  EXPECT_EQ(balance(0).duplicates, 1u);
  EXPECT_EQ(balance(0).leaked, 1u);
  EXPECT_EQ(chat.rows.finding_count("missing-delivery"), 1u);
  EXPECT_EQ(chat.rows.finding_count("duplicate-delivery"), 1u);
  EXPECT_EQ(chat.rows.finding_count("leaked-message"), 1u);
  for (const Finding& finding : chat.rows.findings)
    if (finding.kind == "missing-delivery") {
      EXPECT_NE(finding.text.find("by their text: likely"), std::string::npos);
    }
}

TEST_F(DescribedChat, TheSameTextSeveralTimesIsToldApartByOrder) {
  enter(1, "alice");
  enter(2, "bob");
  enter(3, "carol");
  chat.wait(seconds(2));
  for (int i = 0; i < 3; ++i) {
    chat.client(1, "SAY lab ok\n");
    chat.server(2, "MSG lab alice ok\n");
    chat.server(3, "MSG lab alice ok\n");
  }
  chat.client(2, "SAY lab ok\n");
  chat.server(1, "MSG lab bob ok\n");
  chat.server(3, "MSG lab bob ok\n");
  chat.wait(seconds(2));
  chat.finish();
  ASSERT_EQ(chat.rows.messages.size(), 4u);
  for (const MessageResult& message : chat.rows.messages) {
    EXPECT_EQ(message.balance.deliveries, 2u) << message.seq;
    EXPECT_TRUE(message.balance.holds());
  }
  EXPECT_EQ(chat.rows.messages[3].sender, "bob");
}

TEST_F(DescribedChat, WhoComesOrGoesAtThatMomentIsUndecided) {
  enter(1, "alice");
  enter(2, "bob");
  enter(3, "carol");
  chat.wait(seconds(2));
  chat.client(1, "SAY lab hello\n");
  chat.close(2);
  chat.wait(seconds(2));
  chat.client(1, "SAY lab last\n");
  chat.finish();
  EXPECT_EQ(balance(0).undecided, 1u);  // bob
  EXPECT_EQ(balance(0).missing, 1u);    // carol
  EXPECT_EQ(balance(1).undecided, 1u);  // carol: the capture ends
  EXPECT_EQ(balance(1).members, 1u);
}

TEST_F(DescribedChat, AHoleIsNoMissingCopy) {
  enter(1, "alice");
  enter(2, "bob");
  chat.wait(seconds(2));
  chat.client(1, "SAY lab hello\n");
  chat.lose(2, Direction::server_to_client, 20);
  chat.server(2, "\nMSG lab alice later\n");
  chat.wait(seconds(2));
  chat.finish();
  ASSERT_EQ(chat.rows.messages.size(), 2u);
  EXPECT_EQ(balance(0).not_captured, 1u);
  EXPECT_EQ(balance(0).missing, 0u);
  EXPECT_FALSE(chat.rows.messages[1].in.known());
  EXPECT_EQ(chat.rows.finding_count("missing-delivery"), 0u);
  EXPECT_EQ(chat.rows.finding_count("leaked-message"), 0u);
}

TEST_F(DescribedChat, ARefusedLoginLeavesNobodyLoggedIn) {
  chat.open(1);
  chat.client(1, "LOGIN alice guess\n");
  chat.server(1, "NO\n");
  chat.finish();
  EXPECT_EQ(chat.rows.credentials.at(0).accepted, "no");
  EXPECT_EQ(chat.rows.credentials.at(0).secret, "******");
  EXPECT_EQ(chat.rows.users.at(0).refused_logins, 1u);
  EXPECT_EQ(chat.rows.users.at(0).connections, 0u);
  EXPECT_EQ(chat.rows.finding_count("refused-login"), 1u);
}

TEST_F(DescribedChat, UnitsThatNoRuleExplainsAreCountedAndBounded) {
  chat.open(1);
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += "what is this\n";
  chat.client(1, lines);
  chat.finish();
  EXPECT_EQ(chat.rows.pdus.size(), 1000u);
  EXPECT_EQ(chat.rows.pdus[0].status, "unexplained");
  EXPECT_EQ(chat.rows.finding_count("unexplained-unit"), 1u);
  EXPECT_EQ(chat.rows.finding_count("limit-reached"), 1u);
}

TEST_F(DescribedChat, TooManyMessagesAtOnceAreCountedEarly) {
  chat.open(1);
  chat.open(2);
  std::string lines;
  for (int i = 0; i < 20'000; ++i)
    lines += "LOGIN user" + std::to_string(i) + " x\nJOIN r" + std::to_string(i) + "\n";
  chat.client(1, lines);
  lines.clear();
  constexpr int kCount = 132'000;
  for (int i = 0; i < kCount; ++i) lines += "SAY lab the same\n";
  chat.client(1, lines);
  lines.clear();
  for (int i = 0; i < 1000; ++i) lines += "MSG lab user19999 the same\n";
  chat.server(2, lines);
  chat.finish();
  EXPECT_EQ(chat.rows.users.size(), 20'000u);
  EXPECT_GE(chat.rows.finding_count("limit-reached"), 1u);
  EXPECT_EQ(chat.rows.messages.size(), std::size_t{kCount});
}

TEST_F(DescribedChat, UnfinishedUnitsOfAllTogetherAreBounded) {
  const std::string endless(60'000, 'x');
  for (unsigned id = 1; id <= 1300; ++id) {
    chat.open(id);
    chat.client(id, endless);
  }
  // What was given up is read again from the next line on.
  chat.client(1300, "\nLOGIN alice x\n");
  chat.finish();
  EXPECT_EQ(chat.rows.finding_count("limit-reached"), 1u);
  EXPECT_EQ(chat.rows.users.size(), 1u);
}

TEST(DescribedRooms, NamesMayStandForSeveral) {
  described::Rooms rooms;
  rooms.separator = ".";
  rooms.one_word = "*";
  rooms.more_words = ">";
  EXPECT_TRUE(described::covers_room(rooms, "a.b", "a.b"));
  EXPECT_TRUE(described::covers_room(rooms, "a.*", "a.b"));
  EXPECT_FALSE(described::covers_room(rooms, "a.*", "a.b.c"));
  EXPECT_FALSE(described::covers_room(rooms, "a.*", "a"));
  EXPECT_TRUE(described::covers_room(rooms, "a.>", "a.b.c"));
  EXPECT_FALSE(described::covers_room(rooms, "a.>", "a"));
  EXPECT_TRUE(described::covers_room(rooms, ">", "a"));
  EXPECT_FALSE(described::covers_room({}, "a.*", "a.b"));
}

TEST(DescribedTexts, ALongMessageInSegmentsIsOneMessage) {
  Chat chat(std::string(builtin_descriptions().back().name == "tutorial-chat"
                            ? builtin_descriptions().back().text
                            : std::string_view()));
  for (const unsigned id : {1u, 2u}) {
    chat.open(id);
    chat.server(id, "NICK");
    chat.client(id, id == 1 ? "alice" : "bob");
    chat.server(id, "Connected to server!");
  }
  chat.wait(seconds(2));
  chat.client(1, "alice: first half");
  chat.client(1, " and second");
  chat.server(1, "alice: first half and sec");
  chat.server(2, "alice: first half");
  chat.server(2, " and");
  chat.server(1, "ond");
  chat.server(2, " secondbob: yes");
  chat.client(2, "bob: hibob");
  chat.wait(seconds(2));
  chat.finish();
  ASSERT_GE(chat.rows.messages.size(), 1u);
  EXPECT_EQ(chat.rows.messages[0].text, "alice: first half and second");
  EXPECT_EQ(chat.rows.messages[0].balance.deliveries, 2u);
  EXPECT_EQ(chat.rows.messages[0].balance.duplicates, 0u);
}

}  // namespace
}  // namespace plaintalk::analyzer
