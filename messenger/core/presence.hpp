// Who is there, as others see it: AWAY and PRES, and the grace after a lost connection (docs/PROTOCOL.md,
// section 5, "Rooms").
//
// Whoever loses a connection stays in the rooms as an absent member for presence_grace. Coming back in time,
// nobody hears of it; otherwise PARTED reason=dropped|replaced goes out, and PRES gone when it was the last
// connection of the account. PRES is not sent through rooms over room_member_announce_max, like JOINED and
// PARTED.
#pragma once

#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_away(World& world, Connection& connection, const Frame& frame);

// PRES to everybody who shares a room with the account, once each.
void announce_presence(World& world, Account& account, std::string_view state, std::string_view text);
// The connection was lost and its account may come back to the room.
void start_absence(World& world, Account& account, Room& room, std::string_view reason);
// The account is back in the room in time. False when it was not absent.
bool end_absence(Account& account, Room& room);
// The absences of the account that are due, or all of them, become PARTED.
void finish_absences(World& world, Account& account, bool all);
void advance_presence(World& world);

std::string_view state_of(const Account& account);  // "online", "away", "gone"

}  // namespace plaintalk::messenger::core
