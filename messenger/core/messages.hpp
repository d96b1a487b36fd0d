// SAY, PING: what is said and the barrier behind it.
//
// Rate: each SAY takes one message and its bytes from the buckets of its user. A bucket may go into debt by
// at most kRateDebtMax; the connection is then not read until the debt is paid, which slows a fast sender
// down to its rate and refuses nothing. A SAY that would need a longer wait (several devices of one user at
// once, or a very low rate) gets 429 RATE retry= and changes nothing. The byte bucket holds one second's
// worth, or one message of full size if that is more.
#pragma once

#include "base/time.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_say(World& world, Connection& connection, const Frame& frame);
Answer handle_ping(World& world, Connection& connection, const Frame& frame);

}  // namespace plaintalk::messenger::core
