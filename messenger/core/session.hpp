// A connection from its greeting to its end: feeding its octets to the decoder, deciding which frame may be
// handled now, and leaving.
#pragma once

#include <optional>
#include <string_view>

#include "messenger/core/world.hpp"
#include "protocol/error_name.hpp"

namespace plaintalk::messenger::core {

// Opens the connection and queues the greeting or the refusal.
Connection& open_connection(World& world, const Endpoint& client, const Endpoint& server);
void receive(World& world, Connection& connection, std::string_view octets);
// Handles frames that had to wait, if nothing holds them back any more.
void resume(World& world, Connection& connection);

// Something keeps this connection from being read: a password that is being checked, its rate, or replies
// that pile up.
bool must_wait(const World& world, const Connection& connection);

// The connection has logged in, or never will: it does not count against the limit of its address any more.
void stop_counting_login(World& world, Connection& connection);

enum class Leaving : unsigned char { quit, dropped, replaced };

// The connection leaves its rooms and its account and is to be closed when its queue is written. `reason` is
// a literal, for the log.
void end_session(World& world, Connection& connection, std::string_view reason, Leaving leaving);
// The same with BYE as the last word.
void end_with_bye(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                  std::optional<ErrorName> error, std::string_view text);
// Connections whose replies have outgrown their bound.
void end_overfull(World& world);

// The object is free for another connection.
void forget_connection(World& world, Connection& connection, std::string_view reason);

}  // namespace plaintalk::messenger::core
