// All that the rules know: connections, accounts, rooms, files, and what is due. The rules themselves are
// functions on it, one file a job: session, login, rooms, messages, routing, paging, presence, uploads,
// downloads, timers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/account.hpp"
#include "messenger/core/address_budgets.hpp"
#include "messenger/core/address_queue.hpp"
#include "messenger/core/address_table.hpp"
#include "messenger/core/connection.hpp"
#include "messenger/core/connection_table.hpp"
#include "messenger/core/decoder_pool.hpp"
#include "messenger/core/guess_limiter.hpp"
#include "messenger/core/retired_numbers.hpp"
#include "messenger/core/room.hpp"
#include "messenger/core/server_config.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/core/services.hpp"
#include "messenger/core/timer_wheel.hpp"
#include "messenger/core/transfers.hpp"

namespace plaintalk::messenger::core {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// Something to look at again at a known time; the waits of one kind are all equally long, so a queue keeps
// them in order.
struct Wait {
  Instant due;
  std::string account;
};

struct World {
  World(ServerConfig configuration, Services outside, Now start);

  const ServerConfig config;
  Services services;
  Now now;

  ConnectionTable connections;
  TimerWheel timers;
  DecoderPool decoders;
  AddressTable addresses;
  std::optional<GuessLimiter> guesses;  // nothing: passwords may be guessed
  AddressBudgets address_budgets;
  double fan_out_bytes = 0;       // of the command that is being handled (budget.hpp)
  bool has_paid_message = false;  // the same
  std::uint64_t last_ticket = 0;
  std::uint64_t last_stamp = 0;

  RequestMemories request_memories;  // of the devices of all accounts
  TextMap<std::unique_ptr<Account>> accounts;
  std::uint64_t last_account_id = 0;
  std::deque<Wait> returns;        // lost connections whose people may still come back
  AddressQueue<Account> departed;  // guests without a connection, the one that left first in front

  TextMap<std::unique_ptr<Room>> rooms;
  std::map<std::string_view, Room*> listed_rooms;  // without conversations, in alphabetical order
  std::list<Room*> unused_rooms;                   // that nobody is in, the one left for longest first
  AddressQueue<Room> conversations;                // by the address of whoever opened them
  RetiredNumbers retired_numbers;
  std::vector<Room*> dirty;                     // with a batch
  std::vector<std::unique_ptr<Batch>> batches;  // free ones
  std::list<Room*> recent;                      // with history, the least recently used first
  std::vector<std::string> emptied;             // names of rooms to be looked at: they lost all history
  std::uint64_t history_bytes = 0;              // held by all rooms

  Transfers transfers;
  Instant next_upload_check{};
  bool is_draining = false;

  std::string text;  // scratch for the frame that is being written
  std::vector<ConnectionId> recipients;
  std::vector<ConnectionId> shed;
  std::vector<std::uint32_t> fired;

  Account* find_account(std::string_view name) const;
  Room* find_room(std::string_view name) const;

  void log(const ServerEvent& event) { services.events.event(event, now.wall); }
};

}  // namespace plaintalk::messenger::core
