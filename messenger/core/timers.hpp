// What is due for a connection: login in time, PING when idle, progress in writing, the end of a rate pause.
// One timer each, which is looked at again at least twice per write_stall_timeout; octets that come and go do
// not touch it.
#pragma once

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

void arm_timer(World& world, Connection& connection);
void fire_timers(World& world);

}  // namespace plaintalk::messenger::core
