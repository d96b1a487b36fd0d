// Finds a connection by its two endpoints. Open addressing with linear probing; the hash only chooses where
// to look, the whole key decides (a table keyed by a 32-bit hash merges strangers). The hash is seeded, so
// that a capture cannot be made to collide.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"

namespace plaintalk::analyzer {

// Both directions of a connection have the same key: the lower endpoint comes first.
struct FlowKey {
  std::array<std::uint64_t, 4> addresses{};
  std::uint32_t ports = 0;
  std::uint32_t is_v6 = 0;
  bool operator==(const FlowKey&) const = default;

  static FlowKey of(const Endpoint& source, const Endpoint& target, bool& source_is_lower);
  Endpoint endpoint(bool lower) const;
  // REQUIRES: it is the key of these two.
  bool is_lower(const Endpoint& source, const Endpoint& target) const {
    if (source.port == target.port) return has_lower_address(source);
    return source.port == ports >> 16U;
  }

 private:
  bool has_lower_address(const Endpoint& endpoint) const;
};

class FlowTable {
 public:
  FlowTable();

  std::uint64_t hash_of(const FlowKey& key) const;
  // The index that was inserted for the key.
  template <typename KeyOf>
  std::optional<std::uint32_t> find(const FlowKey& key, std::uint64_t hash, const KeyOf& key_of) const {
    for (std::size_t at = hash & mask_; slots_[at].index != kEmpty; at = (at + 1) & mask_)
      if (slots_[at].tag == tag_of(hash) && key_of(slots_[at].index) == key) return slots_[at].index;
    return std::nullopt;
  }
  template <typename KeyOf>
  std::optional<std::uint32_t> find(const FlowKey& key, const KeyOf& key_of) const {
    return find(key, hash_of(key), key_of);
  }
  // For what will be looked for soon: has it fetched into the cache, and then says what will probably be
  // found.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  std::optional<std::uint32_t> probable(std::uint64_t hash) const {
    const Slot& slot = slots_[hash & mask_];
    return slot.index != kEmpty && slot.tag == tag_of(hash) ? std::optional(slot.index) : std::nullopt;
  }
  // The key must not be there yet.
  void insert(const FlowKey& key, std::uint32_t index);
  // The pair must be there.
  void erase(const FlowKey& key, std::uint32_t index);
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};
  struct Slot {
    std::uint32_t tag =
        0;  // the upper half of the hash: saves most looks at other keys, and serves to move slots
    std::uint32_t index = kEmpty;
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

  void place(Slot slot);
  void grow();

  std::uint64_t seed_;
  std::vector<Slot> slots_;
  std::size_t mask_;
  std::size_t size_ = 0;
};

}  // namespace plaintalk::analyzer
