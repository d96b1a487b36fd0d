// What the server holds for its peers, compared with what docs/PROTOCOL.md, section 9, promises: real heap,
// and whether one peer's doings cost another one something.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::messenger::test {
namespace {

using plaintalk::test::heap_bytes;

ServerConfig unlimited() {
  ServerConfig config = Lab::quick();
  config.messages_per_second.reset();
  config.chat_bytes_per_second.reset();
  config.command_units_per_second.reset();
  config.fan_out_bytes_per_second.reset();
  return config;
}

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// Goal: history holds what it is charged with. Method: a message of one byte among 60 KB of topics, many
// times.
TEST(Bounds, HistoryKeepsNoTopicsAliveForAMessage) {
  ServerConfig config = unlimited();
  config.history_bytes_max = 1 << 20;
  Lab lab(config);
  lab.events.wants_routes_ = false;
  Person& alice = lab.guest("alice");
  std::vector<std::string> rooms;
  for (int i = 0; i < 20; ++i) {
    rooms.push_back("#r" + std::to_string(i));
    alice.asks("JOIN " + rooms.back());
  }
  const std::string topic = ":" + std::string(1000, 'x') + "\n";
  alice.reads();
  lab.events.lines.clear();
  const std::size_t before = heap_bytes();
  for (int round = 0; round < 20; ++round)
    for (const std::string& room : rooms) {
      alice.sends_bytes(times(60, "TOPIC " + room + " " + topic) + "SAY " + room + " :1\n");
      alice.reads();
      lab.events.lines.clear();
    }
  EXPECT_LT(heap_bytes() - before, config.history_bytes_max + (512 << 10));
  EXPECT_NE(alice.asks("HISTORY #r0 after=19").find("MSG #r0 20 "), std::string::npos);
}

// Goal: the limit of history is one of the heap, also with rooms whose every message is large or tiny.
TEST(Bounds, HistoryOfManyRoomsStaysWithinItsLimit) {
  ServerConfig config = unlimited();
  config.history_bytes_max = 2 << 20;
  Lab lab(config);
  lab.events.wants_routes_ = false;
  Person& alice = lab.guest("alice");
  for (int i = 0; i < 50; ++i) alice.asks("JOIN #r" + std::to_string(i));
  lab.events.lines.clear();
  const std::size_t before = heap_bytes();
  for (int round = 0; round < 40; ++round)
    for (int i = 0; i < 50; ++i) {
      const std::size_t size = i % 2 == 0 ? 1 : 5000;
      alice.sends("SAY #r" + std::to_string(i) + " {" + std::to_string(size) + "}\n" +
                  std::string(size, 'y'));
      alice.reads();
    }
  lab.events.lines.clear();
  EXPECT_LT(heap_bytes() - before, config.history_bytes_max + (512 << 10));
}

// Goal: a peer that asks without end and reads steadily, but never all of it, costs a bounded amount.
TEST(Bounds, RepliesOfASteadyReaderStayBounded) {
  ServerConfig config = unlimited();
  config.reply_queue_bytes_max = 64 << 10;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  alice.sends_bytes(times(20, "HELP\n"));
  lab.events.lines.clear();
  const std::size_t before = heap_bytes();
  std::size_t read = 0;
  while (read < 4'000'000) {
    if (lab.core->wants_input(alice.id)) alice.sends_bytes("HELP\n");
    read += alice.reads_at_most(1000).size();
  }
  EXPECT_LT(heap_bytes(), before + 4 * config.reply_queue_bytes_max);
  EXPECT_FALSE(alice.is_cut_by_server());
}

// Goal: somebody's topics, comings and goings cost nobody a message. Method: a member who does not read while
// the room is full of them, far beyond what may wait.
TEST(Bounds, UnnumberedFramesCauseNoGap) {
  ServerConfig config = unlimited();
  config.room_queue_bytes_max = 16 << 10;
  Lab lab(config);
  Person& bob = lab.guest("bob", {"#lab"});
  Person& alice = lab.guest("alice", {"#lab"});
  bob.reads();
  const std::size_t before = heap_bytes();
  for (int i = 0; i < 200; ++i) {
    alice.sends_bytes("TOPIC #lab :" + std::string(1000, 't') + "\nAWAY :" + std::string(1000, 'a') + "\n");
    if (i % 10 == 0) alice.sends("SAY #lab :number " + std::to_string(i));
    alice.reads();
  }
  lab.events.lines.clear();
  EXPECT_LT(heap_bytes(), before + 4 * config.room_queue_bytes_max);
  const std::string heard = bob.reads();
  EXPECT_EQ(count_of(heard, "MSG #lab "), 20U);
  EXPECT_EQ(count_of(heard, "GAP "), 0U);
  EXPECT_LT(count_of(heard, "TOPIC #lab"), 20U);
}

// Goal: nobody can take all rooms by opening conversations, or by talking in rooms and leaving them.
TEST(Bounds, UnusedRoomsAndConversationsMakeWay) {
  ServerConfig config = unlimited();
  config.room_count_max = 10;
  config.conversation_count_max = 10;
  config.room_percent_per_address = 100;
  Lab lab(config);
  std::vector<Person*> people;
  for (int i = 0; i < 8; ++i) people.push_back(&lab.guest("g" + std::to_string(i), {"#hall"}));
  for (std::size_t i = 0; i < people.size(); ++i)
    for (std::size_t j = 0; j < people.size(); ++j) {
      const std::string said = people[i]->asks("SAY @g" + std::to_string(j) + " :hello");
      EXPECT_NE(said.find("OK room=@g"), std::string::npos) << said;
      people[j]->reads();
    }
  for (int i = 0; i < 30; ++i) {
    const std::string room = "#r" + std::to_string(i);
    EXPECT_TRUE(people[0]->asks("JOIN " + room).starts_with("OK room=" + room));
    people[0]->asks("SAY " + room + " :1");
    people[0]->asks("PART " + room);
  }
  // Rooms with people in them stay, and at the limit the refusal says what can be done.
  for (int i = 0; i < 9; ++i)
    EXPECT_TRUE(people[1]->asks("JOIN #kept" + std::to_string(i)).starts_with("OK "));
  EXPECT_NE(people[1]->asks("JOIN #more").find("503 BUSY"), std::string::npos);
  EXPECT_NE(people[2]->asks("SAY @g3 :x").find("OK room=@g2,g3 "), std::string::npos);
  EXPECT_TRUE(people[0]->asks("SAY #hall :still here").find("seq=1 ") != std::string::npos);
}

// Goal: a client that remembers a number of a room that went takes nothing new for a repeat.
TEST(Bounds, ARoomThatIsMadeAgainCountsOn) {
  ServerConfig config = unlimited();
  config.conversation_count_max = 1;
  config.room_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  for (int i = 0; i < 5; ++i) alice.asks("SAY @bob id=" + std::to_string(i) + " :hello");
  bob.reads();
  alice.asks("SAY @alice :a note");
  for (const char* room : {"#a", "#b", "#a"}) {
    EXPECT_TRUE(alice.asks(std::string("JOIN ") + room).starts_with("OK room=")) << room;
    alice.asks(std::string("SAY ") + room + " :1");
    alice.asks(std::string("PART ") + room);
  }
  EXPECT_NE(bob.asks("JOIN #a").find("last=2\n"), std::string::npos);
  EXPECT_EQ(bob.asks("HISTORY @alice"), "END @alice,bob last=0 more=0 oldest=1\n");
  // A resend from before is still known, though its conversation is gone.
  EXPECT_NE(alice.asks("SAY @bob id=4 :hello").find("seq=5 "), std::string::npos);
  EXPECT_NE(alice.asks("SAY @bob :again").find("seq=6 "), std::string::npos);
  EXPECT_NE(bob.reads().find("MSG @alice,bob 6 alice "), std::string::npos);
  EXPECT_NE(bob.asks("HISTORY @alice after=5").find("MSG @alice,bob 6 "), std::string::npos);
}

// Goal: a room goes while somebody is owed a GAP of it: of a conversation it is told, and nothing refers to
// the room.
TEST(Bounds, ARoomThatGoesOwesNoGapAnyMore) {
  ServerConfig config = unlimited();
  config.room_count_max = 1;
  config.conversation_count_max = 1;
  config.room_queue_bytes_max = 1000;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  Person& bob = lab.guest("bob");
  for (int i = 0; i < 50; ++i) {
    alice.sends("SAY @bob :" + std::string(200, 'x'));  // bob does not read: he is owed a GAP
    alice.reads();
  }
  alice.asks("SAY @alice :a note");
  EXPECT_EQ(count_of(bob.reads(), "GAP @alice,bob "), 1U);
  EXPECT_EQ(bob.asks("PING :x"), "PONG :x\n");
  // The same in a room that is left.
  bob.asks("JOIN #d");
  alice.asks("JOIN #d");
  for (int i = 0; i < 50; ++i) alice.asks("SAY #d :" + std::string(200, 'x'));
  bob.sends("PART #d");
  alice.asks("PART #d");
  for (const char* room : {"#a", "#b", "#c"}) {
    alice.asks(std::string("JOIN ") + room);
    alice.asks(std::string("PART ") + room);
  }
  bob.reads();
  EXPECT_EQ(bob.asks("PING :y"), "PONG :y\n");
}

// Goal: a command may refer to a conversation while what it flushes costs that conversation its history.
TEST(Bounds, AConversationOutlivesTheCommandThatAsksForIt) {
  ServerConfig config = unlimited();
  config.history_bytes_max = 20'000;
  for (const std::string command : {"HISTORY @bob", "SYNC @bob", "SAY @bob :again"}) {
    Lab lab(config);
    Person& bob = lab.guest("bob", {"#lab"});
    Person& alice = lab.guest("alice", {"#lab"});
    alice.asks("SAY @bob :hello");
    bob.reads();
    alice.sends_bytes("SAY #lab {20000}\n" + std::string(20'000, 'x') + "\n" + command + "\nPING\n");
    EXPECT_EQ(count_of(alice.reads(), "PONG"), 1U) << command;
    EXPECT_NE(alice.asks("SAY @bob :later").find("OK room=@alice,bob seq="), std::string::npos);
  }
}

// Goal: guests that come, talk and go leave nothing behind, and logging in and out a thousand times is one
// entry in the queue of departures and not a thousand.
TEST(Bounds, GuestsThatLeftAreForgotten) {
  ServerConfig config = unlimited();
  config.remembered_request_time = Milliseconds{1000};
  config.presence_grace = Milliseconds{100};
  Lab lab(config);
  const auto visit = [&](const std::string& name) {
    Person& guest = lab.guest(name);
    guest.asks("QUIT");
    lab.core->closed(guest.id, "peer closed", lab.now);
    guest.is_open = false;
  };
  visit("first");
  lab.passes(Milliseconds{3000});
  std::vector<std::string>().swap(lab.events.lines);
  lab.people.clear();
  const std::size_t before = heap_bytes();
  for (int i = 0; i < 500; ++i) visit("same");
  for (int i = 0; i < 500; ++i) visit("g" + std::to_string(i));
  lab.passes(Milliseconds{3000});
  std::vector<std::string>().swap(lab.events.lines);
  lab.people.clear();
  EXPECT_LT(heap_bytes(), before + (96 << 10));
}

}  // namespace
}  // namespace plaintalk::messenger::test
