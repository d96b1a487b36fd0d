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

GuessLimiter::GuessLimiter(double guesses_per_minute)
    : address_limit_(guesses_per_minute * kAddressFactor / 60, guesses_per_minute * kAddressFactor),
      name_limit_(guesses_per_minute / 60, guesses_per_minute) {}

TokenBucket& GuessLimiter::Table::bucket(const std::string& key) {
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->bucket;
  }
  if (entries_.size() >= kEntryCountMax) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, TokenBucket{}});
  places_.emplace(entries_.front().key, entries_.begin());
  return entries_.front().bucket;
}

TokenBucket& GuessLimiter::of_address(const IpAddress& address) {
  return addresses_.bucket(key_text(address));
}

TokenBucket& GuessLimiter::of_name(const IpAddress& address, std::string_view name) {
  return names_.bucket(key_text(address) + std::string(name));
}

Nanoseconds GuessLimiter::wait(const IpAddress& address, std::string_view name, Instant now) {
  // First the address: whoever has used that up adds no more names.
  const Nanoseconds wait = of_address(address).debt_after(address_limit_, 1, now);
  return wait > Nanoseconds{0} ? wait : of_name(address, name).debt_after(name_limit_, 1, now);
}

void GuessLimiter::take(const IpAddress& address, std::string_view name, Instant now) {
  of_address(address).take(address_limit_, 1, now);
  of_name(address, name).take(name_limit_, 1, now);
}

void GuessLimiter::give_back(const IpAddress& address, std::string_view name, Instant now) {
  of_address(address).take(address_limit_, -1, now);
  of_name(address, name).take(name_limit_, -1, now);
}

}  // namespace plaintalk::messenger::core
