#include "messenger/core/budget.hpp"

#include <algorithm>

#include "messenger/core/timers.hpp"

namespace plaintalk::messenger::core {
namespace {

// In units of command_units_per_second. Chunks of files have a credit of their own, PONG is asked for by the
// server, and messages have a rate of their own: these cost nothing here unless they are refused.
double units_of(const Frame& frame) {
  switch (frame.verb) {
    case Verb::say:
    case Verb::data:
    case Verb::credit:
    case Verb::pong:
    case Verb::quit: return 0;
    case Verb::login:
    case Verb::away:
    case Verb::join:
    case Verb::part:
    case Verb::history:
    case Verb::sync:
    case Verb::cancel: return 2;
    case Verb::topic: return frame.body_kind == BodyKind::none ? 1 : 2;
    case Verb::put:
    case Verb::get:
    case Verb::done: return 5;
    case Verb::help: return frame.argument_count() == 0 ? 5 : 1;
    case Verb::who: return frame.argument_count() == 0 ? 20 : 5;
    case Verb::rooms: return 20;
    default: return 1;
  }
}

bool is_always_taken(Verb verb) {
  return verb == Verb::pong || verb == Verb::quit || verb == Verb::credit || verb == Verb::data;
}

Refusal rate_exceeded(Nanoseconds debt) {
  return try_later(ErrorName::rate, "rate limit exceeded; wait and send it again", debt);
}

void pause_reading(World& world, Connection& connection, Nanoseconds debt) {
  if (debt <= Nanoseconds{0} || connection.phase == Phase::closing) return;
  const Instant until = world.now.instant + debt;
  connection.resume_at = connection.is_rate_paused ? std::max(connection.resume_at, until) : until;
  connection.is_rate_paused = true;
  arm_timer(world, connection);
}

void pay(World& world, Connection& connection, double units) {
  Account& account = *connection.account;
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.command_units_per_second && units > 0) {
    debt = account.command_units.debt_after(units, now);
    account.command_units.take(units);
  }
  if (world.config.fan_out_bytes_per_second && world.fan_out_bytes > 0) {
    debt = std::max(debt, account.fan_out_bytes.debt_after(world.fan_out_bytes, now));
    account.fan_out_bytes.take(world.fan_out_bytes);
  }
  world.fan_out_bytes = 0;
  pause_reading(world, connection, debt);
}

}  // namespace

void make_budgets(const World& world, Account& account) {
  const ServerConfig& config = world.config;
  const Instant now = world.now.instant;
  if (config.messages_per_second)
    account.messages = TokenBucket(*config.messages_per_second, config.message_burst, now);
  if (config.chat_bytes_per_second) {
    const double burst = std::max(*config.chat_bytes_per_second, static_cast<double>(config.body_size_max));
    account.octets = TokenBucket(*config.chat_bytes_per_second, burst, now);
  }
  if (config.command_units_per_second)
    account.command_units = TokenBucket(*config.command_units_per_second, config.command_units_burst, now);
  if (config.fan_out_bytes_per_second)
    account.fan_out_bytes = TokenBucket(*config.fan_out_bytes_per_second, config.fan_out_bytes_burst, now);
}

Answer begin_command(World& world, Connection& connection, Verb verb) {
  world.fan_out_bytes = 0;
  world.has_paid_message = false;
  if (connection.phase != Phase::in || is_always_taken(verb)) return kAnswered;
  Account& account = *connection.account;
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.command_units_per_second) debt = account.command_units.debt_after(0, now);
  if (world.config.fan_out_bytes_per_second) debt = std::max(debt, account.fan_out_bytes.debt_after(0, now));
  if (debt > kRateDebtMax) return rate_exceeded(debt);
  return kAnswered;
}

void end_command(World& world, Connection& connection, const Frame& frame, bool is_refused) {
  if (connection.account == nullptr) return;
  // A repeated SAY is answered and not sent out: it costs what a refused one does.
  const bool is_answer_only = is_refused || (frame.verb == Verb::say && !world.has_paid_message);
  pay(world, connection, is_answer_only ? std::max(units_of(frame), 1.0) : units_of(frame));
}

void end_broken_line(World& world, Connection& connection) {
  if (connection.account != nullptr) pay(world, connection, 1);
}

void spend_fan_out(World& world, std::size_t bytes, std::size_t receiver_count) {
  world.fan_out_bytes += static_cast<double>(bytes) * static_cast<double>(receiver_count);
}

Answer take_message(World& world, Connection& connection, std::size_t body_size) {
  Account& account = *connection.account;
  const Instant now = world.now.instant;
  const auto bytes = static_cast<double>(body_size);
  Nanoseconds debt{0};
  if (world.config.messages_per_second) debt = account.messages.debt_after(1, now);
  if (world.config.chat_bytes_per_second) debt = std::max(debt, account.octets.debt_after(bytes, now));
  if (debt > kRateDebtMax) return rate_exceeded(debt);
  if (world.config.messages_per_second) account.messages.take(1);
  if (world.config.chat_bytes_per_second) account.octets.take(bytes);
  world.has_paid_message = true;
  pause_reading(world, connection, debt);
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
