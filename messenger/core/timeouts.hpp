// What happens when a timer of a connection fires: PING, the end of a rate pause, or the end of the
// connection.
#pragma once

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

void fire_timers(World& world);

}  // namespace plaintalk::messenger::core
