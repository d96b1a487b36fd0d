// What "#room", "@user" and "@alice,bob" mean for a given person.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::core {

// The name of the room that `account` means: "@bob" is the conversation with bob.
std::string room_name_of(const Account& account, const Target& target);

// The room to speak in when `target` is written exactly as it was for the last message, or as a joined room
// is called: the common case, without folding or looking up names. nullptr: open_target() knows, or says why
// not.
Room* target_as_written(World& world, const Connection& connection, std::string_view target);
// The room to speak in: joined, or a conversation of one's own, which is made if need be.
std::expected<Room*, Refusal> open_target(World& world, Connection& connection, const Target& target);
// The same check without making a conversation: nothing has been said yet.
std::expected<void, Refusal> check_target(const World& world, const Connection& connection,
                                          const Target& target);
// The room to look back in. nullptr: a conversation in which nothing has been said yet.
std::expected<Room*, Refusal> find_readable(World& world, const Connection& connection, const Target& target);

// Frames of the room after this number may be seen by the account.
std::uint64_t floor_of(const Room& room, const Account& account);

}  // namespace plaintalk::messenger::core
