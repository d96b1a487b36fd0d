// What must hold of the real clients and the real server between two restarts, judged from what front ends
// are told: client_run.hpp lists it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "messenger/client/event.hpp"

namespace plaintalk::sim {

// What stands under each number of a room.
using Numbered = std::map<std::uint64_t, std::string>;
// What one person has seen, by room.
using Screen = std::map<std::string, Numbered>;

class ClientJudge {
 public:
  void shown(const std::string& user, Screen& screen, const messenger::client::MessageCame& message);
  void shown(const std::string& user, Screen& screen, const messenger::client::FileCame& file);
  void acknowledged(const std::string& text, const std::string& room, std::uint64_t seq);
  // All that was answered stands where it was said to stand. Call it before everything is forgotten, and in
  // the end.
  void judge_answers();
  // Nobody has a hole.
  void judge_holes(const std::string& user, const Screen& screen);
  // In the end: the room's last message is there, and all of them for whoever `must_see_all`.
  void judge_end(const std::string& user, const Screen& screen, const std::string& room, bool must_see_all);
  void server_restarted();

  void broken(std::string text) { violations_.push_back(std::move(text)); }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  std::map<std::string, Numbered> texts_;  // by room
  std::map<std::string, std::uint64_t> numbers_;
  std::map<std::string, std::pair<std::string, std::uint64_t>> acknowledged_;  // text: room and number
  std::map<std::string, std::string> announced_files_;                         // handles by name
  std::vector<std::string> violations_;
};

}  // namespace plaintalk::sim
