#include "messenger/core/address_budgets.hpp"

#include <algorithm>

#include "messenger/core/address_table.hpp"

namespace plaintalk::messenger::core {

BudgetLimits budget_limits(const ServerConfig& config, double user_count) {
  BudgetLimits limits;
  const auto limit = [&](double rate, double burst) {
    return BucketLimit(rate * user_count, burst * user_count);
  };
  if (config.messages_per_second) limits.messages = limit(*config.messages_per_second, config.message_burst);
  if (config.chat_bytes_per_second) {
    const double burst = std::max(*config.chat_bytes_per_second, static_cast<double>(config.body_size_max));
    limits.chat_bytes = limit(*config.chat_bytes_per_second, burst);
  }
  if (config.command_units_per_second)
    limits.command_units = limit(*config.command_units_per_second, config.command_units_burst);
  if (config.fan_out_bytes_per_second)
    limits.fan_out_bytes = limit(*config.fan_out_bytes_per_second, config.fan_out_bytes_burst);
  return limits;
}

Budget& AddressBudgets::of(const IpAddress& address) {
  const IpAddress key = address_key(address);
  // Many commands in a row come from one connection.
  if (!entries_.empty() && entries_.front().address == key) return entries_.front().budget;
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->budget;
  }
  if (entries_.size() >= kEntryCountMax) {
    places_.erase(entries_.back().address);
    entries_.pop_back();
  }
  entries_.push_front({key, Budget{}});
  places_.emplace(key, entries_.begin());
  return entries_.front().budget;
}

}  // namespace plaintalk::messenger::core
