// What clients of one address have in use: an IPv4 address, or the /64 of an IPv6 address, which is what one
// household or one machine has (RFC 6177). An entry exists while a connection, a password job, a room or a
// registered account of it does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/endpoint.hpp"
#include "messenger/core/server_events.hpp"

namespace plaintalk::messenger::core {

// Two clients of the same address have the same key.
IpAddress address_key(const IpAddress& address);

class AddressTable {
 public:
  struct Use {
    std::size_t connection_count = 0;
    std::size_t password_count = 0;    // being checked
    std::size_t room_count = 0;        // in use, which it answers for
    std::size_t registered_count = 0;  // accounts that REGISTER made from there
    std::vector<ConnectionId> logins;  // connections that have not logged in yet, the oldest first
  };

  // All of nothing when the address has no entry.
  const Use& of(const IpAddress& address) const;

  void connection_opened(const IpAddress& address) { ++uses_[address_key(address)].connection_count; }
  void connection_gone(const IpAddress& address);
  void login_begins(const IpAddress& address, ConnectionId connection);
  void login_ends(const IpAddress& address, ConnectionId connection);
  void room_taken(const IpAddress& address) { ++uses_[address_key(address)].room_count; }
  void room_released(const IpAddress& address);
  // For ever: such an account never goes.
  void account_registered(const IpAddress& address) { ++uses_[address_key(address)].registered_count; }
  void password_submitted(const IpAddress& address, std::uint64_t ticket);
  // Each ticket comes back once, also when its connection is gone.
  void password_done(std::uint64_t ticket);

 private:
  void drop_if_unused(std::map<IpAddress, Use>::iterator entry);

  std::map<IpAddress, Use> uses_;
  std::map<std::uint64_t, IpAddress> tickets_;
};

}  // namespace plaintalk::messenger::core
