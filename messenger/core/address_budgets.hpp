// What all guests of one address may do together, beside what each of them may: a new name gives nobody a new
// allowance. Accounts with a password are not counted here.
//
// A table of fixed size; the address unused for longest makes room.
#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "base/endpoint.hpp"
#include "messenger/core/server_config.hpp"
#include "messenger/core/token_bucket.hpp"

namespace plaintalk::messenger::core {

// Buckets of limits that are switched off are not to be used.
struct Budget {
  TokenBucket messages;
  TokenBucket chat_bytes;
  TokenBucket command_units;
  TokenBucket fan_out_bytes;
};
struct BudgetLimits {
  BucketLimit messages;
  BucketLimit chat_bytes;
  BucketLimit command_units;
  BucketLimit fan_out_bytes;
};
// As large as those of so many users.
BudgetLimits budget_limits(const ServerConfig& config, double user_count);

class AddressBudgets {
 public:
  static constexpr std::size_t kEntryCountMax = 4096;

  // Valid until the next call.
  Budget& of(const IpAddress& address);

 private:
  struct Entry {
    IpAddress address;
    Budget budget;
  };
  std::list<Entry> entries_;  // the latest used first
  std::map<IpAddress, std::list<Entry>::iterator> places_;
};

}  // namespace plaintalk::messenger::core
