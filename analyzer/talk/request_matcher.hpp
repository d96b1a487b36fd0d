// Matches each reply of a server to the command it answers, on one connection. Replies come in the order of
// the commands and repeat their id=, so this is a queue; what makes it more than that are captures with
// holes, where commands or replies are missing on either side.
//
// A reply takes the first waiting command it can be an answer to. Usually that is the head of the queue. A
// reply that finds none is held: its command may still wait behind a hole of the other direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/talk/results.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::analyzer {

// A command, kept until it is answered.
struct Request {
  Verb verb = Verb::unknown;
  bool unreadable = false;  // bytes that are no frame are answered with an error all the same
  std::string id;
  std::string target;  // the first argument: a room, an account or a file
  std::string to;      // of PUT
  std::string sha256;
  std::uint64_t number = 0;  // size of PUT, offset of DATA
  bool is_token = false;     // a login with token= instead of a password
  std::string display;
  std::string secret;  // masked unless asked for
  std::string body;    // of SAY and DATA; dropped when over the budget
  std::uint64_t body_size = 0;
  std::uint64_t body_hash = 0;
  std::vector<BodyHole> holes;
  Moment first;
  Moment last;
};

struct Reply {
  Verb verb = Verb::unknown;  // OK, ERR, END, PONG, ACK or BYE
  std::string id;
  unsigned code = 0;  // of ERR
  std::string name;   // of ERR
  Verb error_verb = Verb::unknown;
  std::optional<std::uint64_t> seq, last, next, size, count;
  bool is_repeat = false;  // dup=1
  bool has_user = false;
  bool has_members = false;
  bool has_token = false;
  bool has_verified = false;
  bool has_complete = false;
  bool has_sha256 = false;
  bool is_guest = false;
  bool is_last_page = false;  // more=0
  std::string room;           // room= of OK, the argument of END
  std::string file;
  std::string user;
  std::string device;
  std::string token;     // masked unless asked for
  std::string text;      // the body: a topic, the name of a file
  bool applied = false;  // what it says by itself has been taken up already
  Moment first;
  Moment last_byte;
};

// True when `reply` can be an answer to `request`, by its parts alone.
bool answers(const Reply& reply, const Request& request);

class RequestMatcher {
 public:
  static constexpr std::size_t kRequestCountMax = 4096;
  static constexpr std::size_t kReplyCountMax = 1024;
  using Matched = std::function<void(Request&, const Reply&, bool in_turn)>;
  using Unanswered = std::function<void(Request&)>;

  // `body_bytes` is the sum over all connections of what waiting commands keep.
  RequestMatcher(Matched matched, Unanswered unanswered, std::size_t& body_bytes)
      : matched_(std::move(matched)), unanswered_(std::move(unanswered)), body_bytes_(body_bytes) {}

  void sent(Request request);
  // True when it was matched. Else hold() keeps it for a command that is still to come.
  bool replied(const Reply& reply);
  void hold(Reply reply);
  // Bytes of one side are missing: from now on a command must also have been captured before its reply, to
  // be matched.
  void lost_client_bytes() { synchronised_ = false; }
  void lost_server_bytes();
  // The end: hands over what was never answered, and counts the replies that fitted nothing.
  void finish();

  bool synchronised() const { return synchronised_; }
  std::uint64_t dropped_count() const { return dropped_count_; }
  const std::deque<Reply>& held() const { return held_; }

 private:
  void drop_front();

  Matched matched_;
  Unanswered unanswered_;
  std::deque<Request> waiting_;
  std::deque<Reply> held_;
  std::size_t& body_bytes_;
  std::uint64_t dropped_count_ = 0;
  bool synchronised_ = true;
};

}  // namespace plaintalk::analyzer
