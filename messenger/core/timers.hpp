// What is due for a connection: login in time, PING when idle, progress in writing, the end of a rate pause.
// One timer each, which is looked at again at least twice per write_stall_timeout; bytes that come and go do
// not touch it. What happens then: timeouts.hpp.
#pragma once

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// Whether the connection gets PING when it is idle, and when the next one is due. REQUIRES for the second:
// the first.
bool is_pinged(const World& world, const Connection& connection);
Instant ping_due(const World& world, const Connection& connection);

// Asks whether the other end is still there.
void send_ping(World& world, Connection& connection);

void arm_timer(World& world, Connection& connection);

}  // namespace plaintalk::messenger::core
