// What the live view shows, one plain value for each line or row of it. Texts from the wire are cut and made
// safe for people (base/text.hpp) before they get here; the page shows them as text and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::analyzer::web {

// What a string holds beside itself.
inline std::size_t bytes_beside(const std::string& text) {
  const auto* const own = reinterpret_cast<const char*>(&text);
  const bool is_inside = text.data() >= own && text.data() < own + sizeof text;
  return is_inside ? 0 : text.capacity() + 1 + sizeof(void*);  // and what malloc needs
}

// One way out of a message: to whom, where, and how long after its command.
struct Copy {
  std::string who;
  std::uint64_t connection = 0;
  std::uint64_t packet = 0;
  std::uint64_t frame = 0;  // number of the row in pdus; 0: not known
  std::optional<Nanoseconds> latency;
  bool may_be_replay = false;
};

// One line of the stream: a message with its copies, or something else that happened.
struct Entry {
  enum class Kind : std::uint8_t {
    login,
    refused_login,
    joined,
    parted,
    ended,
    message,
    file,
    secret,
  };
  // Copies that are kept one by one; further ones are only counted.
  static constexpr std::size_t kCopyCountMax = 32;

  Kind kind{};
  bool may_be_replay = false;
  std::uint64_t id = 0;       // counts lines from 1
  std::uint64_t version = 0;  // of its last change
  WallTime time;
  std::uint64_t packet = 0;
  std::uint64_t connection = 0;
  std::string who;
  std::string room;
  std::string text;  // of a secret: what was seen, masked unless asked for

  // Of a message or file.
  std::uint64_t message = 0;  // LiveEvent::message
  std::uint64_t seq = 0;
  std::uint64_t in_packet = 0;  // that completed the command; 0: not known
  std::uint64_t in_connection = 0;
  std::uint64_t in_frame = 0;
  WallTime in_time;
  std::uint64_t copy_count = 0;
  std::optional<Nanoseconds> latency_max;
  std::vector<Copy> copies;

  // Of a secret.
  std::string protocol;
  std::string method;
  std::string accepted;  // "yes", "no", "": not known

  std::size_t bytes_beside() const;
};
std::string_view name_of(Entry::Kind kind);

struct Person {
  std::string name;
  bool is_guest = false;
  std::vector<std::uint64_t> connections;  // open ones, as far as they are kept
  std::uint64_t messages = 0;
  std::uint64_t received = 0;  // copies
  std::uint64_t secrets = 0;
  std::uint64_t refused_logins = 0;
  WallTime last_seen;
  std::size_t bytes_beside() const;
};

struct Room {
  struct Member {
    std::string who;
    std::uint64_t connection = 0;
  };
  static constexpr std::size_t kMemberCountMax = 256;
  std::string server;
  std::string name;
  std::vector<Member> members;  // by connection; further ones are not followed
  bool has_more_members = false;
  std::uint64_t messages = 0;
  std::uint64_t copies = 0;
  WallTime last_seen;
  std::size_t bytes_beside() const;
};

struct Secret {
  std::string user;
  std::string protocol;
  std::string method;
  std::string text;
  std::string accepted;
  std::uint64_t connection = 0;
  std::uint64_t packet = 0;  // the first one
  std::uint64_t count = 0;
  WallTime last_seen;
  std::size_t bytes_beside() const;
};

struct Connection {
  enum class State : std::uint8_t { opening, open, half_closed, closed, reset, given_up };
  static constexpr std::size_t kRoomCountMax = 64;
  std::uint64_t id = 0;
  std::optional<std::uint32_t> wireshark_stream;
  std::string client;
  std::string server;
  std::string who;
  std::string protocol;  // "" while it is not known
  State state{};
  std::string ending;  // Zeek's conn_state, once it has ended
  bool client_has_ended = false;
  bool server_has_ended = false;
  std::uint64_t client_packets = 0;
  std::uint64_t server_packets = 0;
  std::uint64_t client_bytes = 0;  // of payload on the wire
  std::uint64_t server_bytes = 0;
  WallTime first;
  WallTime last;
  std::vector<std::string> rooms;  // keys of those that its person is in
  std::size_t bytes_beside() const;
};
std::string_view name_of(Connection::State state);

// A row of pdus.csv.
struct FrameRow {
  std::uint64_t number = 0;
  std::uint64_t connection = 0;
  bool is_from_client = false;
  std::uint64_t first_packet = 0;
  std::uint64_t last_packet = 0;
  std::uint64_t body_length = 0;
  std::string verb;
  std::string arguments;
  std::string status;
  std::size_t bytes_beside() const;
};

struct Second {
  std::int64_t second = 0;  // since the epoch
  std::uint64_t version = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t copies = 0;
};

struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t copies = 0;
  std::uint64_t secrets = 0;
  std::uint64_t connections = 0;
  std::uint64_t given_up = 0;  // of them, to save memory
  std::optional<std::uint64_t> kernel_drops;
  std::optional<std::uint64_t> interface_drops;
  WallTime last_packet;
};

}  // namespace plaintalk::analyzer::web
