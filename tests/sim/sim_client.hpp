// A client as PROTOCOL.md wants it, without I/O: it keeps a cursor for each room, repairs gaps, and resends
// what had no OK.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame.hpp"
#include "tests/sim/checker.hpp"

namespace plaintalk::sim {

struct ClientRoom {
  std::map<std::uint64_t, std::string> known;  // number to frame
  std::uint64_t contiguous = 0;                // everything up to here is known
  std::uint64_t live = 0;                      // the last one that came live on this connection
  std::uint64_t promised_to = 0;               // a GAP or a live frame says that there is this much
  std::uint64_t said_count = 0;
  bool is_paging = false;
  // The last page ended before the newest message. That is no promise of the number after the page: it may
  // be known from an earlier connection, and the holes come after it.
  bool has_more = false;
};

class SimClient {
 public:
  SimClient(std::string name, std::string password, std::vector<std::string> rooms, Checker& checker);

  // A new connection. What to send at once is in take_output().
  void connected();
  void lost();
  void received(std::string_view bytes);
  std::string take_output();

  void say(const std::string& room, std::string_view filler);
  void ping();
  bool is_online() const { return is_in_; }
  // Everything was acknowledged, repaired and answered.
  bool is_settled() const;
  // A server that refuses the login (402) is asked again by a new connection.
  bool wants_to_reconnect() const { return wants_to_reconnect_; }
  const std::string& name() const { return name_; }
  const std::map<std::string, ClientRoom>& rooms() const { return rooms_; }
  void report() const;
  std::uint64_t gap_count() const { return gap_count_; }
  std::uint64_t repeat_count() const { return repeat_count_; }

 private:
  struct Saying {
    std::string id;
    std::string room;
    std::string target;
    std::string body;
  };
  void handle(const Frame& frame);
  void handle_login(const Frame& frame);
  void handle_ok(const Frame& frame);
  void handle_msg(const Frame& frame);
  void handle_end(const Frame& frame);
  void handle_gap(const Frame& frame);
  void expect(std::string answer) { expected_.push_back(std::move(answer)); }
  void answered(const std::string& answer);
  void send_say(const Saying& saying);
  void page(const std::string& name, ClientRoom& room, bool joins);
  void page_what_is_missing();

  std::string name_;
  std::string password_;  // empty: a guest
  std::string token_;
  Checker& checker_;
  std::map<std::string, ClientRoom> rooms_;
  std::deque<Saying> unacknowledged_;
  std::uint64_t last_id_ = 0;
  std::uint64_t ping_count_ = 0;
  std::uint64_t gap_count_ = 0;
  std::uint64_t repeat_count_ = 0;

  std::unique_ptr<FrameDecoder> decoder_;
  std::string output_;
  std::deque<std::string> expected_;  // answers that are due, in order
  std::string page_room_;             // whose page is coming in
  bool is_in_ = false;
  bool wants_to_reconnect_ = false;
};

}  // namespace plaintalk::sim
