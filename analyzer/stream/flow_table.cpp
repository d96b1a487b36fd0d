#include "analyzer/stream/flow_table.hpp"

#include <cstring>
#include <random>
#include <utility>

#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kSlotCountMin = 1024;

// The 128-bit product, its directions combined: every bit of both factors reaches every bit of the result.
std::uint64_t multiply_and_fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::array<std::uint64_t, 2> words_of(const IpAddress& address) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), address.octets.data(), sizeof words);
  return words;
}

}  // namespace

FlowKey FlowKey::of(const Endpoint& source, const Endpoint& target, bool& source_is_lower) {
  auto first = words_of(source.address);
  auto second = words_of(target.address);
  source_is_lower = std::pair(first, source.port) <= std::pair(second, target.port);
  std::uint32_t first_port = source.port;
  std::uint32_t second_port = target.port;
  if (!source_is_lower) {
    std::swap(first, second);
    std::swap(first_port, second_port);
  }
  return {{first[0], first[1], second[0], second[1]},
          first_port << 16 | second_port,
          source.address.is_v6 ? 1U : 0U};
}

// The order is that of of(), which compares words, not bytes.
bool FlowKey::has_lower_address(const Endpoint& endpoint) const {
  const auto words = words_of(endpoint.address);
  return words[0] == addresses[0] && words[1] == addresses[1];
}

Endpoint FlowKey::endpoint(bool lower) const {
  Endpoint endpoint;
  std::memcpy(endpoint.address.octets.data(), &addresses[lower ? 0 : 2], endpoint.address.octets.size());
  endpoint.address.is_v6 = is_v6 != 0;
  endpoint.port = static_cast<std::uint16_t>(lower ? ports >> 16U : ports & 0xFFFFU);
  return endpoint;
}

// No result depends on the seed: connections are numbered by their first packet, never by their place in the
// table.
FlowTable::FlowTable()
    : seed_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()),
      slots_(kSlotCountMin),
      mask_(kSlotCountMin - 1) {}

std::uint64_t FlowTable::hash_of(const FlowKey& key) const {
  std::uint64_t hash = seed_ ^ (std::uint64_t{key.ports} << 1 | key.is_v6);
  hash = multiply_and_fold(hash ^ key.addresses[0], key.addresses[1] ^ 0x9E3779B97F4A7C15ULL);
  hash = multiply_and_fold(hash ^ key.addresses[2], key.addresses[3] ^ 0xC2B2AE3D27D4EB4FULL);
  return multiply_and_fold(hash ^ seed_, 0x165667B19E3779F9ULL);
}

void FlowTable::insert(const FlowKey& key, std::uint32_t index) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  place({tag_of(hash_of(key)), index});
  ++size_;
}

void FlowTable::place(Slot slot) {
  std::size_t at = slot.tag & mask_;
  while (slots_[at].index != kEmpty) at = (at + 1) & mask_;
  slots_[at] = slot;
}

void FlowTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  check(old.size() <= std::size_t{1} << 32, "the flow table has more slots than its tags can tell apart");
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old)
    if (slot.index != kEmpty) place(slot);
}

void FlowTable::erase(const FlowKey& key, std::uint32_t index) {
  std::size_t hole = hash_of(key) & mask_;
  while (slots_[hole].index != index) {
    check(slots_[hole].index != kEmpty, "a connection is not in the flow table");
    hole = (hole + 1) & mask_;
  }
  // Moves back what was pushed behind the hole, so that no search ends too early and no tombstones pile up.
  for (std::size_t at = (hole + 1) & mask_; slots_[at].index != kEmpty; at = (at + 1) & mask_) {
    const std::size_t home = slots_[at].tag & mask_;
    if (((at - home) & mask_) >= ((at - hole) & mask_)) {
      slots_[hole] = slots_[at];
      hole = at;
    }
  }
  slots_[hole] = Slot{};
  --size_;
}

}  // namespace plaintalk::analyzer
