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
Room* joined_room(const World& world, const Connection& connection, std::string_view name);
bool is_in_room(const World& world, const Account& account, const Room& room);

// Takes the connection out of its index-th room, without telling the others; it is told itself what it was
// too slow for.
void leave_room(World& world, Connection& connection, std::size_t index);
// The last connection of the account has left the room: PARTED to the others, with what the person said.
void announce_parted(World& world, Room& room, Account& account, ConnectionId connection,
                     std::string_view reason, std::string_view text);
// Somebody is about to enter a room that is not in use; `address` answers for it from now on.
void use_room(World& world, Room& room, const IpAddress& address);
// Somebody has left it, or nothing was said in it: if it is not in use any more, its address does not answer
// for it, and it goes at once when nothing of it is kept.
void drop_room_if_unused(World& world, Room& room);
// The room or conversation goes, history and all. REQUIRES: it is not in use, and nothing of it waits to be
// flushed.
void remove_room(World& world, Room& room);
// Rooms that have lost their history to others: not before the end of a command, which may still refer to
// one.
void remove_emptied_rooms(World& world);

}  // namespace plaintalk::messenger::core
