// Who may come after whom under one name: guests, their tokens, and what the log may know of it.
#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(Takeover, TheDeviceOfAGuestIsNotEnough) {
  Lab lab;
  Person& bob = lab.guest("bob", {"#lab"});
  Person& eve = lab.guest("eve", {"#lab"});
  for (const std::string list : {"WHO", "WHO #lab", "WHO @bob"}) {
    const std::string answer = eve.asks(list);
    EXPECT_NE(answer.find(" bob state=online"), answer.npos) << answer;
    EXPECT_EQ(answer.find("d-bob"), answer.npos) << answer;
  }
  for (const std::string device : {"", " device=d-bob", " device=d-eve", " device=d-bob token=0"}) {
    const std::string answer = lab.connect().asks("LOGIN bob" + device);
    EXPECT_TRUE(answer.starts_with("ERR 40")) << answer;
  }
  eve.asks("SAY @bob :for you only");
  EXPECT_EQ(count_of(bob.reads(), "for you only"), 1U);
  EXPECT_FALSE(bob.is_cut_by_server());
}

TEST(Takeover, WithItsTokenAGuestIsBackAtOnceAlthoughTheOldLineSeemsAlive) {
  Lab lab;
  Person& old_line = lab.guest("bob", {"#lab"});
  lab.passes(Milliseconds(35'000));  // nothing comes from it
  Person& back = lab.login("LOGIN bob device=d-bob token=" + old_line.token);
  EXPECT_FALSE(back.token.empty());
  EXPECT_TRUE(old_line.is_cut_by_server());
}

std::uint64_t retry_of(const std::string& answer) {
  const std::string text = value_of(answer, "retry");
  return text.empty() ? 0 : std::stoull(text);
}

TEST(Takeover, WhoHasNoTokenIsToldHowLongALostConnectionKeepsTheName) {
  Lab lab;
  Person& bob = lab.guest("bob", {"#lab"});
  EXPECT_EQ(lab.connect().asks("LOGIN bob device=d-bob"),
            "ERR 409 NAME_TAKEN verb=LOGIN :this name is in use; come back with its token if it is yours, or "
            "choose another one\n");
  lab.passes(Milliseconds(5'000));
  EXPECT_EQ(lab.connect().asks("LOGIN bob device=d-bob"),
            "ERR 409 NAME_TAKEN verb=LOGIN retry=2000 :this name is in use, perhaps by a connection that was "
            "lost, which is being asked; come back with its token, or try again in 2 s\n");
  EXPECT_EQ(bob.reads(), "PING :p1\n");  // and vanishes in the network
  lab.passes(Milliseconds(2'000));
  EXPECT_EQ(
      lab.connect().asks("LOGIN bob device=d-bob"),
      "ERR 409 NAME_TAKEN verb=LOGIN retry=103050 :this name is in use by a connection that may be lost; "
      "come back with its token, or wait 104 s\n");
  for (int second = 7; second < 90; second += 1) {
    bob.reads();  // the network takes what the server writes, and nobody answers
    lab.passes(Milliseconds(1'000));
  }
  EXPECT_TRUE(bob.is_cut_by_server());
  EXPECT_EQ(
      lab.connect().asks("LOGIN bob device=d-bob"),
      "ERR 409 NAME_TAKEN verb=LOGIN retry=20000 :the connection of this name was lost and its owner may "
      "come back; come back with its token, or wait 20 s\n");
  lab.passes(Milliseconds(20'000));
  EXPECT_TRUE(lab.connect().asks("LOGIN bob device=d-bob").starts_with("OK user=bob"));
}

// Goal: the time that is told is enough, whenever one asks; and whoever is there is never given a time twice.
TEST(Takeover, TheTimeThatIsToldIsEnough) {
  for (int asked_after = 5'000; asked_after < 110'000; asked_after += 1'450) {
    Lab lab;
    Person& bob = lab.guest("bob", {"#lab"});
    bob.asks("PING");
    for (int ms = 0; ms < asked_after; ms += 50) {
      bob.reads();
      lab.passes(kTickInterval);
    }
    std::uint64_t told = retry_of(lab.connect().asks("LOGIN bob"));
    if (told == 2'000) {
      lab.passes(Milliseconds(told));
      told = retry_of(lab.connect().asks("LOGIN bob"));
    }
    ASSERT_GT(told, 0U) << asked_after;
    for (std::uint64_t ms = 0; ms < told; ms += 50) {
      bob.reads();
      lab.passes(kTickInterval);
    }
    const std::string answer = lab.connect().asks("LOGIN bob");
    EXPECT_TRUE(answer.starts_with("OK user=bob")) << asked_after << ": " << answer;
  }
}

TEST(Takeover, WhoIsThereAnswersAndKeepsTheNameWithoutAnyTime) {
  Lab lab;
  Person& bob = lab.guest("bob", {"#lab"});
  for (int round = 0; round < 3; ++round) {
    lab.passes(Milliseconds(10'000));
    EXPECT_EQ(retry_of(lab.connect().asks("LOGIN bob")), 2'000U);
    EXPECT_EQ(bob.reads(), "PING :p1\n");
    EXPECT_EQ(bob.asks("PONG :p1"), "");
    lab.passes(Milliseconds(2'000));
    const std::string answer = lab.connect().asks("LOGIN bob");
    EXPECT_TRUE(answer.starts_with("ERR 409 NAME_TAKEN verb=LOGIN :this name is in use;")) << answer;
    EXPECT_EQ(bob.reads(), "");
  }
}

TEST(Takeover, ALostGuestKeepsItsNameForItsTokenAlsoAgainstRegister) {
  Lab lab;
  Person& bob = lab.guest("bob", {"#lab"});
  EXPECT_TRUE(lab.connect().asks("REGISTER bob :mine").starts_with("ERR 409 NAME_TAKEN verb=REGISTER :"));
  bob.drops();
  EXPECT_TRUE(
      lab.connect().asks("REGISTER bob :mine").starts_with("ERR 409 NAME_TAKEN verb=REGISTER retry=20000 :"));
  // A password that takes long to check does not get past the guest who came back meanwhile.
  lab.passes(Milliseconds(20'000));
  Person& slow = lab.connect();
  slow.sends("REGISTER bob :mine");
  Person& back = lab.login("LOGIN bob device=d-bob token=" + bob.token);
  EXPECT_FALSE(back.token.empty());
  lab.works_on_passwords();
  EXPECT_TRUE(slow.reads().starts_with("ERR 409 NAME_TAKEN verb=REGISTER")) << "after login()";
  EXPECT_FALSE(back.is_cut_by_server());
}

TEST(Takeover, AfterAQuitTheNameIsFreeAtOnceAndTheTokenIsVoidForWhoeverComesNext) {
  Lab lab;
  Person& bob = lab.guest("bob", {"#lab"});
  bob.asks("QUIT");
  Person& next = lab.login("LOGIN bob device=d-bob");
  EXPECT_FALSE(next.token.empty());
  EXPECT_TRUE(
      lab.connect().asks("LOGIN bob device=d-bob token=" + bob.token).starts_with("ERR 402 BAD_LOGIN"));
}

// A guest whose first OK never arrived has no token to come back with.
TEST(Takeover, AGuestWhoNeverShowedToHaveItsTokenDoesNotKeepTheName) {
  Lab lab;
  lab.login("LOGIN bob device=pc").drops();
  EXPECT_FALSE(lab.login("LOGIN bob device=pc").token.empty());
}

TEST(Takeover, APasswordLoginMakesEarlierTokensOfTheDeviceVoid) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  Lab lab(config);
  Person& first = lab.login("LOGIN bob device=pc :secret");
  first.drops();
  Person& second = lab.login("LOGIN bob device=pc token=" + first.token);
  second.drops();  // its OK may have been lost: the first token is still good
  Person& third = lab.login("LOGIN bob device=pc :secret");
  third.drops();
  for (const std::string& token : {first.token, second.token})
    EXPECT_TRUE(
        lab.connect().asks("LOGIN bob device=pc token=" + token).starts_with("ERR 402 BAD_LOGIN verb=LOGIN"));
  EXPECT_FALSE(lab.login("LOGIN bob device=pc token=" + third.token).token.empty());
}

// Goal: people type their password where a command or a name belongs; the log must not have it.
// Method: one secret in every place of a line, all events of the core, with all of their text.
TEST(Takeover, TheLogNeverHasTextThatIsNoCommand) {
  Lab lab;
  Person& person = lab.connect();
  for (const std::string line : {"tulip9", "tulip9 bob", "LOGIN bob tulip9", "LOGIN tulip9 :x",
                                 "LOGIN bob :tulip9", "LOGIN bob token=tulip9"})
    EXPECT_TRUE(person.asks(line).starts_with("ERR") || !lab.passwords.jobs.empty()) << line;
  lab.works_on_passwords();
  Person& inside = lab.guest("alice");
  for (const std::string line :
       {"tulip9", "HELP tulip9", "JOIN tulip9 x", "PING tulip9", "AWAY tulip9", "%tulip9", "SAY tulip9 :x",
        "GET tulip9", "WHO @tulip9", "PRES tulip9", "QUIT :tulip9"})
    inside.asks(line);
  for (const std::string& line : lab.events.lines) EXPECT_EQ(line.find("tulip9"), line.npos) << line;
  EXPECT_GT(lab.events.lines.size(), 10U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
