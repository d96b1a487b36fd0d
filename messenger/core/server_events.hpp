// What the server tells its log: one plain struct for each kind of event, never a password or token.
//
// The activity log (text for people, JSON lines for programs; docs/LOG.md) is rendered from these in
// messenger/net. They can be joined to a capture: `connection` is joined by the 4-tuple of ConnectionOpened,
// messages by (room, seq).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::messenger {

// Counts connections from 1 for the life of the server; never reused.
enum class ConnectionId : std::uint64_t {};

// Of one connection; each is a line of the log.
inline constexpr std::uint32_t kLoggedRefusalsMax = 50;

struct ConnectionOpened {
  ConnectionId connection;
  Endpoint client;
  Endpoint server;
};
struct ConnectionClosed {
  ConnectionId connection;
  std::string_view account;  // empty before login
  std::string_view reason;   // "quit", "peer closed", "slow", "replaced", "protocol error", "shutdown", ...
  std::uint64_t bytes_in;
  std::uint64_t bytes_out;              // really given to the kernel
  std::uint64_t unlogged_refusals = 0;  // beyond kLoggedRefusalsMax: what one peer sends fills no disk
};
struct LoggedIn {
  ConnectionId connection;
  std::string_view account;
  std::string_view device;
  std::string_view method;  // "password", "token", "guest", "register"
};
struct LoginRefused {
  ConnectionId connection;
  std::string_view account;
  std::string_view error;  // "BAD_LOGIN"
};
struct RoomChanged {
  ConnectionId connection;
  std::string_view kind;  // "create", "join", "part", "topic", "presence"
  std::string_view room;
  std::string_view account;
  std::string_view detail;
};
// One message or file announcement went in once and out to `recipients`.
struct Routed {
  ConnectionId connection;
  std::string_view room;
  std::uint64_t seq;
  std::string_view kind;  // "msg", "file"
  std::string_view account;
  std::string_view id;
  std::uint64_t body_size;
  std::span<const ConnectionId> recipients;  // in the room at that moment, whose queues took it
  std::span<const ConnectionId> shed;        // in the room, but too slow: they got GAP
};
struct Resent {  // an idempotent repeat: answered, not routed
  ConnectionId connection;
  std::string_view room;
  std::uint64_t seq;
  std::string_view account;
  std::string_view id;
};
struct TransferChanged {
  ConnectionId connection;
  std::string_view kind;  // "put", "resume", "verified", "hash mismatch", "cancelled", "get", "sent"
  std::string_view file;
  std::string_view account;
  std::string_view room;
  std::string_view name;
  std::uint64_t size;
  std::uint64_t offset;
  std::string_view sha256;
};
struct Refused {  // an ERR was sent
  ConnectionId connection;
  std::string_view account;
  std::string_view verb;
  unsigned code;
  std::string_view error;
  std::string_view text;
  bool fatal;
};
struct ServerNote {  // started, draining, stopped, and faults of the server itself
  std::string_view kind;
  std::string_view text;
};

using ServerEvent = std::variant<ConnectionOpened, ConnectionClosed, LoggedIn, LoginRefused, RoomChanged,
                                 Routed, Resent, TransferChanged, Refused, ServerNote>;

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void event(const ServerEvent& event, WallTime time) = 0;
  // Whether Routed events are wanted: collecting recipients costs time in large rooms.
  virtual bool wants_routes() const = 0;
};

}  // namespace plaintalk::messenger
