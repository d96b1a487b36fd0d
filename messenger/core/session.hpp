// A connection from its greeting to its end: feeding its bytes to the decoder, and deciding which frame may
// be handled now. How it ends: session_end.hpp.
#pragma once

#include <string_view>

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// Opens the connection and queues the greeting or the refusal.
Connection& open_connection(World& world, const Endpoint& client, const Endpoint& server);
void receive(World& world, Connection& connection, std::string_view bytes);
// Handles frames that had to wait, if nothing holds them back any more.
void resume(World& world, Connection& connection);

// The object is free for another connection.
void forget_connection(World& world, Connection& connection, std::string_view reason);

}  // namespace plaintalk::messenger::core
