// HISTORY and SYNC: pages of a room by number (docs/PROTOCOL.md, section 5, "Messages").
//
// A page ends early at kPageBytesMax bytes, but never before its first frame; more=1 then says that there is
// more. Of a page with before=, more=1 means that older frames are kept.
#pragma once

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

inline constexpr std::size_t kPageBytesMax = 256 << 10;

Answer handle_history(World& world, Connection& connection, const Frame& frame);
Answer handle_sync(World& world, Connection& connection, const Frame& frame);

}  // namespace plaintalk::messenger::core
