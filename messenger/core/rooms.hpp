// JOIN, PART, ROOMS, WHO, TOPIC. Who is in a room: membership.hpp.
//
// A room lives while it has members or history. Numbers must never start again while somebody may hold a
// cursor, so a room with messages stays for ever; at room_count_max new rooms are refused with 503 BUSY.
#pragma once

#include <expected>
#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_join(World& world, Connection& connection, const Frame& frame);
Answer handle_part(World& world, Connection& connection, const Frame& frame);
Answer handle_rooms(World& world, Connection& connection, const Frame& frame);
Answer handle_who(World& world, Connection& connection, const Frame& frame);
Answer handle_topic(World& world, Connection& connection, const Frame& frame);

// The connection enters the room, which is made if need be; JOINED goes out when it is the first of its
// account.
std::expected<Room*, Refusal> enter_room(World& world, Connection& connection, std::string_view name);
// Makes the room of a conversation if need be.
std::expected<Room*, Refusal> open_conversation(World& world, Account& one, Account& other);

}  // namespace plaintalk::messenger::core
