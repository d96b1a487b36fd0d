// The end of a session: the connection leaves its rooms and its account, and is closed once its queue is
// written.
#pragma once

#include <optional>
#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/error_name.hpp"

namespace plaintalk::messenger::core {

enum class Leaving : unsigned char { quit, dropped, replaced };

// `reason` is a literal, for the log. `words` are what the person says to the rooms on leaving with QUIT.
void end_session(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                 std::string_view words = {});
// The same with BYE as the last word.
void end_with_bye(World& world, Connection& connection, std::string_view reason, Leaving leaving,
                  std::optional<ErrorName> error, std::string_view text, std::string_view words = {});
// An ERR that answers no command, and the end of the session when it is fatal.
void refuse_and_end(World& world, Connection& connection, const Refusal& refusal);
// Connections whose replies have outgrown their bound.
void end_overfull(World& world);

// The connection has logged in, or never will: it does not count against the limit of its address any more.
void stop_counting_login(World& world, Connection& connection);

}  // namespace plaintalk::messenger::core
