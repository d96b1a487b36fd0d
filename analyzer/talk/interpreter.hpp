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
#include "analyzer/talk/observed_files.hpp"
#include "analyzer/talk/observed_state.hpp"
#include "analyzer/talk/observed_users.hpp"
#include "analyzer/talk/request_matcher.hpp"
#include "analyzer/talk/timeline.hpp"

namespace plaintalk::analyzer {

// A frame with its place in the capture.
struct CapturedFrame {
  const Frame& frame;
  Moment first;
  Moment last;
  std::uint64_t end_offset = 0;   // in the stream
  std::optional<WallTime> acked;  // when it had been acknowledged before it could be read
};

class Interpreter {
 public:
  static constexpr std::size_t kRoomCountMax = 200'000;
  static constexpr std::size_t kServerCountMax = 100'000;
  static constexpr std::size_t kBodyBytesMax = 64 << 20;    // kept by commands that wait for their reply
  static constexpr std::size_t kUnansweredCountMax = 1000;  // of one account
  static constexpr std::size_t kAwaitedAckCountMax = 1 << 16;
  static constexpr std::size_t kUndecidedCountMax = 4096;
  static constexpr std::size_t kAccountsPerRoomMax = 10'000;

  Interpreter(TalkSink& sink, ContentStore& store, Findings& findings, Timeline& timeline, bool show_secrets);
  ~Interpreter();

  // One connection's part: its session and the commands that wait for replies.
  struct ConnectionContext {
    ConnectionContext(Interpreter& interpreter, std::shared_ptr<ObservedSession> session_);
    std::shared_ptr<ObservedSession> session;
    RequestMatcher requests;
  };
  std::unique_ptr<ConnectionContext> opened(const ConnectionRecord& connection, Moment when);
  void client_frame(ConnectionContext& context, const CapturedFrame& captured);
  void server_frame(ConnectionContext& context, const CapturedFrame& captured);
  // Bytes from the client that are no frame; the server will answer them with an error.
  void client_error(ConnectionContext& context, Moment seen);
  void lost(ConnectionContext& context, Direction direction, Moment seen);
  void acknowledged(ConnectionContext& context, std::uint64_t offset, WallTime time);
  void closed(ConnectionContext& context, const ConnectionRecord& connection);

  void advance(WallTime now);
  void finish(WallTime now);

  // For whoever minds the memory. Gives up what waits to be joined with something that is still to come.
  void give_way();
  // Whether tables that are kept to the end may get rows for what they do not know yet: accounts, rooms,
  // files, servers. A finding says which of them are not complete.
  void allow_growth(bool is_allowed);

  // People and files have one table, whatever they speak.
  ObservedUsers& users() { return users_; }
  ObservedFiles& files() { return observed_files_; }

 private:
  struct UnansweredSay {  // a SAY whose reply was not captured
    std::string room;
    std::uint64_t hash = 0;
    Moment in;
    ConnectionId connection{};
  };
  struct Copy {  // a MSG or FILE
    ObservedRoom* room = nullptr;
    std::uint64_t seq = 0;
    bool is_file = false;
    std::string_view text;
  };

  ObservedServer& server_of(const Endpoint& endpoint, WallTime when);
  ObservedRoom* room_of(ObservedServer& server, const std::string& name, WallTime when);
  // The room or conversation a command's target names, for somebody with that account. Empty when it names
  // none.
  static std::string room_name(std::string_view target, const std::string& account);
  // A number that was just given tells whether the room is still the one known; gives the room it belongs to.
  ObservedRoom* after_restart_check(ConnectionContext& context, ObservedRoom* room, std::uint64_t last,
                                    Moment seen);
  void set_account(const std::shared_ptr<ObservedSession>& session, const std::string& account);

  void matched(ConnectionContext& context, Request& request, const Reply& reply, bool in_turn);
  void unanswered(ConnectionContext& context, Request& request);
  void apply(ConnectionContext& context, const Reply& reply, const Request* request);
  void apply_login(ConnectionContext& context, const Reply& reply, const Request* request);
  void apply_join(ConnectionContext& context, const Reply& reply, const Request* request);
  void apply_end(ConnectionContext& context, const Reply& reply, const Request* request);
  void apply_sync(ConnectionContext& context, ObservedRoom& room, const Reply& reply, const Request* request);
  void resolve_page(Membership& member, std::uint64_t last);
  void answered_say(ConnectionContext& context, Request& request, const Reply& reply);
  void answered_file(ConnectionContext& context, Request& request, const Reply& reply);
  void refused(ConnectionContext& context, Request& request, const Reply& reply);
  void upload(ConnectionContext& context, const Request& request);

  void copy(ConnectionContext& context, const CapturedFrame& captured, bool is_file);
  void describe(Message& message, const CapturedFrame& captured, const std::string& sender, bool is_file);
  void place_copy(ConnectionContext& context, const CapturedFrame& captured, ObservedRoom& room,
                  Message& message);
  void old_copy(ConnectionContext& context, const CapturedFrame& captured, ObservedRoom& room,
                std::uint64_t seq);
  void presence(ConnectionContext& context, const CapturedFrame& captured);
  void shed(ConnectionContext& context, const CapturedFrame& captured);
  void file_from_server(ConnectionContext& context, const CapturedFrame& captured);
  void seen_in_room(ConnectionContext& context, const std::string& room, const std::string& account,
                    WallTime when);

  void message_finalized(const MessageResult& row);
  void find_command(Message& message);
  void finish_room(ObservedRoom& room);
  void publish(LiveEvent::Kind kind, Moment seen, const ObservedSession& session, std::string_view who,
               std::string_view room, std::string_view text);
  // The same for a message, its copy or its command.
  void publish_message(LiveEvent::Kind kind, Moment seen, const ObservedSession& session,
                       std::string_view who, const Message& message, bool may_be_replay);

  TalkSink& sink_;
  Findings& findings_;
  Timeline& timeline_;
  bool show_secrets_;
  ObservedUsers users_;
  ObservedFiles observed_files_;
  std::map<Endpoint, std::unique_ptr<ObservedServer>> servers_;
  ObservedServer other_servers_;  // those that are too many; no room of them is known
  std::vector<std::unique_ptr<ObservedRoom>> retired_rooms_;
  MessageTable messages_;
  std::map<std::string, std::deque<UnansweredSay>> unanswered_says_;  // by server and account
  std::deque<std::shared_ptr<ObservedSession>> closed_sessions_;
  std::size_t room_count_ = 0;
  std::size_t body_bytes_ = 0;
  bool room_limit_reported_ = false;
  bool server_limit_reported_ = false;
  bool may_grow_ = true;
  WallTime now_{};
};

}  // namespace plaintalk::analyzer
