// How often passwords may be guessed: so many a minute for one name from one address, and ten times as many
// from one address in all. A name is never locked as such, so nobody can keep its owner out from elsewhere.
//
// Both tables have a fixed size; the entry unused for longest makes room. One address adds no more entries
// than it has guesses.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "messenger/core/token_bucket.hpp"

namespace plaintalk::messenger::core {

class GuessLimiter {
 public:
  static constexpr std::size_t kEntryCountMax = 4096;  // of each table
  static constexpr double kAddressFactor = 10;

  explicit GuessLimiter(double guesses_per_minute);

  // How long this address has to wait before it may try this name; nothing is taken.
  Nanoseconds wait(const IpAddress& address, std::string_view name, Instant now);
  void take(const IpAddress& address, std::string_view name, Instant now);
  // The password was right: it was no guess.
  void give_back(const IpAddress& address, std::string_view name, Instant now);

 private:
  class Table {
   public:
    TokenBucket& bucket(const std::string& key);

   private:
    struct Entry {
      std::string key;
      TokenBucket bucket;
    };
    std::list<Entry> entries_;  // the latest used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> places_;
  };
  TokenBucket& of_address(const IpAddress& address);
  TokenBucket& of_name(const IpAddress& address, std::string_view name);

  BucketLimit address_limit_;
  BucketLimit name_limit_;
  Table addresses_;
  Table names_;
};

}  // namespace plaintalk::messenger::core
