// Direct messages that went to a connection which was lost: NOTE DIRECT tells of what nothing has followed.
#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

constexpr Milliseconds kMoment{1'000};

struct Unheard : ::testing::Test {
  Unheard() : lab(settings()), alice(lab.guest("alice")), bob(&in("pc")) {}

  static ServerConfig settings() {
    ServerConfig config = Lab::quick();
    config.accounts["bob"] = "secret";
    config.room_queue_bytes_max = 2000;
    return config;
  }
  // Bob logs in; `greeting` has what he was told.
  Person& in(const std::string& device) {
    Person& person = lab.connect();
    person.sends("LOGIN bob device=" + device + " :secret");
    lab.works_on_passwords();
    greeting = person.reads();
    EXPECT_TRUE(greeting.starts_with("OK user=bob ")) << greeting;
    return person;
  }
  std::string told_at_login(const std::string& device = "pc") {
    in(device);
    const std::size_t at = greeting.find("NOTE DIRECT @alice,bob ");
    return at == greeting.npos ? "" : greeting.substr(at + 23, greeting.find(" :", at) - at - 23);
  }
  void alice_says(const std::string& text = "x") {
    alice.asks("SAY @bob :" + text);
    lab.passes(kMoment);
  }
  void gives_sign(Person& person) {
    person.asks("PING");
    lab.passes(kMoment);
  }
  // The machine is gone; what the server writes vanishes in the network, until it gives up.
  void vanishes(Person& person) {
    for (int second = 0; second < 100 && !person.is_cut_by_server(); ++second) {
      person.reads();
      alice.asks("PING");
      lab.passes(kMoment);
    }
    ASSERT_TRUE(person.is_cut_by_server());
    person.drops();
  }

  Lab lab;
  std::string greeting;
  Person& alice;
  Person* bob;
};

TEST_F(Unheard, WhatWentToADeadConnectionBeforeThatWasNoticedIsTold) {
  alice_says();
  bob->reads();
  gives_sign(*bob);
  alice_says();
  alice_says();
  vanishes(*bob);
  alice_says();
  EXPECT_EQ(told_at_login(), "after=1 last=4");
}

TEST_F(Unheard, ACutConnectionIsJudgedInTheSameWay) {
  alice_says();
  gives_sign(*bob);
  alice_says();
  bob->reads();
  bob->drops();
  EXPECT_EQ(told_at_login(), "after=1 last=2");
}

TEST_F(Unheard, WhatWasFollowedBySomethingIsNotTold) {
  alice_says();
  alice_says();
  bob->reads();
  gives_sign(*bob);
  vanishes(*bob);
  EXPECT_EQ(told_at_login(), "");
}

TEST_F(Unheard, WhatCameInTheSameMomentMayHaveCrossedTheMessage) {
  alice.asks("SAY @bob :x");
  bob->asks("PING");
  bob->drops();
  EXPECT_EQ(told_at_login(), "after=0 last=1");
}

TEST_F(Unheard, WhoLeavesInOrderHasHeardEverything) {
  alice_says();
  bob->asks("QUIT");
  bob->drops();
  EXPECT_EQ(told_at_login(), "");
}

TEST_F(Unheard, WhatOneSaysOneselfIsNotTold) {
  bob->asks("SAY @alice :x");
  lab.passes(kMoment);
  bob->drops();
  EXPECT_EQ(told_at_login(), "");
}

TEST_F(Unheard, ATakeoverTellsWhatTheOldConnectionDidNotAnswer) {
  alice_says();
  EXPECT_EQ(told_at_login("pc"), "after=0 last=1");
  EXPECT_TRUE(bob->is_cut_by_server());
}

TEST_F(Unheard, AnotherDeviceIsToldWhatTheFirstHasNotAnsweredYet) {
  alice_says();
  bob->reads();
  gives_sign(*bob);
  alice_says();
  EXPECT_EQ(told_at_login("phone"), "after=1 last=2");
}

TEST_F(Unheard, OneLiveDeviceIsEnough) {
  Person& phone = in("phone");
  alice_says();
  bob->reads();
  phone.reads();
  gives_sign(phone);
  phone.drops();
  bob->reads();
  bob->drops();
  EXPECT_EQ(told_at_login(), "") << "the phone had it, and is gone by now";
  alice_says();
  EXPECT_EQ(told_at_login("phone"), "after=1 last=2");
}

// What waits in the server's queue, or was left out, has not arrived, whatever the client says meanwhile.
TEST_F(Unheard, WhatStillWaitsForASlowReaderHasNotArrived) {
  for (const int count : {1, 3}) {  // three do not fit into the queue: GAP
    for (int n = 0; n < count; ++n) alice_says(std::string(900, 'x'));
    bob->sends("AWAY :busy");
    lab.passes(kMoment);
    if (count == 3) bob->reads_at_most(300);
    bob->drops();
    bob = &in("pc");
    EXPECT_NE(greeting.find("NOTE DIRECT @alice,bob after=0 last=" + std::to_string(count == 1 ? 1 : 4)),
              greeting.npos)
        << greeting;
  }
}

TEST_F(Unheard, AskingForThemEndsIt) {
  alice_says();
  vanishes(*bob);
  EXPECT_EQ(told_at_login("phone"), "after=0 last=1");
  lab.people.back().drops();
  EXPECT_EQ(told_at_login("phone"), "after=0 last=1") << "the note may not have arrived";
  lab.people.back().asks("HISTORY @alice after=0");
  lab.people.back().drops();
  EXPECT_EQ(told_at_login("phone"), "");
}

// Even when all of it happens in one turn.
TEST_F(Unheard, AGuestWhoComesAfreshIsToldOnlyOfWhatWasForIt) {
  Person& carol = lab.guest("carol");
  alice.asks("SAY @carol :for the first");
  carol.asks("QUIT");
  carol.drops();
  Person& later = lab.guest("carol");
  later.asks("PING");
  alice.asks("SAY @carol :for the second");
  later.drops();
  const std::string heard = lab.connect().asks("LOGIN carol device=d-carol token=" + later.token);
  EXPECT_NE(heard.find("NOTE DIRECT @alice,carol after=1 last=2 "), heard.npos) << heard;
}

TEST_F(Unheard, AGuestWhoComesAfreshIsToldNothingOfTheOneBefore) {
  Person& carol = lab.guest("carol");
  alice.asks("SAY @carol :secret");
  carol.drops();
  lab.passes(Milliseconds(30'000));
  EXPECT_EQ(count_of(lab.connect().asks("LOGIN carol device=d-carol"), "NOTE"), 0U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
