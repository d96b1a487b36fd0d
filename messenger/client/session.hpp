// The client's side of PLAINTALK/1 without a socket, a clock or a disk: bytes and times in, bytes and
// events out.
//
//   connected -> greeting -> login -> catching up (one page request for each room) -> ready -> disconnected
//   -> ...
//
// A session outlives its connections. What it promises: every request gets exactly one Answered event; a
// message is repeated after a lost connection with the same id and device until the server has answered, so
// it is said once; every room is shown in order, without repeats, and what was missed is paged from history
// (docs/PROTOCOL.md, section 6). A server that was restarted (run= in its greeting) knows nothing of that:
// all of its rooms is new, and what had no answer is said to it again.
//
// Bounds: kWaitingCountMax requests wait at most (more are refused at once), kInFlightMax are on the wire,
// file data is added only while little is unsent, and the decoder holds one frame within its limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "messenger/client/download.hpp"
#include "messenger/client/event.hpp"
#include "messenger/client/files.hpp"
#include "messenger/client/request.hpp"
#include "messenger/client/room_cursor.hpp"
#include "messenger/client/seen_files.hpp"
#include "messenger/client/upload.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::client {

inline constexpr std::size_t kWaitingCountMax = 10'000;
inline constexpr std::size_t kInFlightMax = 32;
inline constexpr std::size_t kUnsentFileBytesMax = 64 << 10;
inline constexpr std::size_t kRoomCountMax = 10'000;
inline constexpr std::size_t kListedCountMax = 10'000;  // entries of one WHO, ROOMS or HELP that are kept
inline constexpr std::size_t kLimitUnknown = SIZE_MAX;
inline constexpr std::size_t kHashingCountMax = 2;  // files that are hashed at a time, each by a thread
inline constexpr unsigned kRateRetryCountMax = 10;
inline constexpr unsigned kNameTakenRetryCountMax = 20;

struct SessionConfig {
  std::string user;                     // folded
  std::optional<std::string> password;  // none: as a guest
  bool register_account = false;
  std::string
      device;  // chosen here and not by the server, so that a login whose answer was lost can be repeated
  std::string id_prefix;  // differs in each run, so that ids of the same device never meet
};

class ClientSession {
 public:
  ClientSession(SessionConfig config, FileStore& files);

  // A TCP connection stands. REQUIRES: none does from before.
  void connected(Instant now);
  void received(std::string_view bytes, Instant now);
  // The connection is gone, for whatever reason; unanswered requests wait for the next one.
  void disconnected();

  RequestId submit(Request request, Instant now);
  // Adds file data while little of what was taken before is still unsent.
  void fill(std::size_t unsent_size);
  // Heartbeats and delayed repeats; several times a second.
  void tick(Instant now);

  std::string take_output();
  std::vector<Event> take_events();
  // Once for each connection that is to be closed: why. Nothing more happens on it.
  std::optional<Ended> take_ended();

  bool ready() const { return phase_ == Phase::ready; }
  std::size_t waiting_count() const { return requests_.size(); }
  const std::string& user() const { return config_.user; }
  // A new password, before the next connection.
  void set_password(std::string password);

 private:
  // over: this connection has ended and is to be closed.
  enum class Phase : std::uint8_t { offline, greeting, login, catching_up, ready, over };
  enum class LoginWay : std::uint8_t { token, register_account, password, guest };

  struct Waiting {
    Request request;
    std::string wire_id;
    Answered answer;
    unsigned sent_count = 0;        // more than once: repeated after a lost connection
    std::uint64_t shown_until = 0;  // history: what a repeat of the page must not show again
    unsigned rate_retry_count = 0;
    Instant sent_at;
  };
  // A frame on the wire that will be answered. Answers come in the order of the commands.
  struct Sent {
    enum class What : std::uint8_t { login, request, data, page, probe };
    What what{};
    RequestId request{};
    Verb verb = Verb::unknown;
    std::string room{};        // page
    std::uint64_t after = 0;   // page
    bool catching_up = false;  // page
    std::uint64_t size = 0;    // data
    unsigned generation = 0;   // data
  };
  struct Room {
    RoomCursor cursor;
    bool joined = false;
    bool paging = false;
    std::optional<Instant> page_at;  // a page the server had no time for; asked for again then
    bool catching_up = false;        // that page belongs to the catching up
  };

  // The name of a wanted file is looked for in history.
  struct Lookup {
    std::string near;                  // the room to begin with
    std::vector<std::string> rooms{};  // still to be asked, the next one last
    bool is_begun = false;             // the rooms are known
    std::optional<std::uint64_t>
        before{};                   // of the room that is being asked: what came from there on is known
    std::uint64_t first_shown = 0;  // the lowest n of its page
  };

  // session.cpp: the course of a connection
  void end(Ended::Why why, std::string text, Milliseconds retry = Milliseconds{0}, unsigned code = 0);
  void bye(const Frame& frame);

