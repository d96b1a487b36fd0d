// A session and the words of a server that a test plays by hand:
//
//   Talk talk;
//   talk.log_in();
//   talk.say("#lab", "hello");
//   EXPECT_EQ(talk.sent(), "SAY #lab id=x1 :hello\n");
//   talk.hear("OK id=x1 seq=1 at=5\n");
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messenger/client/render_text.hpp"
#include "messenger/client/session.hpp"
#include "tests/messenger_client/memory_files.hpp"

namespace plaintalk::messenger::client {

inline constexpr std::string_view kGreeting =
    "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 run=a1 :type HELP\n";
inline constexpr std::string_view kGreetingOfAnotherRun = "PLAINTALK/1 lab ping=30 run=b2 :type HELP\n";
inline constexpr std::string_view kLoginOk = "OK user=alice device=d token=T1 guest=1\n";

class Talk {
 public:
  explicit Talk(SessionConfig config = {"alice", std::nullopt, false, "d", "x"})
      : session(std::move(config), files) {}

  void connect() { session.connected(now); }
  void hear(std::string_view bytes) { session.received(bytes, now); }
  void greet() {
    connect();
    hear(kGreeting);
  }
  void log_in() {
    greet();
    hear(kLoginOk);
    sent();
    session.take_events();
  }
  // The server was restarted meanwhile.
  void greet_anew() {
    connect();
    hear(kGreetingOfAnotherRun);
  }
  // In #lab, having seen everything up to `last`.
  void join_lab(unsigned last) {
    session.submit({.verb = Verb::join, .target = "#lab"}, now);
    sent();
    hear("OK room=#lab members=2 last=" + std::to_string(last) + "\n");
    session.take_events();
  }
  // The network takes the connection away.
  void lose() {
    session.disconnected();
    ended_.reset();
  }
  // Why this connection is to be closed.
  const std::optional<Ended>& ended() {
    if (auto ended = session.take_ended()) ended_ = std::move(ended);
    return ended_;
  }
  RequestId say(std::string target, std::string text) {
    return session.submit({.verb = Verb::say, .target = std::move(target), .text = std::move(text)}, now);
  }
  RequestId send_file(std::string path, std::string target) {
    return session.submit({.verb = Verb::put, .target = std::move(target), .path = std::move(path)}, now);
  }
  void wait(Milliseconds time) {
    now += time;
    session.tick(now);
  }
  // Everything written since the last call.
  std::string sent() {
    std::string all = session.take_output();
    session.fill(0);
    return all + session.take_output();
  }
  // The transcript that a person would see, since the last call.
  std::string shown() {
    std::string text;
    for (const Event& event : session.take_events()) text += render(event, {false, "alice"});
    return text;
  }
  std::vector<Answered> answers() {
    std::vector<Answered> found;
    for (const Event& event : session.take_events()) {
      if (const auto* answer = std::get_if<Answered>(&event)) found.push_back(*answer);
    }
    return found;
  }

  MemoryFiles files;
  Instant now{};
  ClientSession session;

 private:
  std::optional<Ended> ended_;
};

}  // namespace plaintalk::messenger::client
