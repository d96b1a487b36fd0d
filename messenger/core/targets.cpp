#include "messenger/core/targets.hpp"

#include <algorithm>
#include <utility>

#include "messenger/core/membership.hpp"
#include "messenger/core/rooms.hpp"

namespace plaintalk::messenger::core {
namespace {

Refusal no_such_room() { return refusal(ErrorName::no_such, "there is no such room; ROOMS lists them"); }
Refusal not_a_member() { return refusal(ErrorName::denied, "you are not in this room; JOIN it first"); }
Refusal not_your_conversation() {
  return refusal(ErrorName::denied, "this conversation is between other people");
}
Refusal nobody() {
  return refusal(ErrorName::no_such, "no such user: neither registered nor a guest who is online");
}

// The other person of the conversation; nothing when it is not one of `account`.
std::optional<std::string> other_person(const Account& account, const Target& target) {
  if (target.kind == Target::Kind::account) return target.name;
  const auto people = parse_conversation(target.name);
  if (!people) return std::nullopt;
  if (people->first == account.name) return std::string(people->second);
  if (people->second == account.name) return std::string(people->first);
  return std::nullopt;
}

bool can_be_reached(const Account* account) {
  return account != nullptr && (account->is_registered() || !account->connections.empty());
}

std::expected<Room*, Refusal> find_joined(const World& world, const Connection& connection,
                                          std::string_view name) {
  if (Room* room = joined_room(world, connection, name)) return room;
  return std::unexpected(world.rooms.find(name) == nullptr ? no_such_room() : not_a_member());
}

// The other person of a conversation of `account`, who can be reached.
std::expected<Account*, Refusal> find_other(const World& world, const Account& account,
                                            const Target& target) {
  const auto name = other_person(account, target);
  if (!name) return std::unexpected(not_your_conversation());
  Account* other = world.accounts.find(*name);
  if (!can_be_reached(other)) return std::unexpected(nobody());
  return other;
}

}  // namespace

std::string room_name_of(const Account& account, const Target& target) {
  return target.kind == Target::Kind::account ? conversation_name(account.name, target.name) : target.name;
}

Room* target_as_written(World& world, const Connection& connection, std::string_view target) {
  if (target.starts_with('#')) return joined_room(world, connection, target);
  Room* room = world.rooms.find(connection.last_conversation);
  if (room == nullptr || !target.starts_with('@')) return nullptr;
  const std::size_t own_side = room->people[0] == connection.account ? 0 : 1;
  if (room->people[own_side] != connection.account) return nullptr;
  const Account* other = world.accounts.find(room->people[1 - own_side]);
  if (!can_be_reached(other) || target.substr(1) != other->name) return nullptr;
  world.rooms.use_conversation(*room);
  return room;
}

std::expected<Room*, Refusal> open_target(World& world, Connection& connection, const Target& target) {
  Account& account = world.account_of(connection);
  if (target.kind == Target::Kind::room) return find_joined(world, connection, target.name);
  const auto other = find_other(world, account, target);
  if (!other) return std::unexpected(other.error());
  Room& room = open_conversation(world, connection, account, **other);
  connection.last_conversation = room.handle;
  return &room;
}

std::expected<void, Refusal> check_target(const World& world, const Connection& connection,
                                          const Target& target) {
  if (target.kind == Target::Kind::room) {
    const auto room = find_joined(world, connection, target.name);
    if (!room) return std::unexpected(room.error());
  } else if (const auto other = find_other(world, world.account_of(connection), target); !other) {
    return std::unexpected(other.error());
  }
  return {};
}

std::expected<Room*, Refusal> find_readable(World& world, const Connection& connection,
                                            const Target& target) {
  const Account& account = world.account_of(connection);
  if (target.kind == Target::Kind::room) {
    Room* room = world.rooms.find(target.name);
    if (room == nullptr) return std::unexpected(no_such_room());
    if (joined_room(world, connection, target.name) == nullptr) return std::unexpected(not_a_member());
    return room;
  }
  const auto name = other_person(account, target);
  if (!name) return std::unexpected(not_your_conversation());
  Room* room = world.rooms.find(room_name_of(account, target));
  // Whoever resumes after a restart of the server asks for a conversation by its name and is told that it is
  // empty.
  const bool is_by_name = target.kind == Target::Kind::conversation;
  if (room == nullptr && !is_by_name && !can_be_reached(world.accounts.find(*name)))
    return std::unexpected(nobody());
  return room;
}

std::uint64_t floor_of(const Room& room, const Account& account) {
  for (std::size_t side = 0; side < room.people.size(); ++side)
    if (room.people[side] == account.handle) return room.floors[side];
  return 0;
}

}  // namespace plaintalk::messenger::core