  // session_login.cpp
  void greeted(const Frame& frame);
  void forget_server();
  void send_login();
  void login_answered(const Frame& frame);
  void catch_up();
  void caught_up_with_one();

  // session_requests.cpp
  void send_waiting();
  bool waits_for_join(const Waiting& waiting) const;
  std::size_t in_flight_count() const;
  std::optional<std::string> encode_within(const Waiting& waiting);
  void send(RequestId id, Waiting& waiting);
  void answer(RequestId id, std::optional<Refusal> refusal);
  void leave(RequestId quit);

  // session_frames.cpp and session_rooms.cpp: what each frame means
  void on_frame(const Frame& frame);
  void on_reply(const Frame& frame);
  void on_request_reply(const Sent& sent, const Frame& frame);
  void on_refused(const Sent& sent, const Frame& frame);
  void on_done(RequestId id, Waiting& waiting, const Frame& frame);
  void on_page(const Sent& sent, const Frame& frame);
  void on_note(const Frame& frame);
  void on_unheard(const Frame& frame);
  void on_room_frame(const Frame& frame);
  void on_person(const Frame& frame);
  bool show_as_history(const std::string& room, std::uint64_t seq, RoomFrame& frame);
  void show(std::vector<RoomFrame>& frames);
  Room* find_or_add_room(const std::string& name);
  void ask_page(const std::string& name, Room& room, Verb verb, bool catching_up);
  std::string room_of(const std::string& target) const;
  void notice(std::string kind, std::string text);

  // session_files.cpp: transfers
  void start_transfer(RequestId id, Waiting& waiting);
  bool starts_over(const Sent& sent, const Refusal& refusal);
  RequestId cancel(RequestId id, Answered done, const std::string& name);
  bool cancel_upload(RequestId id, const std::string& name);
  bool cancel_download(RequestId id, const std::string& name);
  void give_up(std::string_view file);
  bool waits_for_same_file(RequestId id) const;
  void refuse_too_large_file(RequestId id);
  void advance_hashing(bool tells_progress);
  bool look_at_hash(RequestId id, bool tells_progress);
  void finish_download(RequestId id, std::string_view announced_sha256);
  void on_put_accepted(RequestId id, const Frame& frame);
  void on_ack(const Sent& sent, const Frame& frame);
  void on_data_refused(const Sent& sent, const Frame& frame, const Refusal& refusal);
  void on_get_accepted(RequestId id, const Frame& frame);
  void on_credit(const Frame& frame);
  void on_data(const Frame& frame);
  void on_download_done(const Frame& frame);
  void fail_download(RequestId id, std::string why, bool tell_server);
  void fail_running_downloads(const Refusal& refusal);
  std::optional<RequestId> find_download(std::string_view file) const;
  void progress(RequestId id, const Upload& upload);
  void progress(RequestId id, const Download& download);

  // session_lookup.cpp: /get NAME
  void gather_rooms(Lookup& lookup);
  bool look_up(RequestId id);
  void ask_for_files(RequestId id, Lookup& lookup);
  bool is_looked_up(const std::string& room, std::uint64_t seq);
  void go_on_looking(RequestId id, const Frame& frame);
  bool cancel_lookup(RequestId id, const std::string& name);

  SessionConfig config_;
  FileStore& files_;
  Phase phase_ = Phase::offline;
  std::optional<Ended> ended_;
  std::optional<FrameDecoder> decoder_;
  std::string output_;
  std::vector<Event> events_;
  std::deque<Sent> sent_;

  std::map<RequestId, Waiting> requests_;  // in the order they were made
  std::set<RequestId> unsent_;
  std::map<RequestId, Upload> uploads_;
  std::map<RequestId, Download> downloads_;
  std::map<RequestId, Lookup> lookups_;  // before they are downloads
  std::set<RequestId> to_hash_;          // before they can be sent, or gone on with
  SeenFiles seen_files_;
  std::uint64_t request_count_ = 0;

  std::map<std::string, Room> rooms_;
  std::set<std::string> parted_;  // frames that were under way when we left are not for us any more
  std::size_t catching_up_count_ = 0;

  std::string server_;
  std::optional<std::string> run_;             // of the server that greeted us last
  std::size_t line_size_max_ = kLimitUnknown;  // of the greeting
  std::size_t body_size_max_ = kLimitUnknown;
  std::uint64_t file_size_max_ = kLimitUnknown;
  std::string token_;
  LoginWay login_way_ = LoginWay::guest;
  bool was_in_ = false;
  bool is_known_here_ = false;     // was in since this server was started
  bool login_was_lost_ = false;    // sent, and the connection went before the answer
  unsigned name_taken_count_ = 0;  // by what may be a lost connection of ours
  std::optional<Instant> rate_pause_until_;

  Instant now_;
  Instant last_heard_;
  bool probing_ = false;
  Nanoseconds ping_interval_{};
};

// The error in an ERR or BYE frame.
Refusal read_refusal(const Frame& frame);

}  // namespace plaintalk::messenger::client
