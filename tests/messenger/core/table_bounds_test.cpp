// The rows of docs/LIMITS.md that people fill: each is driven far beyond its limit, and the heap is compared
// with what the table promises.
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger/core/lab.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::messenger::test {
namespace {

using plaintalk::test::heap_bytes;

constexpr std::size_t kSlack = 64 << 10;  // tables of the lab and of the server that grow by doubling

struct Row {
  std::string name;
  std::function<void(ServerConfig&)> limit;
  std::function<void(Lab&)> prepare;  // what is not measured
  std::function<void(Lab&)> fill;     // several times what the limit allows
  std::size_t promised;
  std::size_t without;  // what it would take at least if nothing bounded it
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

void forget_events(Lab& lab) { std::vector<std::string>().swap(lab.events.lines); }

void nothing(Lab&) {}

void make_guests(Lab& lab, int count) {
  for (int guest = 0; guest < count; ++guest) lab.guest("u" + std::to_string(guest), {"#room"});
  for (Person& person : lab.people) person.reads();
}

void send_ids(Lab& lab) {
  for (Person& person : lab.people)
    for (int n = 0; n < 200; ++n) {
      person.sends("SAY #room id=" + std::to_string(n) + std::string(60, 'x') + " :1");
      for (Person& other : lab.people) other.reads();
      forget_events(lab);
    }
}

void come_and_go(Lab& lab) {
  for (int n = 0; n < 500; ++n) {
    const std::string name = "g" + std::to_string(n);
    Person& guest = lab.guest(name);
    guest.asks("SAY @" + name + " id=1 :note");
    guest.asks("QUIT");
    guest.drops();
    lab.people.clear();
    forget_events(lab);
  }
}

void leave_rooms_behind(Lab& lab) {
  Person& alice = lab.guest("alice");
  for (int n = 0; n < 500; ++n) {
    const std::string room = "#room-with-a-long-name-" + std::to_string(n);
    EXPECT_TRUE(alice.asks("JOIN " + room).starts_with("OK "));
    alice.asks("TOPIC " + room + " :" + std::string(1024, 't'));
    alice.asks("SAY " + room + " :1");
    alice.asks("PART " + room);
    forget_events(lab);
  }
}

void converse(Lab& lab) {
  for (Person& from : lab.people)
    for (std::size_t to = 0; to < lab.people.size(); ++to) {
      from.asks("SAY @u" + std::to_string(to) + " :1");
      for (Person& other : lab.people) other.reads();
      forget_events(lab);
    }
}

// The first does not read.
void say_little_often(Lab& lab) {
  for (int n = 0; n < 5'000; ++n) {
    lab.people.back().asks("SAY #room :1");
    forget_events(lab);
  }
}

// Frames that are begun and never finished: a body without its last byte.
void begin_frames(Lab& lab) {
  for (Person& person : lab.people) {
    if (!person.is_cut_by_server()) person.sends_bytes("SAY #room {60000}\n" + std::string(59'999, 'x'));
    person.reads();
    forget_events(lab);
  }
}

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      {"IdsForResends", [](ServerConfig& config) { config.remembered_request_bytes_max = 256 << 10; },
       [](Lab& lab) { make_guests(lab, 20); }, send_ids, 256 << 10, 500'000},
      {"Accounts",
       [](ServerConfig& config) {
         config.account_count_max = 40;
         config.account_percent_per_address = 100;
         config.history_bytes_max = 4096;
       },
       nothing, come_and_go, 40 * 2048 + 40 * 1024 + 4096, 500'000},
      {"GuestsOfOneAddress",
       [](ServerConfig& config) {
         config.account_count_max = 160;
         config.history_bytes_max = 4096;
       },
       nothing, come_and_go, 40 * 2048 + 40 * 1024 + 4096, 500'000},
      {"Rooms",
       [](ServerConfig& config) {
         config.room_count_max = 40;
         config.history_bytes_max = 1 << 20;
       },
       nothing, leave_rooms_behind, 40 * (2048 + 512), 700'000},
      {"Conversations",
       [](ServerConfig& config) {
         config.conversation_count_max = 40;
         config.room_percent_per_address = 100;
       },
       [](Lab& lab) { make_guests(lab, 40); }, converse, 40 * (1024 + 512), 400'000},
      {"UnfinishedFrames", [](ServerConfig& config) { config.unfinished_frames_bytes_max = 512 << 10; },
       [](Lab& lab) { make_guests(lab, 30); }, begin_frames, 512 << 10, 1'500'000},
      {"RoomTrafficOfTinyMessages",
       [](ServerConfig& config) {
         config.room_queue_bytes_max = 64 << 10;
         config.history_count = 4;
       },
       [](Lab& lab) { make_guests(lab, 2); }, say_little_often, 80 << 10, 180'000},
  };
  return kRows;
}

class HeapOfTheTable : public ::testing::TestWithParam<Row> {};

std::size_t growth(const Row& row, bool is_limited) {
  ServerConfig config = Lab::quick();
  config.messages_per_second.reset();
  config.chat_bytes_per_second.reset();
  config.command_units_per_second.reset();
  config.fan_out_bytes_per_second.reset();
  if (is_limited) row.limit(config);
  Lab lab(config);
  lab.events.wants_routes_ = false;
  row.prepare(lab);
  forget_events(lab);
  const std::size_t before = heap_bytes();
  row.fill(lab);
  forget_events(lab);
  return heap_bytes() - before;
}

TEST_P(HeapOfTheTable, IsWhatItPromises) {
  growth(GetParam(), true);  // what a process allocates once, whatever is said, is no part of the row
  const std::size_t limited = growth(GetParam(), true);
  RecordProperty("bytes", static_cast<int>(limited));
  EXPECT_LT(limited, GetParam().promised + kSlack);
}

// A row that is never driven to its limit would prove nothing.
TEST_P(HeapOfTheTable, IsDrivenBeyondIt) { EXPECT_GT(growth(GetParam(), false), GetParam().without); }

INSTANTIATE_TEST_SUITE_P(Rows, HeapOfTheTable, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

// Goal: whoever sends a frame in one go is not made to pay for those who never finish theirs, and these are
// told.
TEST(UnfinishedFrames, TheOneThatWasBegunFirstEndsItsConnection) {
  ServerConfig config = Lab::quick();
  config.unfinished_frames_bytes_max = 512 << 10;
  Lab lab(config);
  std::vector<Person*> slow;
  for (int n = 0; n < 6; ++n) {
    slow.push_back(&lab.guest("u" + std::to_string(n), {"#room"}));
    lab.passes(Milliseconds(100));
    slow.back()->sends_bytes("SAY #room {60000}\n" + std::string(59'999, 'x'));
  }
  EXPECT_TRUE(
      slow[0]->reads().ends_with("BYE 408 SLOW :too many frames are unfinished and yours was begun first; "
                                 "send the rest of a frame at once\n"));
  EXPECT_TRUE(slow[0]->is_cut_by_server());
  Person& quick = lab.guest("quick", {"#room"});
  quick.sends_bytes("SAY #room {60000}\n" + std::string(60'000, 'y') + "\n");
  EXPECT_NE(quick.reads().find("OK seq="), std::string::npos);
  slow[5]->sends_bytes("x\n");
  EXPECT_NE(slow[5]->reads().find("OK seq="), std::string::npos);
}

// Goal: an address that makes guests without end costs those of others nothing.
TEST(Accounts, GuestsOfAnotherAddressAreRemembered) {
  ServerConfig config = Lab::quick();
  config.account_count_max = 8;
  Lab lab(config);
  Person& alice = lab.connect(7);
  const std::string token = value_of(alice.asks("LOGIN alice device=pc"), "token");
  alice.asks("PING");
  alice.drops();
  for (int n = 0; n < 30; ++n) {
    Person& guest = lab.connect(9);
    EXPECT_TRUE(guest.asks("LOGIN g" + std::to_string(n)).starts_with("OK user=g")) << n;
    guest.asks("PING");
    guest.drops();
  }
  EXPECT_TRUE(lab.connect(7).asks("LOGIN alice device=pc token=" + token).starts_with("OK user=alice"));
}

// Goal: registered accounts never go, so no address may have so many that others cannot register.
TEST(Accounts, OneAddressRegistersItsShareAndNoMore) {
  ServerConfig config = Lab::quick();
  config.account_count_max = 8;  // of which 2
  Lab lab(config);
  const auto registers = [&](std::uint8_t address, const std::string& name) {
    Person& person = lab.connect(address);
    person.sends("REGISTER " + name + " :secret");
    lab.works_on_passwords();
    const std::string answer = person.reads();
    person.asks("QUIT");
    person.drops();
    return answer;
  };
  EXPECT_TRUE(registers(9, "a").starts_with("OK user=a"));
  // Two at once for one place: the second learns it when its password has been worked on.
  Person& one = lab.connect(9);
  Person& other = lab.connect(9);
  one.sends("REGISTER b :secret");
  other.sends("REGISTER c :secret");
  lab.works_on_passwords();
  EXPECT_TRUE(one.reads().starts_with("OK user=b"));
  EXPECT_TRUE(other.reads().starts_with("ERR 403 DENIED verb=REGISTER max=2 :"));
  lab.guest("guest").asks("QUIT");  // a name that was a guest's costs as much
  for (const std::string name : {"d", "guest"}) {
    EXPECT_TRUE(registers(9, name).starts_with("ERR 403 DENIED verb=REGISTER max=2 :"));
    EXPECT_TRUE(lab.passwords.jobs.empty()) << "refused before the password is worked on";
  }
  EXPECT_TRUE(lab.connect(9).asks("LOGIN e").starts_with("OK user=e")) << "as a guest there is place";
  EXPECT_TRUE(registers(7, "guest").starts_with("OK user=guest"));
  lab.passes(Milliseconds(3'600'000));
  EXPECT_TRUE(registers(9, "f").starts_with("ERR 403 DENIED")) << "they are all still there";
}

TEST(Accounts, AreRefusedOnlyWhenAllAreInUse) {
  ServerConfig config = Lab::quick();
  config.account_count_max = 3;
  Lab lab(config);
  for (const std::string name : {"a", "b", "c"}) lab.guest(name);
  EXPECT_TRUE(lab.connect().asks("LOGIN d").starts_with("ERR 503 BUSY verb=LOGIN retry="));
  lab.people[0].drops();
  EXPECT_TRUE(lab.connect().asks("LOGIN d").starts_with("OK user=d"));
  EXPECT_TRUE(lab.connect().asks("LOGIN e").starts_with("ERR 503 BUSY verb=LOGIN retry="));
}

// Goal: whoever is forgotten while its connection is still being closed leaves nothing that refers to it.
TEST(Accounts, WhoeverIsStillBeingClosedIsNotForgotten) {
  ServerConfig config = Lab::quick();
  config.account_count_max = 1;
  Lab lab(config);
  Person& alice = lab.guest("alice");
  alice.sends("QUIT");
  EXPECT_TRUE(lab.connect().asks("LOGIN bob").starts_with("ERR 503 BUSY"));
  alice.reads();
  alice.drops();
  EXPECT_TRUE(lab.events.has("closed 1 alice quit"));
  EXPECT_TRUE(lab.connect().asks("LOGIN bob").starts_with("OK user=bob"));
}

// Goal: a full memory costs those who said nothing for longest their ids, and not whoever is sending now.
TEST(Resends, DevicesUnusedForLongestForgetFirst) {
  ServerConfig config = Lab::quick();
  config.messages_per_second.reset();
  config.command_units_per_second.reset();
  config.remembered_request_bytes_max = 96 << 10;
  Lab lab(config);
  Person& idle = lab.guest("idle", {"#room"});
  idle.asks("SAY #room id=mine :hello");
  Person& busy = lab.guest("busy", {"#room"});
  for (int n = 0; n < 150; ++n) busy.asks("SAY #room id=" + std::to_string(n) + " :x");
  EXPECT_NE(idle.asks("SAY #room id=mine :hello").find("dup=1"), std::string::npos);
  Person& third = lab.guest("third", {"#room"});
  for (int n = 0; n < 300; ++n) {
    third.asks("SAY #room id=" + std::to_string(n) + std::string(50, 'x') + " :x");
    EXPECT_NE(third.asks("SAY #room id=" + std::to_string(n) + std::string(50, 'x') + " :x").find("dup=1"),
              std::string::npos);
  }
  EXPECT_EQ(busy.asks("SAY #room id=149 :x").find("dup=1"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::test
