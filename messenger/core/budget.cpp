#include "messenger/core/budget.hpp"

#include <algorithm>
#include <utility>

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

// How long one of the buckets is in debt afterwards.
Nanoseconds take_command(const ServerConfig& config, Budget& budget, double units, double fan_out_bytes,
                         Instant now) {
  Nanoseconds debt{0};
  if (config.command_units_per_second && units > 0) {
    debt = budget.command_units.debt_after(units, now);
    budget.command_units.take(units);
  }
  if (config.fan_out_bytes_per_second && fan_out_bytes > 0) {
    debt = std::max(debt, budget.fan_out_bytes.debt_after(fan_out_bytes, now));
    budget.fan_out_bytes.take(fan_out_bytes);
  }
  return debt;
}

// What all guests of the address share; nothing for an account with a password.
Budget* shared_budget(World& world, const Connection& connection) {
  if (world.account_of(connection).is_registered()) return nullptr;
  return &world.address_budgets.of(connection.client.address, world.now.instant);
}

void pay(World& world, Connection& connection, double units) {
  const double fan_out_bytes = std::exchange(world.fan_out_bytes, 0);
  const ServerConfig& config = world.config;
  if (!config.command_units_per_second && !config.fan_out_bytes_per_second) return;
  const Instant now = world.now.instant;
  Nanoseconds debt = take_command(config, world.account_of(connection).budget, units, fan_out_bytes, now);
  if (Budget* shared = shared_budget(world, connection))
    debt = std::max(debt, take_command(config, *shared, units, fan_out_bytes, now));
  pause_reading(world, connection, debt);
}

Nanoseconds message_debt(const ServerConfig& config, Budget& budget, double bytes, Instant now) {
  Nanoseconds debt{0};
  if (config.messages_per_second) debt = budget.messages.debt_after(1, now);
  if (config.chat_bytes_per_second) debt = std::max(debt, budget.chat_bytes.debt_after(bytes, now));
  return debt;
}

// REQUIRES: message_debt() was asked at this moment.
void take_one_message(const ServerConfig& config, Budget& budget, double bytes) {
  if (config.messages_per_second) budget.messages.take(1);
  if (config.chat_bytes_per_second) budget.chat_bytes.take(bytes);
}

}  // namespace

Answer begin_command(World& world, Connection& connection, Verb verb) {
  world.fan_out_bytes = 0;
  world.has_paid_message = false;
  if (connection.phase != Phase::in || is_always_taken(verb)) return kAnswered;
  Account& account = world.account_of(connection);
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.command_units_per_second) debt = account.budget.command_units.debt_after(0, now);
  if (world.config.fan_out_bytes_per_second)
    debt = std::max(debt, account.budget.fan_out_bytes.debt_after(0, now));
  if (debt > kRateDebtMax) return rate_exceeded(debt);
  return kAnswered;
}

void end_command(World& world, Connection& connection, const Frame& frame, bool is_refused) {
  if (connection.account.is_none()) return;
  // A repeated SAY is answered and not sent out: it costs what a refused one does.
  const bool is_answer_only = is_refused || (frame.verb == Verb::say && !world.has_paid_message);
  pay(world, connection, is_answer_only ? std::max(units_of(frame), 1.0) : units_of(frame));
}

void end_broken_line(World& world, Connection& connection) {
  if (!connection.account.is_none()) pay(world, connection, 1);
}

void spend_fan_out(World& world, std::size_t bytes, std::size_t receiver_count) {
  world.fan_out_bytes += static_cast<double>(bytes) * static_cast<double>(receiver_count);
}

void pay_fan_out(World& world, Account& account) {
  const double bytes = std::exchange(world.fan_out_bytes, 0);
  take_command(world.config, account.budget, 0, bytes, world.now.instant);
}

Answer take_message(World& world, Connection& connection, std::size_t body_size) {
  world.has_paid_message = true;
  const ServerConfig& config = world.config;
  if (!config.messages_per_second && !config.chat_bytes_per_second) return kAnswered;
  Budget& own = world.account_of(connection).budget;
  const Instant now = world.now.instant;
  const auto bytes = static_cast<double>(body_size);
  Nanoseconds debt = message_debt(config, own, bytes, now);
  if (debt > kRateDebtMax) {
    world.has_paid_message = false;
    return rate_exceeded(debt);
  }
  take_one_message(config, own, bytes);
  if (Budget* shared = shared_budget(world, connection)) {
    debt = std::max(debt, message_debt(config, *shared, bytes, now));
    take_one_message(config, *shared, bytes);
  }
  pause_reading(world, connection, debt);
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
