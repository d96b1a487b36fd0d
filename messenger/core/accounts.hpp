// The table of accounts and their devices.
#pragma once

#include <string>
#include <string_view>

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

inline constexpr std::size_t kDeviceCountMax = 16;  // of one account

// nullptr when there are too many accounts. At the limit, or when too many guests of the address have left
// lately, the one that left first makes way.
Account* make_account(World& world, const IpAddress& address, std::string_view name);
// The accounts of the configuration. Throws std::invalid_argument for a name or password that cannot be one.
void make_configured_accounts(World& world);

Device* find_device(Account& account, std::string_view name);
// The device of that name, made if need be; of those that are not connected the one unused for longest makes
// room. nullptr when all are connected.
Device* open_device(World& world, Account& account, std::string_view name);
// A device name for a client that gave none.
std::string unused_device_name(Account& account, ConnectionId connection);

// Nobody who knew the account before may be taken for the next one of that name: conversations so far become
// invisible, devices, tokens and uploads are gone.
void start_afresh(World& world, Account& account);

// The guest has lost its last connection, which came from `address`. It is remembered for
// remembered_request_time, so that it can come back with its token.
void start_departure(World& world, Account& account, const IpAddress& address);
void advance_departures(World& world);

}  // namespace plaintalk::messenger::core
