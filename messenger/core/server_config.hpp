// Everything about a server that can be set, with its default and unit (docs/PROTOCOL.md, section 9).
// nullopt means unlimited; the configuration file and the command line write the word "unlimited", never 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "protocol/limits.hpp"

namespace plaintalk::messenger {

template <class Value>
using Limit = std::optional<Value>;

struct ServerConfig {
  std::string name = "lab";
  bool guests_allowed = true;
  bool clear_passwords_allowed = true;  // false: LOGIN and REGISTER with a password answer 426 NEED_TLS

  // Accounts known from the start (configuration file): name to password. Only verifiers are kept of them.
  std::map<std::string, std::string> accounts;

  std::size_t line_size_max = kLineSizeMax;
  std::size_t body_size_max = kChatBodySizeMax;
  std::size_t chunk_size_max = kChunkSizeMax;

  Milliseconds login_timeout{10'000};
  std::size_t login_frame_count_max = 8;
  std::size_t login_bytes_max = 4096;
  Limit<std::size_t> login_connections_per_address_max = 16;
  Limit<std::size_t> connection_count_max = 4096;
  unsigned connection_percent_per_address = 75;  // of connection_count_max; the rest is for other addresses

  Limit<Milliseconds> ping_interval = Milliseconds{30'000};
  unsigned ping_miss_count_max = 2;
  Milliseconds write_stall_timeout{10'000};
  Milliseconds presence_grace{20'000};

  Limit<double> messages_per_second = 20;
  double message_burst = 60;
  Limit<double> chat_bytes_per_second = 65536;
  Limit<double> command_units_per_second = 200;  // of one user; what a command costs: budget.cpp
  double command_units_burst = 1000;
  Limit<double> fan_out_bytes_per_second = 8 << 20;  // of one user: bytes times the connections they go to
  double fan_out_bytes_burst = 16 << 20;
  unsigned guest_users_per_address = 10;  // all guests of an address together may do as much as so many users
  Limit<std::size_t> rooms_per_user_max = 100;
  Limit<std::size_t> transfers_per_user_max = 4;
  Limit<std::uint64_t> file_size_max = std::uint64_t{64} << 20;
  Limit<std::uint64_t> spool_size_max = std::uint64_t{1} << 30;
  Limit<std::size_t> open_upload_count_max = 256;
  Limit<std::size_t> file_count_max = 10'000;  // finished ones; then the oldest goes
  Limit<std::size_t> files_per_user_max = 500;

  std::size_t room_queue_bytes_max = 256 << 10;  // then GAP
  std::size_t reply_queue_bytes_max = 1 << 20;   // then BYE 408
  std::size_t transfer_credit_bytes = 256 << 10;
  std::size_t history_count = 256;             // frames kept of each room
  std::size_t history_bytes_max = 256 << 20;   // of all rooms; then rooms unused for longest forget first
  std::size_t room_member_announce_max = 200;  // larger rooms announce no joins
  std::size_t room_count_max = 10'000;
  std::size_t conversation_count_max = 10'000;          // then the one unused for longest goes
  unsigned room_percent_per_address = 25;               // of both
  std::size_t remembered_request_count_max = 1000;      // of each account and device, for idempotent resends
  std::size_t unfinished_frames_bytes_max = 64 << 20;   // of all connections, in what holds them
  std::size_t remembered_request_bytes_max = 64 << 20;  // of all; then devices unused for longest forget
  Milliseconds remembered_request_time{600'000};
  std::size_t account_count_max = 100'000;    // guests that left lately included; they make way first
  unsigned account_percent_per_address = 25;  // of them: guests of one address that left; as many by REGISTER
  unsigned password_iteration_count = 4096;   // PBKDF2, RFC 7677
  Limit<double> password_guesses_per_minute = 10;  // for one name from one address; ten times as many from
                                                   // one address in all
  std::size_t password_jobs_per_address_max = 32;  // being checked at a time
};

// The largest file that can be sent here; nothing when there is no limit.
Limit<std::uint64_t> file_size_limit(const ServerConfig& config);

// What one of those who share `count` may have of it.
constexpr std::size_t share_of(std::size_t count, unsigned percent) { return (count * percent + 99) / 100; }

// A setting with which the server could not work.
struct ConfigFault {
  std::string_view setting;
  std::string why;  // "may be at most 1048576"
};
// The first one, if any.
std::optional<ConfigFault> find_fault(const ServerConfig& config);

}  // namespace plaintalk::messenger
