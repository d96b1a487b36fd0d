// What an account pays for: whatever it makes the server do (docs/PROTOCOL.md, section 9, "Rate").
//
// Each command costs some units, and what it makes the server say to others costs its bytes times their
// receivers. Both are taken on credit, and then the connection is not read until the debt is paid; only a
// debt of more than kRateDebtMax, which takes several devices at once, is refused with 429. A guest pays from
// what all guests of its address have together as well, and is only made to wait for that.
#pragma once

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

inline constexpr Milliseconds kRateDebtMax{2'000};

inline constexpr std::size_t kAnnouncementSize = 64;  // about: a verb, a room and a name

// Before a command of somebody who has logged in: 429 when the account has too much debt.
Answer begin_command(World& world, Connection& connection, Verb verb);
// After it: takes its cost, and what spend_fan_out() has added up, from the account.
void end_command(World& world, Connection& connection, const Frame& frame, bool is_refused);
// A line that is no frame.
void end_broken_line(World& world, Connection& connection);
// So many lines with nothing in them.
void end_blank_lines(World& world, Connection& connection, std::size_t count);

// The command that is being handled makes the server send that many bytes to each of so many connections.
void spend_fan_out(World& world, std::size_t bytes, std::size_t receiver_count);

// The same outside of a command, when time has caused it: `account` pays for what was added up.
void pay_fan_out(World& world, Account& account);

// DATA and CREDIT of at least so many bytes are bounded by the credit of their file; many small ones are not.
std::size_t free_chunk_size_min(const ServerConfig& config);

// One message: 429, or its cost is taken.
Answer take_message(World& world, Connection& connection, std::size_t body_size);

}  // namespace plaintalk::messenger::core
