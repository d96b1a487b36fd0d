#include "messenger/core/unheard.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "messenger/core/replies.hpp"

namespace plaintalk::messenger::core {
namespace {

// When something last came behind all that was written to the connection; long ago while anything still
// waits.
Instant last_sign(const Connection& connection) {
  return connection.waiting().numbered_size() == 0 && !connection.gaps ? connection.last_seen : Instant{};
}

bool is_followed(const World& world, const Account& account, Instant said_at) {
  if (account.last_sign > said_at) return true;
  return std::ranges::any_of(account.connections, [&](ConnectionHandle handle) {
    return last_sign(world.connections.at(handle)) > said_at;
  });
}

}  // namespace

void note_direct(World& world, Room& room, AccountHandle sender, std::uint64_t seq) {
  for (std::size_t side = 0; side < room.people.size(); ++side) {
    if (room.people[side] == sender) continue;
    Account& account = world.accounts.at(room.people[side]);
    if (account.connections.empty()) {
      if (room.unheard[side].first == 0) room.unheard[side].first = seq;
      room.unheard[side].last = seq;
      account.may_have_unheard = true;
      continue;
    }
    Room::Unfollowed& unfollowed = room.unfollowed[side];
    if (unfollowed.first == 0 || is_followed(world, account, unfollowed.said_at)) unfollowed.first = seq;
    unfollowed.said_at = world.now.instant;
    account.may_have_unfollowed = true;
  }
}

void keep_signs_of(Account& account, const Connection& connection) {
  account.last_sign = std::max(account.last_sign, last_sign(connection));
}

void give_up_waiting_for_signs(World& world, Account& account) {
  if (!std::exchange(account.may_have_unfollowed, false)) return;
  for (const auto& [other, handle] : *account.conversations) {
    Room& room = world.rooms.at(handle);
    const std::size_t side = room.people[0] == account.handle ? 0 : 1;
    const Room::Unfollowed unfollowed = std::exchange(room.unfollowed[side], {});
    if (unfollowed.first == 0 || is_followed(world, account, unfollowed.said_at)) continue;
    Room::Unheard& unheard = room.unheard[side];
    if (unheard.first == 0) unheard.first = unfollowed.first;
    unheard.last = room.last_seq;
    account.may_have_unheard = true;
  }
}

void tell_unheard(World& world, Connection& connection) {
  Account& account = world.account_of(connection);
  if (!std::exchange(account.may_have_unheard, false)) return;
  for (const auto& [other_handle, handle] : *account.conversations) {
    Room& room = world.rooms.at(handle);
    const Room::Unheard* unheard = room.unheard_by(account.handle);
    if (unheard == nullptr || unheard->first == 0) continue;
    account.may_have_unheard = true;
    if (connection.waiting().reply_size() >= world.config.reply_queue_bytes_max / 2) return;
    const std::uint64_t after = unheard->first - 1;
    const std::string& other = world.accounts.at(other_handle).name;
    begin_reply(world, Verb::note)
        .argument("DIRECT")
        .argument(room.name)
        .parameter("after", after)
        .parameter("last", unheard->last)
        .body("messages from " + other + " came while you were away; HISTORY @" + other +
              " after=" + std::to_string(after) + " shows them");
    send(world, connection);
  }
}

void note_asked(Room& room, AccountHandle account) {
  for (std::size_t side = 0; side < room.people.size(); ++side) {
    if (room.people[side] != account) continue;
    room.unheard[side] = {};
    room.unfollowed[side] = {};
  }
}

}  // namespace plaintalk::messenger::core
