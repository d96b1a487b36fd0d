// Whatever a client makes the server do is paid from its account: commands by their cost, and what others
// hear of them by its bytes.
#include <set>

#include <gtest/gtest.h>

#include "messenger/core/help.hpp"
#include "tests/messenger/core/files.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

std::size_t answer_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string_view line = text.substr(at);
    for (const std::string_view start : {"OK", "ERR ", "PONG", "END "})
      count += line.starts_with(start) ? 1U : 0U;
  }
  return count;
}

// Goal: no command is free, whichever there will be.
// Method: each that HELP lists, and lines that are none, 150 times in one go: the connection has to be made
// to wait, and in the end each is answered once, none of them with 429.
TEST(Budget, EveryCommandCostsAndNoneIsLost) {
  // The rates and credits of their own: messages_test.cpp and files_test.cpp.
  const std::set<Verb> exempt{Verb::say, Verb::pong, Verb::quit, Verb::credit, Verb::register_};
  std::vector<std::string> lines{"DANCE",           "=",           "JOIN #lab",       "SYNC #lab",
                                 "HISTORY #lab",    "WHO #lab",    "TOPIC #lab :new", "AWAY :x",
                                 "SAY #nowhere :x", "DATA f 0 :x", "CANCEL f",        "SAY #lab id=1 :x"};
  for (const core::HelpEntry& entry : core::help_entries())
    if (!exempt.contains(entry.verb)) lines.push_back(std::string(verb_text(entry.verb)));
  for (const std::string& line : lines) {
    SCOPED_TRACE(line);
    ServerConfig config = Lab::quick();
    config.command_units_burst = 50;
    Lab lab(config);
    Person& alice = lab.guest("alice", {"#lab"});
    std::string flood;
    for (int count = 0; count < 150; ++count) flood += line + "\n";
    alice.sends_bytes(flood);
    std::string heard = alice.reads();
    EXPECT_FALSE(lab.core->wants_input(alice.id));
    EXPECT_LE(answer_count(heard), 51U);
    for (int second = 0; second < 300 && answer_count(heard) < 150; ++second) {
      lab.passes(Milliseconds(1'000));
      heard += alice.reads();
    }
    EXPECT_EQ(answer_count(heard), 150U);
    EXPECT_EQ(count_of(heard, "ERR 429 "), 0U);
  }
}

// Goal: what has no answer, or is paid by credit, cannot be sent without end either.
TEST(Budget, FramesWithoutAnAnswerOrOfAFewBytesCostToo) {
  ServerConfig config = Lab::quick();
  config.command_units_burst = 50;
  const auto pauses = [&](auto line_at) {
    Lab lab(config);
    Person& alice = lab.guest("alice", {"#lab"});
    const std::string read_by_alice = share(alice, "x", pattern(40'000), "#lab");
    const std::string sent_by_alice = put(alice, "y", pattern(40'000), "#lab");
    alice.asks("GET " + read_by_alice + " credit=1");
    lab.passes(Milliseconds(2'000));
    std::string flood;
    for (std::size_t n = 0; n < 100; ++n)
      flood += std::string(line_at(n, read_by_alice, sent_by_alice)) + "\n";
    alice.sends_bytes(flood);
    alice.reads();
    return !lab.core->wants_input(alice.id);
  };
  using Text = const std::string&;
  EXPECT_TRUE(pauses([](std::size_t, Text, Text) { return "PONG :p1"; }));
  EXPECT_TRUE(pauses([](std::size_t, Text, Text) { return "CREDIT nosuchfile 99999"; }));
  EXPECT_TRUE(pauses([](std::size_t, Text down, Text) { return "CREDIT " + down + " 1"; }));
  EXPECT_TRUE(pauses([](std::size_t, Text down, Text) { return "CREDIT " + down + " 40000"; }))
      << "all but the first are useless";
  EXPECT_TRUE(
      pauses([](std::size_t n, Text, Text up) { return "DATA " + up + " " + std::to_string(n) + " :x"; }));
  EXPECT_FALSE(pauses([](std::size_t, Text, Text) { return ""; }))
      << "a person may press return a hundred times";
  EXPECT_TRUE(pauses([](std::size_t, Text, Text) { return std::string(50, '\n'); }));
  // Forty chunks of 1,000 bytes are paid for; as many of 1,024 are free, and the last one whatever its size.
  EXPECT_FALSE(pauses([](std::size_t n, Text, Text up) {
    const std::size_t offset = n * 1024;
    if (offset >= 40'000) return std::string();
    const std::string chunk(std::min<std::size_t>(1024, 40'000 - offset), 'x');
    return "DATA " + up + " " + std::to_string(offset) + " {" + std::to_string(chunk.size()) + "}\n" + chunk;
  }));
}

TEST(Budget, CatchingUpWithAHundredRoomsDoesNotWait) {
  Lab lab;
  Person& alice = lab.guest("alice");
  std::string lines = "WHO\nROOMS\n";
  for (int room = 0; room < 100; ++room) lines += "SYNC #r" + std::to_string(room) + "\n";
  alice.sends_bytes(lines);
  EXPECT_EQ(count_of(alice.reads(), "\nEND "), 100U);
  EXPECT_TRUE(lab.core->wants_input(alice.id));
}

// Goal: what one member makes the server write to others is bounded, however it does that.
TEST(Budget, WhatOthersHearIsPaidByWhoeverCausesIt) {
  for (const std::string& line :
       {"TOPIC #lab :" + std::string(1'000, 't'), "AWAY :" + std::string(1'000, 'a')}) {
    SCOPED_TRACE(line.substr(0, 8));
    ServerConfig config = Lab::quick();
    config.fan_out_bytes_per_second = 10'000;
    config.fan_out_bytes_burst = 20'000;
    Lab lab(config);
    Person& alice = lab.guest("alice", {"#lab"});
    std::vector<Person*> others;
    for (int index = 0; index < 9; ++index)
      others.push_back(&lab.guest("u" + std::to_string(index), {"#lab"}));
    for (Person* other : others) other->reads();
    lab.passes(Milliseconds(5'000));
    std::string flood;
    for (int count = 0; count < 100; ++count) flood += line + "\n";
    alice.sends_bytes(flood);
    std::size_t written = 0;
    const auto reads = [&] {
      alice.reads();
      for (Person* other : others) written += other->reads().size();
    };
    reads();
    EXPECT_LE(written, 32'000U);  // the burst and the one that went beyond it
    for (int second = 0; second < 10; ++second) {
      lab.passes(Milliseconds(1'000));
      reads();
    }
    EXPECT_LE(written, 135'000U);
    EXPECT_GE(written, 80'000U);
  }
}

TEST(Budget, SeveralDevicesInDebtAreRefusedAndThenServedAgain) {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  config.command_units_burst = 10;
  config.command_units_per_second = 10;
  Lab lab(config);
  Person& pc = lab.login("LOGIN bob device=pc :secret");
  Person& tablet = lab.login("LOGIN bob device=tablet :secret");
  pc.asks("ROOMS");
  EXPECT_FALSE(lab.core->wants_input(pc.id));
  EXPECT_TRUE(tablet.asks("ROOMS").find("OK count=") != std::string::npos);  // on credit too
  Person& phone = lab.login("LOGIN bob device=phone :secret");
  EXPECT_TRUE(phone.asks("WHO").starts_with("ERR 429 RATE verb=WHO retry="));
  lab.passes(Milliseconds(5'000));
  EXPECT_TRUE(phone.asks("PING").starts_with("PONG"));
}

// Goal: coming back under new names gives an address no more than its share. Method: guests who each use up
// their burst and leave; the address may do as much as two users.
TEST(Budget, NewNamesGiveAnAddressNoNewAllowance) {
  ServerConfig config = Lab::quick();
  config.message_burst = 10;
  config.messages_per_second = 1;
  config.guest_users_per_address = 2;
  Lab lab(config);
  std::size_t said = 0;
  for (int n = 0; n < 20; ++n) {
    Person& guest = lab.guest("g" + std::to_string(n), {"#room"});
    std::string flood;
    for (int count = 0; count < 10; ++count) flood += "SAY #room :x\n";
    guest.sends_bytes(flood);
    said += count_of(guest.reads(), "OK seq=");
    guest.drops();
  }
  EXPECT_GE(said, 20U);
  EXPECT_LE(said, 40U);  // each of them takes one on credit
  // Nobody is refused: a guest of the address waits, and others do not.
  Person& waiting = lab.guest("waiting", {"#room"});
  waiting.sends_bytes("SAY #room :x\nSAY #room :x\n");
  EXPECT_EQ(count_of(waiting.reads(), "ERR 429"), 0U);
  EXPECT_FALSE(lab.core->wants_input(waiting.id));
  Person& elsewhere = lab.connect(9);
  elsewhere.asks("LOGIN elsewhere");
  EXPECT_TRUE(elsewhere.asks("SAY @elsewhere :x").find("OK room=") != std::string::npos);
  EXPECT_TRUE(lab.core->wants_input(elsewhere.id));
  std::string later;
  for (int second = 0; second < 30; ++second) {
    lab.passes(Milliseconds(1'000));
    later += waiting.reads();
  }
  EXPECT_EQ(count_of(later, "OK seq="), 1U) << later;
}

TEST(Budget, AClassBehindOneAddressDoesNotWaitForEachOther) {
  Lab lab;
  std::vector<Person*> students;
  for (int n = 0; n < 40; ++n) students.push_back(&lab.guest("s" + std::to_string(n), {"#class"}));
  for (int second = 0; second < 20; ++second) {
    for (Person* student : students) {
      student->asks("SAY #class :answer");
      student->asks("WHO #class");
      EXPECT_TRUE(lab.core->wants_input(student->id));
    }
    lab.passes(Milliseconds(1'000));
  }
}

TEST(Budget, IsSwitchedOffByUnlimited) {
  ServerConfig config = Lab::quick();
  config.command_units_per_second = std::nullopt;
  config.fan_out_bytes_per_second = std::nullopt;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  std::string flood;
  for (int count = 0; count < 3'000; ++count) flood += "TOPIC #lab :x\n";
  alice.sends_bytes(flood);
  EXPECT_EQ(count_of(alice.reads(), "OK room=#lab\n"), 3'000U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
