// Which connections are in which rooms.
#pragma once

#include <cstddef>
#include <string_view>

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// Of the words that go with PART and QUIT: they go to everybody in the rooms.
inline constexpr std::size_t kPartingTextSizeMax = 256;

// Large rooms are not told who comes and goes.
bool announces_members(const World& world, const Room& room);

// Nothing when the connection has not joined it.
Room* joined_room(const Connection& connection, std::string_view name);
bool is_in_room(const Account& account, const Room& room);

// Takes the connection out of its index-th room, without telling anybody.
void leave_room(Connection& connection, std::size_t index);
// The last connection of the account has left the room: PARTED to the others, with what the person said.
void announce_parted(World& world, Room& room, Account& account, ConnectionId connection,
                     std::string_view reason, std::string_view text);
// Nobody is in it and nothing of it waits to be flushed.
bool is_removable(const Room& room);
// The room or conversation goes, history and all. REQUIRES: is_removable().
void remove_room(World& world, Room& room);
// A room that nobody is in and of which nothing is kept goes at once.
void drop_room_if_unused(World& world, Room& room);

}  // namespace plaintalk::messenger::core
