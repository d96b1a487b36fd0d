#include "messenger/core/connection_table.hpp"

namespace plaintalk::messenger::core {

Connection& ConnectionTable::add(const Endpoint& client, Instant now) {
  const ConnectionHandle handle = slots_.add();
  Connection& connection = slots_.at(handle);
  connection.handle = handle;
  connection.id = ConnectionId{++last_id_};
  connection.client = client;
  connection.opened_at = connection.last_seen = now;
  ids_.add(connection.id, handle.slot);
  return connection;
}

void ConnectionTable::remove(const Connection& connection) {
  ids_.remove(connection.id);
  slots_.remove(connection.handle);
}

std::vector<ConnectionId> ConnectionTable::take_touched() {
  std::vector<ConnectionId> ids;
  ids.reserve(touched_.size());
  for (const ConnectionHandle handle : touched_) {
    Connection* connection = slots_.find(handle);
    if (connection == nullptr) continue;
    connection->is_touched = false;
    ids.push_back(connection->id);
  }
  touched_.clear();
  return ids;
}

void ConnectionTable::note_overfull(Connection& connection) {
  if (connection.is_overfull) return;
  connection.is_overfull = true;
  overfull_.push_back(connection.handle);
}

Connection* ConnectionTable::take_overfull() {
  while (!overfull_.empty()) {
    const ConnectionHandle handle = overfull_.back();
    overfull_.pop_back();
    if (Connection* connection = slots_.find(handle)) return connection;
  }
  return nullptr;
}

}  // namespace plaintalk::messenger::core
