// A server and its people without a network: lines in, lines out, on a clock that the test turns.
//
//   Lab lab;
//   Person& alice = lab.guest("alice");
//   alice.sends("JOIN #lab");
//   EXPECT_EQ(alice.reads(), "OK room=#lab members=1 last=0\nJOINED #lab alice\n");
#pragma once

#include <deque>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messenger/core/server_core.hpp"
#include "messenger/store/inline_spool.hpp"

namespace plaintalk::messenger::test {

// Every event as one line of text, such as "refused 404 NO_SUCH SAY".
class EventList : public EventSink {
 public:
  void event(const ServerEvent& event, WallTime time) override;
  bool wants_routes() const override { return wants_routes_; }
  bool has(std::string_view text) const;
  std::size_t count(std::string_view text) const;

  bool wants_routes_ = true;
  std::vector<std::string> lines;
};

// A spool that can be made to fail, and to wait.
class TroubledSpool : public InlineSpool {
 public:
  std::expected<void, Error> read(FileId file, std::uint64_t offset, std::span<char> out) override;
  bool fails = false;
  bool is_held = false;  // works only when the test says so

 protected:
  SpoolResult run(const SpoolJob& job) override;

 private:
  std::set<FileId> spoilt_;
};

class PasswordQueue : public PasswordWorker {
 public:
  bool submit(PasswordJob&& job) override;
  std::deque<PasswordJob> jobs;
  std::size_t job_count_max = 100;
};

// Bytes that differ at each call and are the same in each run.
class CountingRandom : public RandomSource {
 public:
  std::string bytes(std::size_t size) override;

 private:
  unsigned calls_ = 0;
};

class Lab;

class Person {
 public:
  Person(Lab& lab, std::uint8_t address);
  // A line, to which the LF is added; the server's turn ends behind it.
  void sends(std::string_view line);
  void sends_bytes(std::string_view bytes);
  // Everything the server has for this person; afterwards nothing waits.
  std::string reads();
  // At most `size` bytes of it.
  std::string reads_at_most(std::size_t size, bool kernel_is_drained = true);
  // What the last line sent is answered by: sends() and reads() in one.
  std::string asks(std::string_view line);
  // The network cuts the connection.
  void drops();
  bool is_cut_by_server() const;

  Lab& lab;
  ConnectionId id;
  bool is_open = true;
  std::string token;  // of the last login
};

class Lab {
 public:
  explicit Lab(ServerConfig config = quick());
  // The defaults, with password hashing made quick.
  static ServerConfig quick();

  Person& connect(std::uint8_t address = 1);  // has read the greeting
  // Logged in, device "d-" + name, and in those rooms; has read everything up to then.
  Person& guest(std::string_view name, std::initializer_list<std::string_view> rooms = {});
  Person& login(std::string_view line);  // a new connection that sends this and is let in
  void passes(Milliseconds time);        // in ticks
  void works_on_passwords();
  // All that the spool has to do, or its oldest `count` jobs.
  void works_on_files(std::size_t count = std::string::npos);

  ServerConfig config;
  Now now;
  TroubledSpool spool;
  PasswordQueue passwords;
  CountingRandom random;
  EventList events;
  std::unique_ptr<ServerCore> core;
  std::deque<Person> people;
};

// Everything the server has for all people, one after the other.
std::string said(Lab& lab);
// The value of key= in the first line that has it; empty otherwise.
std::string value_of(std::string_view text, std::string_view key);
std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace plaintalk::messenger::test
