// GET, CREDIT, CANCEL, and the chunks of running downloads (docs/PROTOCOL.md, section 7).
//
// Whether the reader may have the file is asked anew for each chunk, and the file may go while the download
// pauses: both end it with an ERR to its GET.
#pragma once

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_get(World& world, Connection& connection, const Frame& frame);
Answer handle_credit(World& world, Connection& connection, const Frame& frame);
Answer handle_cancel(World& world, Connection& connection, const Frame& frame);

// Puts the next chunk of a running download into the empty queue, if one may be sent.
void fill_bulk(World& world, Connection& connection);
bool has_bulk(World& world, const Connection& connection);
// The connection is going: its downloads end.
void release_downloads(World& world, Connection& connection);

}  // namespace plaintalk::messenger::core
