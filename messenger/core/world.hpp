// All that the rules know: connections, accounts, rooms, files, and what is due. The rules themselves are
// functions on it, one file a job: session, login, rooms, messages, routing, paging, presence, uploads,
// downloads, timers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/account.hpp"
#include "messenger/core/account_table.hpp"
#include "messenger/core/address_budgets.hpp"
#include "messenger/core/address_table.hpp"
#include "messenger/core/batches.hpp"
#include "messenger/core/connection.hpp"
#include "messenger/core/connection_table.hpp"
#include "messenger/core/decoder_pool.hpp"
#include "messenger/core/guess_limiter.hpp"
#include "messenger/core/history_memory.hpp"
#include "messenger/core/out_queue_pool.hpp"
#include "messenger/core/room.hpp"
#include "messenger/core/room_table.hpp"
#include "messenger/core/server_config.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/core/services.hpp"
#include "messenger/core/timer_wheel.hpp"
#include "messenger/core/transfers.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::core {

// The last OK to a SAY without id=. The next one to the same room at the same moment differs only in its
// number.
struct LastOk {
  RoomHandle room;
  std::int64_t at_ms = 0;
  std::string text;
  WrittenPart head;  // up to the number
  WrittenPart tail;
};

struct World {
  World(ServerConfig configuration, Services outside, Now start);

  const ServerConfig config;
  Services services;
  const std::string run;  // which run of the server this is, for clients that come back
  Now now;

  DecoderPool decoders;  // before the connections, which hold some of its decoders
  OutQueuePool out_queues;
  ConnectionTable connections;
  TimerWheel timers;
  AddressTable addresses;
  std::optional<GuessLimiter> guesses;  // nothing: passwords may be guessed
  const BudgetLimits user_limits;
  const BudgetLimits address_limits;  // of all guests of an address together
  AddressBudgets address_budgets;
  double fan_out_bytes = 0;       // of the command that is being handled (budget.hpp)
  bool has_paid_message = false;  // the same
  bool has_paid_credit = false;   // the same: DATA or CREDIT that the credit of its file bounds
  std::uint64_t last_ticket = 0;
  std::uint64_t last_stamp = 0;

  RequestMemories request_memories;  // of the devices of all accounts
  AccountTable accounts;
  RoomTable rooms;
  Batches batches;
  HistoryMemory history;

  Transfers transfers;
  Instant next_upload_check{};
  bool is_draining = false;

  std::string text;  // scratch for the frame that is being written
  LastOk last_ok;
  std::vector<ConnectionId> recipients;
  std::vector<ConnectionId> shed;
  std::vector<std::uint32_t> fired;

  // REQUIRES: the connection has logged in.
  Account& account_of(const Connection& connection) const { return accounts.at(connection.account); }
  // REQUIRES: the same, and its session goes on.
  Device& device_of(const Connection& connection) const {
    Device* device = account_of(connection).device_of(connection.handle);
    check(device != nullptr, "a session without a device");
    return *device;
  }

  void log(const ServerEvent& event) { services.events.event(event, now.wall); }
};

}  // namespace plaintalk::messenger::core
