// All connections, and which of them somebody has to look at again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/connection.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/id_table.hpp"
#include "messenger/core/server_events.hpp"
#include "messenger/core/slot_table.hpp"

namespace plaintalk::messenger::core {

class ConnectionTable {
 public:
  // The next number is its id.
  Connection& add(const Endpoint& client, Instant now);
  // REQUIRES: no account and no room refers to it.
  void remove(const Connection& connection);

  Connection* find(ConnectionId id) const { return slots_.in_slot(ids_.find(id)); }
  Connection* find(ConnectionHandle handle) const { return slots_.find(handle); }
  Connection& at(ConnectionHandle handle) const { return slots_.at(handle); }
  Connection* in_slot(std::uint32_t slot) const { return slots_.in_slot(slot); }
  std::size_t count() const { return slots_.count(); }
  template <class Visit>
  void for_each(Visit visit) const {
    slots_.for_each([&](Connection& connection, ConnectionHandle) { visit(connection); });
  }

  // Its output, its wish for input or its wish to be closed may have changed: for take_touched().
  void touch(Connection& connection) {
    if (connection.is_touched) return;
    connection.is_touched = true;
    touched_.push_back(connection.handle);
  }
  std::vector<ConnectionId> take_touched();

  // More replies wait for it than may: for take_overfull().
  void note_overfull(Connection& connection);
  // nullptr when there is none.
  Connection* take_overfull();

 private:
  SlotTable<Connection> slots_;
  IdTable ids_;
  std::uint64_t last_id_ = 0;
  std::vector<ConnectionHandle> touched_;
  std::vector<ConnectionHandle> overfull_;
};

}  // namespace plaintalk::messenger::core
