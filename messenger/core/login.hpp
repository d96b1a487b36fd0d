// LOGIN and REGISTER: passwords, tokens, guests, and the takeover by the same device (docs/PROTOCOL.md,
// section 5, "Session").
#pragma once

#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_login(World& world, Connection& connection, const Frame& frame);
Answer handle_register(World& world, Connection& connection, const Frame& frame);
// The salted password that a LOGIN or REGISTER waits for.
void finish_password(World& world, Connection& connection, std::string_view salted_password);

// The first frame after the OK to a login.
void heard_after_login(const World& world, Connection& connection);

}  // namespace plaintalk::messenger::core
