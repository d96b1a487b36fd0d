// One connection as the rules see it. The object is small (idle_clients_test.cpp holds it to 200 bytes)
// because most connections are idle: what only busy ones need is behind a pointer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/file_id.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/out_queue.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/core/short_list.hpp"

namespace plaintalk::messenger::core {

struct PooledDecoder;

enum class Phase : std::uint8_t { greeted, in, closing };

struct Membership {
  RoomHandle room;
  std::uint32_t place = 0;  // in its members
};

// Frames of a room that this connection was too slow for: GAP room first last.
struct Gap {
  RoomHandle room;
  std::uint64_t first;
  std::uint64_t last;
};

// A LOGIN or REGISTER whose password is being worked on.
struct PendingLogin {
  std::uint64_t ticket = 0;
  bool registers = false;
  std::string account;
  std::string device;
  std::string display;
  bool has_display = false;
  std::string id;
  std::string salt;
  unsigned iteration_count = 0;
};

struct Ending {
  std::string_view reason;  // a literal; empty: none of its own
  Instant since;
};

inline const OutQueue kNothingWaits;

struct Connection {
  ConnectionId id{};
  ConnectionHandle handle;  // of this
  Endpoint client;
  std::uint32_t refusal_count = 0;
  std::uint32_t login_frame_count = 0;
  Phase phase = Phase::greeted;
  std::uint8_t ping_count = 0;  // unanswered
  bool is_touched = false;
  bool is_rate_paused = false;   // until resume_at
  bool is_parked = false;        // whole frames may wait in the decoder
  bool is_overfull = false;      // more replies wait than allowed
  bool counts_as_login = false;  // against the limit of its address
  bool has_had_decoder = false;
  bool token_is_new = false;   // nothing came since the OK with it
  bool has_downloads = false;  // some run: see Transfers
  bool awaits_digest = false;  // its DONE is not answered yet

  std::unique_ptr<OutQueue> out;  // none while nothing waits to be written (output.hpp)
  AccountHandle account;          // none before the login
  ShortList<Membership> rooms;
  RoomHandle last_conversation;  // that it said something in
  std::unique_ptr<std::vector<Gap>> gaps;
  std::unique_ptr<PendingLogin> pending_login;
  std::unique_ptr<PooledDecoder> decoder;  // none while no frame is under way
  std::unique_ptr<Ending> ending;          // of a closing one

  Instant opened_at{};
  Instant last_seen{};
  Instant write_progress_at{};  // meaningful while something waits to be written
  Instant resume_at{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t stamp = 0;  // of the last announcement that must reach each connection once

  const OutQueue& waiting() const { return out ? *out : kNothingWaits; }

  Connection();
  ~Connection();
};

}  // namespace plaintalk::messenger::core
