// The devices of one account: how many, which makes room, and what a token is good for.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "messenger/core/accounts.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

using core::kDeviceCountMax;

struct Devices : ::testing::Test {
  Lab lab;
  std::string name_of(std::size_t number) { return "d" + std::to_string(number); }
  // A new connection of alice's by her password; what the server says.
  Person& enters(const std::string& device, std::string& answer) {
    Person& person = lab.connect(static_cast<std::uint8_t>(2 + connected++ % 200));
    person.sends("LOGIN alice device=" + device + " :tulip9");
    lab.works_on_passwords();
    answer = person.reads();
    return person;
  }
  void registers() {
    Person& alice = lab.connect();
    alice.sends("REGISTER alice device=" + name_of(0) + " :tulip9");
    lab.works_on_passwords();
    alice.token = value_of(alice.reads(), "token");
  }
  std::size_t connected = 0;
};

TEST_F(Devices, OneMoreThanTheLimitIsRefusedWhileAllAreConnected) {
  registers();
  std::string answer;
  for (std::size_t i = 1; i < kDeviceCountMax; ++i) {
    enters(name_of(i), answer);
    EXPECT_TRUE(answer.starts_with("OK ")) << answer;
  }
  enters("one-more", answer);
  EXPECT_TRUE(answer.starts_with("ERR 429 RATE verb=LOGIN max=16 ")) << answer;
  // A device that is known still takes over its own connection.
  enters(name_of(3), answer);
  EXPECT_TRUE(answer.starts_with("OK ")) << answer;
}

// Goal: of the devices that are not connected, the one unused for longest goes, and no other.
TEST_F(Devices, TheOneUnusedForLongestMakesRoom) {
  registers();
  std::string answer;
  std::vector<Person*> people;
  std::vector<std::string> tokens{""};
  for (std::size_t i = 1; i < kDeviceCountMax; ++i) {
    people.push_back(&enters(name_of(i), answer));
    tokens.push_back(value_of(answer, "token"));
  }
  // They leave in another order than they came: 7 first, then 2, then 5.
  for (const std::size_t gone : {7U, 2U, 5U}) {
    people[gone - 1]->asks("QUIT");
    lab.passes(Milliseconds{1000});
  }
  enters("fresh", answer);
  EXPECT_TRUE(answer.starts_with("OK ")) << answer;
  const auto by_token = [&](std::size_t i) {
    return lab.connect(200).asks("LOGIN alice device=" + name_of(i) + " token=" + tokens[i]);
  };
  EXPECT_TRUE(by_token(7).starts_with("ERR 402 ")) << "the first that left has gone";
  EXPECT_TRUE(by_token(2).starts_with("OK "));
  EXPECT_TRUE(by_token(5).starts_with("OK "));
}

TEST_F(Devices, APasswordMakesAnEarlierTokenVoid) {
  registers();
  std::string answer;
  Person& first = enters("laptop", answer);
  const std::string token = value_of(answer, "token");
  first.asks("QUIT");
  Person& second = enters("laptop", answer);
  EXPECT_TRUE(answer.starts_with("OK ")) << answer;
  second.asks("QUIT");
  EXPECT_TRUE(lab.connect(200).asks("LOGIN alice device=laptop token=" + token).starts_with("ERR 402 "));
}

}  // namespace
}  // namespace plaintalk::messenger::test
