// What goes first, and what comes next: the order in which bounds take and queues give.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Order, TheRoomUnusedForLongestForgetsFirst) {
  ServerConfig config = Lab::quick();
  config.history_bytes_max = 16'000;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#a", "#b", "#c"});
  const std::string body = " {4000}\n" + std::string(4000, 'x');
  for (const char* room : {"#a", "#b", "#a", "#c"}) alice.asks("SAY " + std::string(room) + body);
  EXPECT_EQ(count_of(alice.asks("HISTORY #a"), "MSG #a"), 2U) << "older than #b, and used after it";
  EXPECT_EQ(count_of(alice.asks("HISTORY #b"), "MSG #b"), 0U);
  EXPECT_EQ(count_of(alice.asks("HISTORY #c"), "MSG #c"), 1U);
}

TEST(Order, DownloadsOfOneConnectionTakeTurns) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  const std::string one = share(alice, "one", pattern(60'000), "#lab");
  const std::string two = share(alice, "two", pattern(60'001), "#lab");
  bob.reads();
  bob.sends("GET " + one);
  bob.sends("GET " + two);
  const std::string heard = bob.reads();
  std::vector<std::string> order;
  for (std::size_t at = heard.find("DATA "); at != heard.npos; at = heard.find("\nDATA ", at + 1)) {
    const std::size_t handle = heard.find("DATA ", at) + 5;
    order.push_back(heard.substr(handle, one.size()));
  }
  ASSERT_EQ(order.size(), 8U);
  for (std::size_t index = 1; index < order.size(); ++index)
    EXPECT_NE(order[index], order[index - 1]) << index;
}

// A page holds at least one frame, however large: else more=1 would be said for ever.
TEST(Order, AFrameLargerThanAPageIsAPage) {
  ServerConfig config = Lab::quick();
  config.body_size_max = 400'000;
  config.chat_bytes_per_second = std::nullopt;
  config.fan_out_bytes_per_second = std::nullopt;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  alice.asks("SAY #lab {300000}\n" + std::string(300'000, 'x'));
  alice.asks("SAY #lab {300000}\n" + std::string(300'000, 'y'));
  for (const char* where : {" after=0", " before=2", "", " after=1"}) {
    const std::string heard = alice.asks("HISTORY #lab" + std::string(where));
    EXPECT_EQ(count_of(heard, "MSG #lab"), 1U) << where;
  }
  EXPECT_EQ(value_of(alice.asks("HISTORY #lab after=0"), "more"), "1");
  EXPECT_EQ(value_of(alice.asks("HISTORY #lab after=1"), "more"), "0");
}

// Whoever logs in with the password ends every token of that device, the replaced one included.
TEST(Order, APasswordLoginEndsTheTokensBeforeIt) {
  Lab lab;
  Person& first = lab.login("REGISTER alice device=d :tulip9");
  const std::string one = first.token;
  first.asks("PING");
  first.drops();
  Person& second = lab.login("LOGIN alice device=d token=" + one);
  const std::string two = second.token;
  second.drops();  // its OK may have been lost: both tokens are good
  Person& third = lab.login("LOGIN alice device=d :tulip9");
  const std::string three = third.token;
  third.drops();
  for (const std::string& token : {one, two})
    EXPECT_TRUE(lab.connect().asks("LOGIN alice device=d token=" + token).starts_with("ERR 402 BAD_LOGIN"));
  EXPECT_TRUE(lab.connect().asks("LOGIN alice device=d token=" + three).starts_with("OK "));
}

TEST(Order, TheDeviceUnusedForLongestThatIsNotConnectedMakesWay) {
  Lab lab;
  std::vector<std::string> tokens;
  std::vector<Person*> people;
  for (int n = 0; n < 16; ++n) {
    const std::string verb = n == 0 ? "REGISTER" : "LOGIN";
    people.push_back(&lab.login(verb + " alice device=d" + std::to_string(n) + " :tulip9"));
    people.back()->asks("PING");
    tokens.push_back(people.back()->token);
    lab.passes(Milliseconds(1'000));
    if (n != 1) people.back()->drops();  // d1 stays
  }
  Person& again = lab.login("LOGIN alice device=d0 token=" + tokens[0]);
  again.asks("PING");
  tokens[0] = again.token;
  again.drops();
  lab.passes(Milliseconds(1'000));
  lab.login("LOGIN alice device=new :tulip9");  // d2 is the oldest that is not connected
  EXPECT_EQ(people[1]->asks("PING :x"), "PONG :x\n");
  EXPECT_TRUE(lab.connect().asks("LOGIN alice device=d2 token=" + tokens[2]).starts_with("ERR 402"));
  for (const int n : {0, 3, 15})
    EXPECT_TRUE(lab.connect()
                    .asks("LOGIN alice device=d" + std::to_string(n) +
                          " token=" + tokens[static_cast<std::size_t>(n)])
                    .starts_with("OK "))
        << n;
}

}  // namespace
}  // namespace plaintalk::messenger::test
