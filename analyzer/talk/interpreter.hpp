// Understands what the frames of all connections mean together: who is logged in where, who is in which room,
// which command became which message, and which file is on its way. It gets frames with the packets that
// carried them; rows go out through the sink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/frame_text.hpp"
#include "analyzer/talk/message_table.hpp"
#include "analyzer/talk/people.hpp"
#include "analyzer/talk/requests.hpp"
#include "analyzer/talk/scope.hpp"
#include "analyzer/talk/timeline.hpp"
#include "analyzer/talk/transfers.hpp"

namespace plaintalk::analyzer {

// A frame with its place in the capture.
struct PlacedFrame {
  const Frame& frame;
  Moment first;
  Moment last;
  std::uint64_t end_offset = 0;   // in the stream
  std::optional<WallTime> acked;  // when it had been acknowledged before it could be read
};

class Interpreter {
 public:
  static constexpr std::size_t kRoomCountMax = 200'000;
  static constexpr std::size_t kBodyBytesMax = 64 << 20;    // kept by commands that wait for their reply
  static constexpr std::size_t kUnansweredCountMax = 1000;  // of one account
  static constexpr std::size_t kAwaitedAckCountMax = 1 << 16;
  static constexpr std::size_t kUndecidedCountMax = 4096;
  static constexpr std::size_t kAccountsPerRoomMax = 10'000;

  Interpreter(TalkSink& sink, ContentStore& store, Findings& findings, Timeline& timeline, bool show_secrets);
  ~Interpreter();

  // One connection's part: its session and the commands that wait for replies.
  struct Talker {
    Talker(Interpreter& interpreter, std::shared_ptr<Session> session_);
    std::shared_ptr<Session> session;
    Requests requests;
  };
  std::unique_ptr<Talker> opened(const Connection& connection);
  void client_frame(Talker& talker, const PlacedFrame& placed);
  void server_frame(Talker& talker, const PlacedFrame& placed);
  // Octets from the client that are no frame; the server will answer them with an error.
  void client_error(Talker& talker, Moment seen);
  void lost(Talker& talker, Direction direction, Moment seen);
  void acknowledged(Talker& talker, std::uint64_t offset, WallTime time);
  void closed(Talker& talker, const Connection& connection);

  void advance(WallTime now);
  void finish(WallTime now);

 private:
  struct Said {  // a SAY whose reply was not captured
    std::string room;
    std::uint64_t hash = 0;
    Moment in;
    ConnectionId connection{};
  };
  struct Copy {  // a MSG or FILE
    Room* room = nullptr;
    std::uint64_t seq = 0;
    bool is_file = false;
    std::string_view text;
  };

  Server& server_of(const Endpoint& endpoint);
  Room* room_of(Server& server, const std::string& name, WallTime when);
  // The room or conversation a command's target names, for somebody with that account. Empty when it names
  // none.
  static std::string room_name(std::string_view target, const std::string& account);
  // A number that was just given tells whether the room is still the one known; gives the room it belongs to.
  Room* after_restart_check(Talker& talker, Room* room, std::uint64_t last, Moment seen);
  void set_account(const std::shared_ptr<Session>& session, const std::string& account);

  void joined(Talker& talker, Request& request, const Reply& reply, bool in_turn);
  void unanswered(Talker& talker, Request& request);
  void apply(Talker& talker, const Reply& reply, const Request* request);
  void apply_login(Talker& talker, const Reply& reply, const Request* request);
  void apply_join(Talker& talker, const Reply& reply, const Request* request);
  void apply_end(Talker& talker, const Reply& reply, const Request* request);
  void apply_sync(Talker& talker, Room& room, const Reply& reply, const Request* request);
  void resolve_page(Membership& member, std::uint64_t last);
  void answered_say(Talker& talker, Request& request, const Reply& reply);
  void answered_file(Talker& talker, Request& request, const Reply& reply);
  void refused(Talker& talker, Request& request, const Reply& reply);
  void upload(Talker& talker, const Request& request);

  void copy(Talker& talker, const PlacedFrame& placed, bool is_file);
  void describe(Message& message, const PlacedFrame& placed, const std::string& sender, bool is_file);
  void place_copy(Talker& talker, const PlacedFrame& placed, Room& room, Message& message);
  void old_copy(Talker& talker, const PlacedFrame& placed, Room& room, std::uint64_t seq);
  void presence(Talker& talker, const PlacedFrame& placed);
  void shed(Talker& talker, const PlacedFrame& placed);
  void file_from_server(Talker& talker, const PlacedFrame& placed);
  void seen_in_room(Talker& talker, const std::string& room, const std::string& account, WallTime when);

  void settled(const MessageResult& row);
  void find_command(Message& message);
  void finish_room(Room& room);
  void tell(Happening::Kind kind, Moment seen, const Session& session, std::string_view who,
            std::string_view room, std::string_view text);

  TalkSink& sink_;
  Findings& findings_;
  Timeline& timeline_;
  bool show_secrets_;
  People people_;
  Transfers transfers_;
  std::map<Endpoint, std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Room>> retired_rooms_;
  MessageTable messages_;
  std::map<std::string, std::deque<Said>> said_;  // by server and account
  std::deque<std::shared_ptr<Session>> closed_sessions_;
  std::size_t room_count_ = 0;
  std::size_t body_bytes_ = 0;
  bool room_bound_told_ = false;
  WallTime now_{};
};

}  // namespace plaintalk::analyzer
