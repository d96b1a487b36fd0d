// From a decoded frame, or the error in its place, to the rule that answers it (docs/PROTOCOL.md, sections 4,
// 5 and 8).
#pragma once

#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

void handle_frame(World& world, Connection& connection, const Frame& frame);
void handle_decode_error(World& world, Connection& connection, const DecodeError& error);

}  // namespace plaintalk::messenger::core
