#include "messenger/core/accounts.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/check.hpp"
#include "base/crypto/digest.hpp"
#include "messenger/core/budget.hpp"
#include "messenger/core/presence.hpp"
#include "messenger/core/routing.hpp"
#include "messenger/core/uploads.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kAccountCountMax = 100'000;

bool is_forgettable(const World& world, const Account& account) {
  if (account.is_registered() || account.is_present() || account.closing_count > 0) return false;
  return std::ranges::all_of(account.devices, [&](const auto& device) {
    return device->last_used + world.config.remembered_request_time <= world.now.instant;
  });
}

}  // namespace

Account* make_account(World& world, std::string_view name) {
  if (world.accounts.size() >= kAccountCountMax) return nullptr;
  auto account = std::make_unique<Account>();
  account->id = AccountId{++world.last_account_id};
  account->name = name;
  make_budgets(world, *account);
  return world.accounts.emplace(std::string(name), std::move(account)).first->second.get();
}

void make_configured_accounts(World& world) {
  for (const auto& [name, password] : world.config.accounts) {
    const auto folded = fold_account(name);
    if (!folded)
      throw std::invalid_argument("account '" + name +
                                  "': a name is a letter, then letters, digits, - and _, 32 at most");
    if (password.empty() || password.size() > kPasswordSizeMax)
      throw std::invalid_argument("account '" + name + "': the password must have 1 to 128 bytes");
    if (world.find_account(*folded) != nullptr)
      throw std::invalid_argument("account '" + name + "' is there twice");
    Account* account = make_account(world, *folded);
    if (account == nullptr) throw std::invalid_argument("too many accounts in the configuration");
    std::string salt = world.services.random.bytes(kSaltSize);
    const unsigned count = world.config.password_iteration_count;
    const std::string salted = pbkdf2_sha256(password, salt, count);
    account->verifier = make_verifier(std::move(salt), count, salted);
  }
}

Device* find_device(const Account& account, std::string_view name) {
  for (const auto& device : account.devices)
    if (device->name == name) return device.get();
  return nullptr;
}

Device* open_device(World& world, Account& account, std::string_view name) {
  if (Device* device = find_device(account, name)) return device;
  if (account.devices.size() >= kDeviceCountMax) {
    const auto is_older = [](const auto& a, const auto& b) {
      if ((a->connection == nullptr) != (b->connection == nullptr)) return a->connection == nullptr;
      return a->last_used < b->last_used;
    };
    const auto oldest = std::ranges::min_element(account.devices, is_older);
    if ((*oldest)->connection != nullptr) return nullptr;
    account.devices.erase(oldest);
  }
  Device& device = *account.devices.emplace_back(std::make_unique<Device>());
  device.name = name;
  device.last_used = world.now.instant;
  return &device;
}

std::string unused_device_name(const Account& account, ConnectionId connection) {
  for (std::uint64_t number = static_cast<std::uint64_t>(connection);; ++number) {
    std::string name = "d" + std::to_string(number);
    if (find_device(account, name) == nullptr) return name;
  }
}

void start_afresh(World& world, Account& account) {
  check(account.connections.empty(), "an account in use starts afresh");
  discard_uploads(world, account);  // they are found by the id
  account.id = AccountId{++world.last_account_id};
  finish_absences(world, account, true);
  flush_conversations_of(world, account);
  for (const auto& [other, room] : account.conversations)
    for (std::size_t side = 0; side < room->people.size(); ++side)
      if (room->people[side] == &account) {
        room->floors[side] = room->last_seq;
        room->unheard[side] = 0;
      }
  account.devices.clear();
  account.display.clear();
  account.is_away = false;
  account.has_token_holder = false;
  account.reserved_until = {};
}

void schedule_departure(World& world, Account& account) {
  if (account.is_departing) return;
  account.is_departing = true;
  world.departures.push_back({world.now.instant + world.config.remembered_request_time, account.name});
}

void advance_departures(World& world) {
  while (!world.departures.empty() && world.departures.front().due <= world.now.instant) {
    Account* account = world.find_account(world.departures.front().account);
    world.departures.pop_front();
    if (account == nullptr) continue;
    account->is_departing = false;
    if (!is_forgettable(world, *account)) {
      // It came and went meanwhile: it has one place in the queue however often it does.
      if (!account->is_registered() && account->connections.empty()) schedule_departure(world, *account);
      continue;
    }
    start_afresh(world, *account);
    // Whoever has a conversation stays known: its room refers to both people and their floors.
    if (account->conversations.empty()) world.accounts.erase(account->name);
  }
}

}  // namespace plaintalk::messenger::core
