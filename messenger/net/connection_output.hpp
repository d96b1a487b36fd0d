// The write loop: what the core has queued for a connection goes to the kernel in as few system calls as
// possible.
//
// Asio's own composed write sends at most 16 pieces a call; a busy room has more. So: up to 64 pieces a
// sendmsg(), as much as one turn allows, and a wait for the socket only after it has refused bytes.
#pragma once

#include "base/time.hpp"
#include "messenger/core/server_core.hpp"
#include "messenger/net/connection.hpp"
#include "messenger/net/recorder.hpp"

namespace plaintalk::messenger {

// With at most this much unsent in the kernel, file data may be added: a chat frame queued behind it waits
// for no more.
inline constexpr int kUnsentBytesMax = 16 << 10;

enum class FlushResult {
  empty,    // nothing is left to write
  blocked,  // the socket has refused bytes: it is reported when it takes more
  behind,   // too much lies unsent in the kernel for file data to be added: ask again
  more,     // this turn's share is used up
  broken,   // the connection is gone
};

FlushResult flush(Connection& connection, ServerCore& core, Recorder* recorder, Now now);

}  // namespace plaintalk::messenger
