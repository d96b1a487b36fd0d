// A person: a registered account, or a guest for as long as somebody may come back with its token.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "messenger/core/address_budgets.hpp"
#include "messenger/core/handle.hpp"
#include "messenger/core/rare.hpp"
#include "messenger/core/request_memory.hpp"
#include "messenger/core/short_list.hpp"
#include "messenger/core/use_queue.hpp"
#include "messenger/core/verifier.hpp"

namespace plaintalk::messenger::core {

// Who somebody is, whatever the name: whoever takes a name after its last holder has left gets another one,
// and a registered account has another one than the guests who had its name before. Access is bound to it.
enum class AccountId : std::uint64_t {};

using TokenHash = std::array<char, 32>;  // SHA-256

// One program of one person. Tokens are kept as hashes only.
//
// A token is replaced at each use, but the answer with the new one may be lost with the connection, and what
// the client sends behind its LOGIN is no proof that it arrived. So the one before stays good until the new
// one is used, unless a connection that has sent something since is there.
struct Device {
  std::string name;
  TokenHash token_hash{};
  std::unique_ptr<TokenHash> replaced_token_hash;  // if there was one
  Instant token_time{};
  Instant last_used{};
  Rare<RequestMemory> requests;
  ConnectionHandle connection;  // none while it has none
};

// The account was in the room with a connection that was lost; people there have not been told yet.
struct Absence {
  RoomHandle room;
  Instant due;
  std::string_view reason;  // a literal: "dropped" or "replaced"
};

// The object is small (idle_clients_test.cpp): what only few accounts have is behind a pointer.
struct Account {
  AccountHandle handle;  // of this
  AccountId id{};
  std::string name;  // never changes
  Rare<std::string> display;
  std::unique_ptr<Verifier> verifier;  // only a registered account has one
  ShortList<ConnectionHandle> connections;
  std::list<Device> devices;
  Rare<std::vector<Absence>> absences;
  Rare<std::unordered_map<AccountHandle, RoomHandle>> conversations;  // by the other person
  Budget budget;
  std::uint64_t stamp = 0;                     // of the last list that has it
  std::uint32_t dirty_conversation_count = 0;  // with frames that are not flushed yet
  std::uint32_t room_count = 0;
  std::uint32_t closing_count = 0;  // connections on their way out, for the log
  bool is_away = false;
  bool may_have_unheard = false;     // direct messages that did not reach it
  bool may_have_unfollowed = false;  // direct messages of which that is not known yet (unheard.hpp)
  // Of a guest: something came after the OK with the token, so somebody may come back with it.
  bool has_token_holder = false;
  Instant last_sign{};  // of the connections that have ended
  // Of a guest without a connection: its place among those, and when it may be forgotten.
  UsePlace departed_place;
  Instant forget_at{};
  // Of a guest whose connection was lost: nobody else gets the name before.
  Instant reserved_until{};

  // What the connection has logged in as; nullptr for others. Few accounts have more than one.
  Device* device_of(ConnectionHandle connection) {
    for (Device& device : devices)
      if (device.connection == connection) return &device;
    return nullptr;
  }
  bool is_registered() const { return verifier != nullptr; }
  // Online, or so lately lost that nobody has been told.
  bool is_present() const { return !connections.empty() || !absences->empty(); }
};

}  // namespace plaintalk::messenger::core
