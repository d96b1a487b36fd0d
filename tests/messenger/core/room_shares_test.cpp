// How many rooms one address may keep from the others, and that conversations are never used up.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

// 20 rooms of which one address may use 5, and the same of conversations.
struct RoomShares : ::testing::Test {
  static ServerConfig small() {
    ServerConfig config = Lab::quick();
    config.room_count_max = 20;
    config.conversation_count_max = 20;
    config.rooms_per_user_max = 3;
    config.messages_per_second.reset();
    config.command_units_per_second.reset();
    return config;
  }
  Person& guest_at(std::uint8_t address, const std::string& name) {
    Person& person = lab.connect(address);
    EXPECT_TRUE(person.asks("LOGIN " + name + " device=d").starts_with("OK user=")) << name;
    return person;
  }
  // Guests of that address who join as many rooms of their own as they can; how many they got.
  std::size_t take_rooms(std::uint8_t address) {
    std::size_t count = 0;
    for (int guest = 0; guest < 8; ++guest) {
      const std::string name = "a" + std::to_string(address) + "-" + std::to_string(guest);
      Person& person = guest_at(address, name);
      takers.push_back(&person);
      for (int room = 0; room < 3; ++room) {
        const std::string heard = person.asks("JOIN #" + name + "-" + std::to_string(room));
        count += heard.starts_with("OK ") ? 1U : 0U;
        if (!heard.starts_with("OK ")) refusal = heard;
      }
    }
    return count;
  }

  Lab lab{small()};
  std::vector<Person*> takers;
  std::string refusal;
};

TEST_F(RoomShares, AnAddressTakesItsShareAndOthersStillGetRooms) {
  EXPECT_EQ(take_rooms(9), 5U);
  EXPECT_EQ(
      refusal,
      "ERR 503 BUSY verb=JOIN retry=10000 max=5 :people at your address use as many rooms of their own as "
      "one address may; PART one, or JOIN one that others are in\n");
  Person& alice = guest_at(8, "alice");
  Person& bob = guest_at(7, "bob");
  EXPECT_TRUE(alice.asks("JOIN #lab").starts_with("OK room=#lab members=1"));
  EXPECT_TRUE(alice.asks("SAY @bob :hello").starts_with("OK room=@alice,bob seq=1"));
  EXPECT_NE(bob.reads().find("MSG @alice,bob 1 alice"), std::string::npos);
  // At the limit one may still go to where others are.
  EXPECT_TRUE(takers.back()->asks("JOIN #lab").starts_with("OK room=#lab members=2"));
  EXPECT_TRUE(takers.back()->asks("SYNC #lab2").starts_with("ERR 503 BUSY verb=SYNC"));
}

TEST_F(RoomShares, WhatIsLeftIsFreeAgainHoweverItWasLeft) {
  for (const std::string way : {"PART", "QUIT", "loss", "timeout"}) {
    takers.clear();
    EXPECT_EQ(take_rooms(9), 5U) << way;
    for (Person* person : takers) {
      if (way == "QUIT") person->asks("QUIT");
      if (way == "loss") person->drops();
    }
    if (way == "PART")
      for (std::size_t index = 0; index < takers.size(); ++index)
        for (int room = 0; room < 3; ++room)
          takers[index]->asks("PART #a9-" + std::to_string(index) + "-" + std::to_string(room));
    if (way == "timeout") lab.passes(Milliseconds(100'000));
    lab.passes(lab.config.presence_grace + Milliseconds(100));
    for (Person* person : takers)
      if (person->is_open) person->drops();
    EXPECT_EQ(count_of(guest_at(8, "observer").asks("ROOMS"), "NOTE ROOM"), 0U) << way;
    lab.people.back().asks("QUIT");
    lab.passes(lab.config.remembered_request_time);
  }
}

TEST_F(RoomShares, WhoeverEntersAnUnusedRoomAnswersForIt) {
  Person& alice = guest_at(8, "alice");
  for (int room = 0; room < 8; ++room) {
    const std::string name = "#old" + std::to_string(room);
    EXPECT_TRUE(alice.asks("JOIN " + name).starts_with("OK ")) << "those that were left do not count";
    alice.asks("SAY " + name + " :x");
    alice.asks("PART " + name);
  }
  EXPECT_EQ(take_rooms(9), 5U);
  EXPECT_TRUE(takers[6]->asks("JOIN #old0").starts_with("ERR 503 BUSY"));
  EXPECT_TRUE(takers[0]->asks("PART #a9-0-0").starts_with("OK "));
  EXPECT_TRUE(takers[6]->asks("JOIN #old0").starts_with("OK room=#old0 members=1 last=1"));
  EXPECT_TRUE(takers[6]->asks("JOIN #old1").starts_with("ERR 503 BUSY"));
}

TEST_F(RoomShares, SeveralAddressesTogetherMayTakeAllAndTheRefusalSaysSo) {
  for (std::uint8_t address = 6; address <= 9; ++address) EXPECT_EQ(take_rooms(address), 5U);
  Person& alice = guest_at(5, "alice");
  EXPECT_EQ(
      alice.asks("JOIN #lab"),
      "ERR 503 BUSY verb=JOIN retry=10000 :all rooms are in use; JOIN one of ROOMS, or try again later\n");
  EXPECT_TRUE(alice.asks("SAY @a6-0 :hello").starts_with("OK room=@a6-0,alice seq=1"));
  takers[0]->asks("PART #a6-0-0");
  EXPECT_TRUE(alice.asks("JOIN #lab").starts_with("OK "));
}

// Goal: whoever opens conversations without end gives up its own, and in use those that are used stay.
TEST_F(RoomShares, ConversationsOfOneAddressCostNobodyElseTheirs) {
  Person& alice = guest_at(8, "alice");
  guest_at(7, "bob");
  alice.asks("SAY @bob :hello");
  std::vector<Person*> crowd;
  for (int guest = 0; guest < 8; ++guest) crowd.push_back(&guest_at(9, "m" + std::to_string(guest)));
  crowd[0]->asks("SAY @m0 :dear diary");
  for (Person* from : crowd)
    for (int to = 0; to < 8; ++to) {
      EXPECT_NE(from->asks("SAY @m" + std::to_string(to) + " :x").find("OK room=@m"), std::string::npos);
      crowd[0]->asks("SAY @m0 :still here");
    }
  EXPECT_NE(alice.asks("HISTORY @bob").find(":hello"), std::string::npos);
  EXPECT_NE(crowd[0]->asks("HISTORY @m0 after=0").find(":dear diary"), std::string::npos);
  EXPECT_NE(crowd[7]->asks("HISTORY @m0").find("END @m0,m7 last=0"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::test
