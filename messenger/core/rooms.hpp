// JOIN, PART, ROOMS, WHO, TOPIC. Who is in a room: membership.hpp.
//
// A room lives while it has members or history. At room_count_max the one that nobody has been in for longest
// makes way; the address of whoever entered it first answers for a room in use, and may do so for its share
// of all. Conversations are counted apart, and one can always be opened: at conversation_count_max the one
// unused for longest goes, and an address that has opened its share gives up one of its own. What is made
// again counts on where it ended (retired_numbers.hpp).
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
// Makes the room of a conversation if need be; `connection` is one of `one`.
Room& open_conversation(World& world, const Connection& connection, Account& one, Account& other);

}  // namespace plaintalk::messenger::core
