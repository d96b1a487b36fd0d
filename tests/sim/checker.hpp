// What must hold of a messenger, whatever the network does, judged from what the clients saw alone:
//
//   I1  no acknowledged message is lost          I4  all see one order (and one text) of each room
//   I2  no message comes twice                   I5  nothing appears that nobody sent
//   I3  each sender's order is kept              I6  numbers are dense, and what was shed can be paged
//   I7  history is byte for byte what came live
//   R   replies come in the order of the commands
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::sim {

struct Violation {
  std::string rule;  // "I1"
  std::string text;
};

class Checker {
 public:
  // `body` is unique. `index` counts what the sender says in that room, from 0.
  void said(std::string_view sender, std::string_view room, std::string_view body, std::uint64_t index);
  void acknowledged(std::string_view room, std::uint64_t seq, std::string_view body);
  // One MSG frame as `client` got it, live or in a page. `bytes` is the whole frame.
  void saw(std::string_view client, std::string_view room, std::uint64_t seq, std::string_view sender,
           std::string_view body, std::string_view bytes, bool in_page);
  // At the end, when nothing is under way: all that `client` knows of a room.
  void finished(std::string_view client, std::string_view room,
                const std::map<std::uint64_t, std::string>& known);
  void broken(std::string rule, std::string text);
  // Call once, after every finished().
  void judge();

  const std::vector<Violation>& violations() const { return violations_; }

 private:
  struct Said {
    std::string sender;
    std::string room;
    std::uint64_t index;
  };
  struct Seen {
    std::string sender;
    std::string body;
    std::string bytes;
    bool was_live = false;
    bool was_paged = false;
  };
  struct Room {
    std::map<std::uint64_t, Seen> messages;
    std::map<std::uint64_t, std::string> acknowledged;
  };
  void judge_room(const std::string& name, const Room& room);

  std::map<std::string, Said, std::less<>> said_;  // by body
  std::map<std::string, Room, std::less<>> rooms_;
  std::vector<Violation> violations_;
};

}  // namespace plaintalk::sim
