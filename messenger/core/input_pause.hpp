// What keeps a connection from being read for now: a password or a file's SHA-256 that is being worked on,
// its rate, or replies that pile up.
#pragma once

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

bool must_wait(const World& world, const Connection& connection);

}  // namespace plaintalk::messenger::core
