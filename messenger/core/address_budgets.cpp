#include "messenger/core/address_budgets.hpp"

#include <algorithm>

#include "messenger/core/address_table.hpp"

namespace plaintalk::messenger::core {

Budget make_budget(const ServerConfig& config, double user_count, Instant now) {
  Budget budget;
  const auto bucket = [&](double rate, double burst) {
    return TokenBucket(rate * user_count, burst * user_count, now);
  };
  if (config.messages_per_second) budget.messages = bucket(*config.messages_per_second, config.message_burst);
  if (config.chat_bytes_per_second) {
    const double burst = std::max(*config.chat_bytes_per_second, static_cast<double>(config.body_size_max));
    budget.chat_bytes = bucket(*config.chat_bytes_per_second, burst);
  }
  if (config.command_units_per_second)
    budget.command_units = bucket(*config.command_units_per_second, config.command_units_burst);
  if (config.fan_out_bytes_per_second)
    budget.fan_out_bytes = bucket(*config.fan_out_bytes_per_second, config.fan_out_bytes_burst);
  return budget;
}

Budget& AddressBudgets::of(const IpAddress& address, Instant now) {
  const IpAddress key = address_key(address);
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->budget;
  }
  if (entries_.size() >= kEntryCountMax) {
    places_.erase(entries_.back().address);
    entries_.pop_back();
  }
  entries_.push_front({key, make_budget(config_, config_.guest_users_per_address, now)});
  places_.emplace(key, entries_.begin());
  return entries_.front().budget;
}

}  // namespace plaintalk::messenger::core
