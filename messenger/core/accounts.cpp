#include "messenger/core/accounts.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/check.hpp"
#include "base/crypto/digest.hpp"
#include "messenger/core/membership.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/uploads.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr int kVictimTries = 16;

bool is_forgettable(const World& world, const Account& account) {
  if (account.is_registered() || account.is_present() || account.closing_count > 0) return false;
  return std::ranges::all_of(account.devices, [&](const Device& device) {
    return device.last_used + world.config.remembered_request_time <= world.now.instant;
  });
}

void remove_conversations(World& world, const Account& account) {
  while (!account.conversations->empty()) {
    Room& room = world.rooms.at(account.conversations->begin()->second);
    flush(world, room);
    remove_room(world, room);
  }
}

// The one that left first and whose last connection is really closed.
Account* find_victim(World& world, const IpAddress& address, bool is_of_address) {
  for (int tries = 0; tries < kVictimTries; ++tries) {
    Account* guest =
        is_of_address ? world.accounts.first_departed_of(address) : world.accounts.first_departed();
    if (guest == nullptr || guest->closing_count == 0) return guest;
    world.accounts.renew_departed(*guest);
  }
  return nullptr;
}

bool make_place_for_account(World& world, const IpAddress& address) {
  const std::size_t count_max = world.config.account_count_max;
  const bool has_share = world.accounts.departed_count_of(address) >=
                         share_of(count_max, world.config.account_percent_per_address);
  if (!has_share && world.accounts.count() < count_max) return true;
  Account* victim = find_victim(world, address, has_share);
  if (victim == nullptr) return false;
  start_afresh(world, *victim);
  remove_conversations(world, *victim);
  world.accounts.remove(*victim);
  return true;
}

}  // namespace

Account* make_account(World& world, const IpAddress& address, std::string_view name) {
  if (!make_place_for_account(world, address)) return nullptr;
  return &world.accounts.add(name);
}

void make_configured_accounts(World& world) {
  for (const auto& [name, password] : world.config.accounts) {
    const auto folded = fold_account(name);
    if (!folded)
      throw std::invalid_argument("account '" + name +
                                  "': a name is a letter, then letters, digits, - and _, 32 at most");
    if (password.empty() || password.size() > kPasswordSizeMax)
      throw std::invalid_argument("account '" + name + "': the password must have 1 to 128 bytes");
    if (world.accounts.find(*folded) != nullptr)
      throw std::invalid_argument("account '" + name + "' is there twice");
    Account* account = make_account(world, IpAddress{}, *folded);
    if (account == nullptr) throw std::invalid_argument("too many accounts in the configuration");
    std::string salt = world.services.random.bytes(kSaltSize);
    const unsigned count = world.config.password_iteration_count;
    const std::string salted = pbkdf2_sha256(password, salt, count);
    account->verifier = std::make_unique<Verifier>(make_verifier(std::move(salt), count, salted));
  }
}

Device* find_device(Account& account, std::string_view name) {
  for (Device& device : account.devices)
    if (device.name == name) return &device;
  return nullptr;
}

Device* open_device(World& world, Account& account, std::string_view name) {
  if (Device* device = find_device(account, name)) return device;
  if (account.devices.size() >= kDeviceCountMax) {
    const auto is_older = [](const Device& a, const Device& b) {
      if (a.connection.is_none() != b.connection.is_none()) return a.connection.is_none();
      return a.last_used < b.last_used;
    };
    const auto oldest = std::ranges::min_element(account.devices, is_older);
    if (!oldest->connection.is_none()) return nullptr;
    account.devices.erase(oldest);
  }
  Device& device = account.devices.emplace_back();
  device.name = name;
  device.last_used = world.now.instant;
  return &device;
}

std::string unused_device_name(Account& account, ConnectionId connection) {
  for (std::uint64_t number = static_cast<std::uint64_t>(connection);; ++number) {
    std::string name = "d" + std::to_string(number);
    if (find_device(account, name) == nullptr) return name;
  }
}

void start_afresh(World& world, Account& account) {
  check(account.connections.empty(), "an account in use starts afresh");
  discard_uploads(world, account);  // they are found by the id
  world.accounts.become_another(account);
  finish_absences(world, account, true);
  flush_conversations_of(world, account);
  for (const auto& [other, handle] : *account.conversations) {
    Room& room = world.rooms.at(handle);
    for (std::size_t side = 0; side < room.people.size(); ++side)
      if (room.people[side] == account.handle) {
        room.floors[side] = room.last_seq;
        room.unheard[side] = {};
        room.unfollowed[side] = {};
      }
  }
  account.devices.clear();
  account.display.clear();
  account.has_token_holder = false;
  account.reserved_until = {};
}

void start_departure(World& world, Account& account, const IpAddress& address) {
  account.forget_at = world.now.instant + world.config.remembered_request_time;
  world.accounts.note_departed(account, address);
}

void advance_departures(World& world) {
  for (Account* account = world.accounts.first_departed();
       account != nullptr && account->forget_at <= world.now.instant;
       account = world.accounts.first_departed()) {
    const bool is_forgotten = is_forgettable(world, *account);
    if (is_forgotten) start_afresh(world, *account);
    // Whoever has a conversation stays known: its room refers to both people and their floors.
    if (is_forgotten && account->conversations->empty()) {
      world.accounts.remove(*account);
    } else {
      account->forget_at = world.now.instant + world.config.remembered_request_time;
      world.accounts.renew_departed(*account);
    }
  }
}

}  // namespace plaintalk::messenger::core
