// What a session tells its front end: one plain struct for each kind of event.
//
// Text in events is as it came from the wire and therefore hostile; whoever shows it makes it safe
// (render_text.hpp, render_json.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "messenger/client/request.hpp"
#include "protocol/verb.hpp"

namespace plaintalk::messenger::client {

struct LoggedIn {
  std::string server;  // the name in its greeting
  std::string user;
  std::string device;
  bool guest = false;
  bool again = false;  // after a lost connection
};

struct MessageCame {
  std::string room;  // "#lab", "@alice,bob"
  std::uint64_t seq = 0;
  std::string from;
  std::int64_t at_ms = 0;
  std::string text;
  bool own = false;
  bool from_history = false;  // part of a page that was asked for; it may have been shown before
};

struct FileCame {
  std::string room;
  std::uint64_t seq = 0;
  std::string from;
  std::string file;  // the handle for GET
  std::uint64_t size = 0;
  std::string sha256;
  std::string name;  // the sender's; never a path
  bool own = false;
  bool from_history = false;
};

struct PersonChanged {
  enum class What : std::uint8_t { joined, parted, presence };
  What what{};
  std::string room;  // empty for presence
  std::string name;
  std::string detail;  // why somebody left; "online", "away", "gone"
  std::string text{};  // what that person said about it
};

struct TopicSet {
  std::string room;
  std::string name;
  std::string text;
};

// A word of the server that answers nothing, or a fact about the conversation that people should know.
struct NoticeCame {
  std::string kind;  // "server", "restarted", "left", "unheard", ...
  std::string text;
};

// Frames `first` to `last` of the room are kept nowhere any more.
struct MessagesMissed {
  std::string room;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

struct TransferProgress {
  RequestId request{};
  bool upload = false;
  bool hashing = false;  // before the first byte moves: the file is read for its SHA-256
  std::string name;
  std::uint64_t done = 0;  // bytes that the other side confirmed, or that arrived here
  std::uint64_t total = 0;
};

struct Refusal {
  unsigned code = 0;  // 0: refused by this program, not by the server
  std::string name;   // "DENIED"
  std::string text;
};

struct RoomEntry {
  std::string room;
  std::uint64_t members = 0;
  std::uint64_t last = 0;
  std::string topic;
};

struct PersonEntry {
  std::string room;  // "*" for everybody online
  std::string name;
  std::string state;
  std::string display;
};

// The one answer to a request. Which fields are filled depends on the verb.
struct Answered {
  RequestId request{};
  Verb verb = Verb::unknown;
  std::optional<Refusal> refusal;  // none: it worked
  std::string room;
  std::uint64_t seq = 0;
  std::int64_t at_ms = 0;
  bool repeated = false;  // the server had it already: dup=1
  std::uint64_t members = 0;
  std::uint64_t last = 0;
  std::optional<std::string> text;  // topic
  std::string file;
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
  std::string path;               // where a download was saved
  bool files_only = false;        // history
  std::uint64_t shown_count = 0;  // history: frames shown
  std::uint64_t first_shown = 0;  // history: the lowest n shown
  std::uint64_t oldest = 0;       // history: the lowest n still kept
  Nanoseconds took{};             // ping
  std::vector<RoomEntry> rooms;
  std::vector<PersonEntry> people;
  std::vector<std::string> lines;  // help
};

// This connection is over. `final` ends say why it would be useless to come back.
struct Ended {
  enum class Why : std::uint8_t {
    lost,           // the network, the server's shutdown, or too slow: come back
    quit,           // as asked
    replaced,       // final: the same device logged in elsewhere
    login_refused,  // final
    not_plaintalk,  // final: something else listens there
  };
  Why why{};
  std::string text;
  Milliseconds retry{};  // what the server asks us to wait at least
  unsigned code = 0;     // of a refused login, also when it may be let in later; else 0
};

using Event = std::variant<LoggedIn, MessageCame, FileCame, PersonChanged, TopicSet, NoticeCame,
                           MessagesMissed, TransferProgress, Answered>;

}  // namespace plaintalk::messenger::client
