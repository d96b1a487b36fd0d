// What the talk layer finds out, one plain value for each row of a result table (docs/REPORTS.md). Times are
// those of packets; packet 0 means that the packet was not captured. Secrets are masked before they get here,
// unless asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

// A place in the capture: a packet and when it was captured.
struct Moment {
  std::uint64_t packet = 0;
  WallTime time;

  bool known() const { return packet != 0; }
  // Capture order; a moment without a packet is placed by its time.
  friend bool operator<(const Moment& a, const Moment& b) {
    return a.known() && b.known() ? a.packet < b.packet : a.time < b.time;
  }
};

struct ConnectionResult {
  const ConnectionRecord* connection = nullptr;
  // "plaintalk", "tls", "http", "ssh", "ftp", "smtp", "pop3", "imap", "telnet", "irc", "other", or the
  // name of a described one; "" when no byte was seen.
  std::string_view protocol;
  std::string user;  // who logged in last
  std::string device;
  bool is_described = false;  // the protocol is that of --protocol
};

// One frame, or one place where the stream could not be read as frames.
struct PduResult {
  std::uint64_t number = 0;  // from 1, in the order in which they are told
  ConnectionId connection{};
  Direction direction{};
  Moment first;  // the packet with the first byte
  Moment last;   // the packet with the last byte
  std::uint64_t packets = 0;
  std::uint64_t stream_offset = 0;
  std::uint64_t length = 0;
  std::string_view verb;  // upper case; as it was sent when unknown
  std::string arguments;  // the line without verb and body
  std::uint64_t body_length = 0;
  std::uint64_t hole_bytes = 0;  // of the body, missing in the capture
  std::string_view status;       // "ok" or the decoder's name of the error
  bool is_explained = true;      // of a described protocol: a rule says what it means
};

struct DeliveryResult {
  std::string recipient;
  std::string device;
  ConnectionId connection{};
  Moment out;
  std::optional<Nanoseconds> latency;
  std::optional<WallTime> acked;
  std::string_view status;  // "delivered", "duplicate", "leaked"
};

// How the copies of one message add up: members = deliveries + missing + shed + not_captured + undecided.
struct DeliveryBalance {
  std::uint64_t members = 0;     // connections that were in the room at that moment
  std::uint64_t deliveries = 0;  // of them, those that got it
  std::uint64_t missing = 0;
  std::uint64_t shed = 0;          // the server said so with GAP
  std::uint64_t not_captured = 0;  // the capture has a hole where it would be
  std::uint64_t undecided = 0;     // the connection or the capture ended too soon to tell
  std::uint64_t duplicates = 0;    // further copies to a member
  std::uint64_t leaked = 0;        // copies to connections outside the room

  bool holds() const { return missing == 0 && duplicates == 0 && leaked == 0; }
  DeliveryBalance& operator+=(const DeliveryBalance& other);
};

struct MessageResult {
  std::string server;
  std::string room;
  std::uint64_t seq = 0;
  std::string sender;
  std::string_view kind;    // "text" or "file"
  std::string_view origin;  // "live", or "history" when only a replay was captured
  Moment in;                // the packet that completed the command
  ConnectionId in_connection{};
  std::optional<WallTime> ok;
  std::uint64_t body_length = 0;
  std::uint64_t hole_bytes = 0;
  std::string text;  // the body, or the name of the file
  DeliveryBalance balance;
  std::optional<Nanoseconds> latency_min;
  std::optional<Nanoseconds> latency_p50;
  std::optional<Nanoseconds> latency_max;
  std::vector<DeliveryResult> deliveries;
};

struct UserResult {
  std::string name;
  std::string display_name;
  std::string_view kind;  // "registered", "guest", "unknown"
  std::string login_methods;
  std::uint64_t connections = 0;
  std::string devices;
  std::string addresses;
  WallTime first_seen;
  WallTime last_seen;
  std::uint64_t messages_sent = 0;
  std::uint64_t files_sent = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t refused_logins = 0;
};

struct CredentialResult {
  Moment seen;
  ConnectionId connection{};
  std::string user;
  std::string_view protocol = "plaintalk";
  std::string_view method;  // "login-password", "register-password", "login-token", "issued-token", ...
  std::string secret;
  std::string_view accepted;  // "yes", "no"; empty: unknown
  Direction direction{};
};

struct FileResult {
  std::string server;
  std::string file;
  std::string room;
  std::optional<std::uint64_t> seq;
  std::string name;
  std::string sender;
  std::string recipients;
  std::optional<std::uint64_t> size;
  std::string sha256_announced;
  std::string sha256_carved;
  bool complete = false;
  std::uint64_t gap_bytes = 0;
  std::string path;
  std::uint64_t uploaded_bytes = 0;
  std::uint64_t downloaded_bytes = 0;
  std::uint64_t downloads = 0;
  Moment first;
  Moment last;
};

// One way of a file: up from its sender, or down to somebody who asked for it.
struct TransferResult {
  std::string server;
  std::string file;
  std::string name;
  std::string room;
  bool is_upload = false;
  std::string user;
  ConnectionId connection{};
  Moment first;  // the packet with the first byte of its first DATA
  Moment last;   // the packet with the last byte of its last DATA
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;  // of content, repeats included
  bool ended = false;       // DONE was seen
};

struct RoomResult {
  std::string server;
  std::string room;
  std::string_view kind;  // "room" or "direct"
  std::string accounts;
  std::string topic;
  WallTime first_seen;
  WallTime last_seen;
  std::uint64_t joins = 0;
  std::uint64_t parts = 0;
  std::uint64_t messages = 0;
  std::uint64_t files = 0;
  std::uint64_t replays = 0;
  std::optional<std::uint64_t> seq_first;
  std::optional<std::uint64_t> seq_last;
  DeliveryBalance balance;
};

struct TimelineResult {
  std::int64_t second = 0;  // since the epoch
  std::uint64_t packets = 0;
  std::uint64_t packet_bytes = 0;
  std::uint64_t client_bytes = 0;
  std::uint64_t server_bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_closed = 0;
  std::uint64_t tcp_events = 0;
};

enum class Severity : std::uint8_t { note, warning, high };
std::string_view name_of(Severity severity);

struct Finding {
  Severity severity{};
  std::string_view kind;  // "missing-delivery", ...
  std::string_view rule;  // "T4": docs/REPORTS.md
  WallTime time;
  ConnectionId connection{};  // 0: not about one connection
  std::vector<std::uint64_t> packets;
  std::string text;
};

// What happens, as it happens: for people who watch a live capture.
struct LiveEvent {
  enum class Kind : std::uint8_t {
    login,
    refused_login,
    joined,
    parted,
    message,
    file,
    ended,
    copy,  // of a message or file, on its way to `who`
    said,  // the command of a message that was told before is known now
  };
  Kind kind{};
  WallTime time;
  std::uint64_t packet = 0;
  ConnectionId connection{};
  std::string_view who;
  std::string_view room;
  std::string_view text;
  std::string_view server;  // that the connection goes to
  // Of message, file, copy and said:
  std::uint64_t message = 0;  // tells the messages of an analysis apart; from 1
  std::uint64_t seq = 0;      // the number in its room
  Moment in;                  // the packet that completed the command, if it is known yet
  ConnectionId in_connection{};
  // The capture began after the recipient joined: an old message that is replayed looks the same.
  bool may_be_replay = false;
};

}  // namespace plaintalk::analyzer
