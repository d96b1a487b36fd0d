#include "messenger/core/address_table.hpp"

#include <algorithm>

namespace plaintalk::messenger::core {

IpAddress address_key(const IpAddress& address) {
  IpAddress key = address;
  if (key.is_v6) std::fill(key.octets.begin() + 8, key.octets.end(), std::uint8_t{0});
  return key;
}

const AddressTable::Use& AddressTable::of(const IpAddress& address) const {
  static const Use kNothing;
  const auto found = uses_.find(address_key(address));
  return found == uses_.end() ? kNothing : found->second;
}

void AddressTable::connection_gone(const IpAddress& address) {
  const auto entry = uses_.find(address_key(address));
  if (entry == uses_.end()) return;
  --entry->second.connection_count;
  drop_if_unused(entry);
}

void AddressTable::login_begins(const IpAddress& address, ConnectionId connection) {
  uses_[address_key(address)].logins.push_back(connection);
}

void AddressTable::login_ends(const IpAddress& address, ConnectionId connection) {
  const auto entry = uses_.find(address_key(address));
  if (entry == uses_.end()) return;
  std::erase(entry->second.logins, connection);
}

void AddressTable::room_released(const IpAddress& address) {
  const auto entry = uses_.find(address_key(address));
  if (entry == uses_.end()) return;
  --entry->second.room_count;
  drop_if_unused(entry);
}

void AddressTable::password_submitted(const IpAddress& address, std::uint64_t ticket) {
  const IpAddress key = address_key(address);
  ++uses_[key].password_count;
  tickets_.emplace(ticket, key);
}

void AddressTable::password_done(std::uint64_t ticket) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return;
  const auto entry = uses_.find(found->second);
  tickets_.erase(found);
  if (entry == uses_.end()) return;
  --entry->second.password_count;
  drop_if_unused(entry);
}

void AddressTable::drop_if_unused(std::map<IpAddress, Use>::iterator entry) {
  const Use& use = entry->second;
  if (use.connection_count + use.password_count + use.room_count + use.registered_count == 0)
    uses_.erase(entry);
}

}  // namespace plaintalk::messenger::core
