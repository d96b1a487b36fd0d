// What all guests of one address may do together, beside what each of them may: a new name gives nobody a new
// allowance. Accounts with a password are not counted here.
//
// A table of fixed size; the address unused for longest makes room.
#pragma once

#include <cstddef>
#include <list>
#include <map>

#include "base/endpoint.hpp"
#include "base/time.hpp"
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
// A full one, as large as that of so many users.
Budget make_budget(const ServerConfig& config, double user_count, Instant now);

class AddressBudgets {
 public:
  static constexpr std::size_t kEntryCountMax = 4096;

  explicit AddressBudgets(const ServerConfig& config) : config_(config) {}
  // Valid until the next call.
  Budget& of(const IpAddress& address, Instant now);

 private:
  struct Entry {
    IpAddress address;
    Budget budget;
  };
  const ServerConfig& config_;
  std::list<Entry> entries_;  // the latest used first
  std::map<IpAddress, std::list<Entry>::iterator> places_;
};

}  // namespace plaintalk::messenger::core
