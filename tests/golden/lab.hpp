// A Plaintalk server and its people, as far as their bytes go: who says what, and what the server then
// writes to whom (docs/PROTOCOL.md, sections 5 to 7). A scenario tells the session; the lab puts it on the
// tape, connection by connection.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/tape.hpp"
#include "tests/golden/tcp_talk.hpp"

namespace plaintalk::golden {

Endpoint server_endpoint();                 // 192.0.2.9:7777
Endpoint client_endpoint(unsigned number);  // 192.0.2.10 + number, port 40000 + number

struct Person {
  std::string account;
  TcpTalk talk;
};

class Lab {
 public:
  explicit Lab(Tape& tape, Endpoint server = server_endpoint()) : tape_(tape), server_(server) {}

  // Handshake and greeting. `account` is who will log in here.
  Person& connect(std::string account, Endpoint client, TcpTalk::Options options = {});
  void login_guest(Person& person, std::string_view display = {});
  void login(Person& person, std::string_view password, bool registering = false);
  void fail_login(Person& person, std::string_view password);
  void join(Person& person, const std::string& room);
  void part(Person& person, const std::string& room);
  void who(Person& person, const std::string& room);
  // A SAY, its OK, and a MSG to everybody in the room.
  void say(Person& person, const std::string& room, std::string_view text);
  // Only what crosses the wire, for scenarios that put the segments there themselves.
  struct SayExchange {
    std::string command;                                      // from the sender
    std::vector<std::pair<Person*, std::string>> deliveries;  // the sender's begins with its OK
  };
  SayExchange saying(Person& person, const std::string& room, std::string_view text);
  void direct(Person& from, Person& to, std::string_view text);
  void history(Person& person, const std::string& room, std::uint64_t after);
  void quit(Person& person);

  // Uploads `content` to the room, announces it, and lets each of `receivers` download it.
  void share_file(Person& person, const std::string& room, const std::string& name, std::string_view content,
                  const std::vector<Person*>& receivers);

 private:
  struct Room {
    std::vector<Person*> members;
    std::vector<std::string> frames;  // MSG and FILE, by number
  };

  std::string next_id(const Person& person);
  std::string members_text(const Room& room) const;
  void think() { tape_.wait(std::chrono::microseconds(60)); }

  Tape& tape_;
  Endpoint server_;
  std::deque<Person> people_;
  std::map<std::string, Room> rooms_;
  std::map<std::string, unsigned> id_counts_;
};

// alice and bob, two guests in #lab: how most scenarios begin.
struct AliceAndBob {
  explicit AliceAndBob(Tape& tape)
      : AliceAndBob(tape, server_endpoint(), client_endpoint(1), client_endpoint(2)) {}
  AliceAndBob(Tape& tape, Endpoint server, Endpoint alice_at, Endpoint bob_at);
  AliceAndBob(const AliceAndBob&) = delete;
  AliceAndBob& operator=(const AliceAndBob&) = delete;
  void quit();

  Lab lab;
  Person& alice;
  Person& bob;
};

// The SAY line and the MSG frame that a server makes of it, for whoever needs one without a lab.
std::string say_frame(std::string_view room, std::string_view id, std::string_view text);
std::string msg_frame(std::string_view room, std::uint64_t number, std::string_view from, WallTime at,
                      std::string_view text);

}  // namespace plaintalk::golden
