#include "messenger/core/budget.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "messenger/core/timers.hpp"

namespace plaintalk::messenger::core {
namespace {

constexpr double kBlankLineUnits = 0.01;  // what one costs the server beside a command

// In units of command_units_per_second. Chunks of files have a credit of their own and messages a rate: these
// cost nothing here unless they are refused, or the chunk is small.
double units_of(const Frame& frame) {
  switch (frame.verb) {
    case Verb::say:
    case Verb::data:
    case Verb::credit:
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

struct Payer {
  Budget& budget;
  const BudgetLimits& limits;
};

// How long one of the buckets is in debt afterwards.
Nanoseconds take_command(const World& world, const Payer& payer, double units, double fan_out_bytes) {
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.command_units_per_second && units > 0)
    debt = payer.budget.command_units.take(payer.limits.command_units, units, now);
  if (world.config.fan_out_bytes_per_second && fan_out_bytes > 0)
    debt = std::max(debt, payer.budget.fan_out_bytes.take(payer.limits.fan_out_bytes, fan_out_bytes, now));
  return debt;
}

Payer own_budget(World& world, Account& account) { return {account.budget, world.user_limits}; }

// What all guests of the address share; nothing for an account with a password.
std::optional<Payer> shared_budget(World& world, const Connection& connection) {
  if (world.account_of(connection).is_registered()) return std::nullopt;
  return Payer{world.address_budgets.of(connection.client.address), world.address_limits};
}

void pay(World& world, Connection& connection, double units) {
  const double fan_out_bytes = std::exchange(world.fan_out_bytes, 0);
  if (!world.config.command_units_per_second && !world.config.fan_out_bytes_per_second) return;
  Nanoseconds debt =
      take_command(world, own_budget(world, world.account_of(connection)), units, fan_out_bytes);
  if (const auto shared = shared_budget(world, connection))
    debt = std::max(debt, take_command(world, *shared, units, fan_out_bytes));
  pause_reading(world, connection, debt);
}

Nanoseconds message_debt(const World& world, const Payer& payer, double bytes) {
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.messages_per_second)
    debt = payer.budget.messages.debt_after(payer.limits.messages, 1, now);
  if (world.config.chat_bytes_per_second)
    debt = std::max(debt, payer.budget.chat_bytes.debt_after(payer.limits.chat_bytes, bytes, now));
  return debt;
}

// How long one of the buckets is in debt afterwards.
Nanoseconds take_one_message(const World& world, const Payer& payer, double bytes) {
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.messages_per_second) debt = payer.budget.messages.take(payer.limits.messages, 1, now);
  if (world.config.chat_bytes_per_second)
    debt = std::max(debt, payer.budget.chat_bytes.take(payer.limits.chat_bytes, bytes, now));
  return debt;
}

}  // namespace

Answer begin_command(World& world, Connection& connection, Verb verb) {
  world.fan_out_bytes = 0;
  world.has_paid_message = false;
  world.has_paid_credit = false;
  if (connection.phase != Phase::in || is_always_taken(verb)) return kAnswered;
  const Budget& budget = world.account_of(connection).budget;
  const Instant now = world.now.instant;
  Nanoseconds debt{0};
  if (world.config.command_units_per_second)
    debt = budget.command_units.debt_after(world.user_limits.command_units, 0, now);
  if (world.config.fan_out_bytes_per_second)
    debt = std::max(debt, budget.fan_out_bytes.debt_after(world.user_limits.fan_out_bytes, 0, now));
  if (debt > kRateDebtMax) return rate_exceeded(debt);
  return kAnswered;
}

void end_command(World& world, Connection& connection, const Frame& frame, bool is_refused) {
  if (connection.account.is_none()) return;
  // A repeated SAY is answered and not sent out: it costs what a refused one does.
  const bool is_chunk = frame.verb == Verb::data || frame.verb == Verb::credit;
  const bool is_answer_only = is_refused || (frame.verb == Verb::say && !world.has_paid_message) ||
                              (is_chunk && !world.has_paid_credit);
  pay(world, connection, is_answer_only ? std::max(units_of(frame), 1.0) : units_of(frame));
}

void end_broken_line(World& world, Connection& connection) {
  if (!connection.account.is_none()) pay(world, connection, 1);
}

void end_blank_lines(World& world, Connection& connection, std::size_t count) {
  if (count > 0 && !connection.account.is_none())
    pay(world, connection, kBlankLineUnits * static_cast<double>(count));
}

void spend_fan_out(World& world, std::size_t bytes, std::size_t receiver_count) {
  world.fan_out_bytes += static_cast<double>(bytes) * static_cast<double>(receiver_count);
}

void pay_fan_out(World& world, Account& account) {
  const double bytes = std::exchange(world.fan_out_bytes, 0);
  take_command(world, own_budget(world, account), 0, bytes);
}

std::size_t free_chunk_size_min(const ServerConfig& config) {
  return std::min<std::size_t>(1024, config.chunk_size_max);
}

Answer take_message(World& world, Connection& connection, std::size_t body_size) {
  world.has_paid_message = true;
  const ServerConfig& config = world.config;
  if (!config.messages_per_second && !config.chat_bytes_per_second) return kAnswered;
  const Payer own = own_budget(world, world.account_of(connection));
  const auto bytes = static_cast<double>(body_size);
  Nanoseconds debt = message_debt(world, own, bytes);
  if (debt > kRateDebtMax) {
    world.has_paid_message = false;
    return rate_exceeded(debt);
  }
  take_one_message(world, own, bytes);
  if (const auto shared = shared_budget(world, connection))
    debt = std::max(debt, take_one_message(world, *shared, bytes));
  pause_reading(world, connection, debt);
  return kAnswered;
}

}  // namespace plaintalk::messenger::core
