#include "messenger/core/guess_limiter.hpp"

#include <algorithm>

#include "messenger/core/address_table.hpp"

namespace plaintalk::messenger::core {
namespace {

std::string key_text(const IpAddress& address) {
  const IpAddress key = address_key(address);
  std::string text(1, key.is_v6 ? '6' : '4');
  for (const std::uint8_t byte : key.octets) text += static_cast<char>(byte);
  return text;
}

}  // namespace

TokenBucket& GuessLimiter::Table::bucket(const std::string& key, double per_minute, Instant now) {
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->bucket;
  }
  if (entries_.size() >= kEntryCountMax) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, TokenBucket(per_minute / 60, per_minute, now)});
  places_.emplace(entries_.front().key, entries_.begin());
  return entries_.front().bucket;
}

TokenBucket& GuessLimiter::of_address(const IpAddress& address, Instant now) {
  return addresses_.bucket(key_text(address), guesses_per_minute_ * kAddressFactor, now);
}

TokenBucket& GuessLimiter::of_name(const IpAddress& address, std::string_view name, Instant now) {
  return names_.bucket(key_text(address) + std::string(name), guesses_per_minute_, now);
}

Nanoseconds GuessLimiter::wait(const IpAddress& address, std::string_view name, Instant now) {
  // First the address: whoever has used that up adds no more names.
  const Nanoseconds wait = of_address(address, now).debt_after(1, now);
  return wait > Nanoseconds{0} ? wait : of_name(address, name, now).debt_after(1, now);
}

void GuessLimiter::take(const IpAddress& address, std::string_view name, Instant now) {
  for (TokenBucket* bucket : {&of_address(address, now), &of_name(address, name, now)}) {
    bucket->debt_after(1, now);
    bucket->take(1);
  }
}

void GuessLimiter::give_back(const IpAddress& address, std::string_view name, Instant now) {
  for (TokenBucket* bucket : {&of_address(address, now), &of_name(address, name, now)}) {
    bucket->debt_after(0, now);
    bucket->take(-1);
  }
}

}  // namespace plaintalk::messenger::core
