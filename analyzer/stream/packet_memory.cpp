#include "analyzer/stream/packet_memory.hpp"

#include <algorithm>
#include <random>

namespace plaintalk::analyzer {
namespace {

std::uint8_t bits_of(const TcpFlags& flags) {
  return static_cast<std::uint8_t>(flags.fin | flags.syn << 1 | flags.rst << 2 | flags.psh << 3 |
                                   flags.ack << 4 | flags.urg << 5 | flags.ece << 6 | flags.cwr << 7);
}

std::uint16_t digest_of_blocks(const TcpSegment& segment) {
  std::uint32_t digest = segment.sack_count;
  for (std::size_t index = 0; index < segment.sack_count; ++index)
    digest = (digest * 0x9E3779B1U + segment.sack[index].left) * 0x85EBCA6BU + segment.sack[index].right;
  return static_cast<std::uint16_t>(digest ^ digest >> 16U);
}

bool is_filled_in(ChecksumState state) {
  return state == ChecksumState::good || state == ChecksumState::unknown;
}

bool says_the_same(const SeenPacket& a, const SeenPacket& b) {
  if (a.connection != b.connection || a.direction != b.direction || a.sequence != b.sequence ||
      a.size != b.size || a.acknowledgement != b.acknowledgement || a.flags != b.flags ||
      a.ip_id != b.ip_id || a.has_timestamp != b.has_timestamp || a.timestamp != b.timestamp ||
      a.window != b.window || a.selective != b.selective)
    return false;
  if (a.checksum == b.checksum) return true;
  // Before and after the network card filled it in. The rest must be enough to know the packet by.
  return is_filled_in(a.checksum_state) != is_filled_in(b.checksum_state);
}

}  // namespace

SeenPacket SeenPacket::of(ConnectionId connection, Direction direction, const TcpSegment& segment) {
  SeenPacket seen;
  seen.connection = connection;
  seen.packet = segment.packet;
  seen.time = segment.time;
  seen.sequence = segment.sequence;
  seen.acknowledgement = segment.acknowledgement;
  seen.size = segment.payload_size;
  seen.timestamp = segment.timestamp_value.value_or(0);
  seen.observation_point = segment.observation_point;
  seen.network = segment.network();
  seen.ip_id = segment.ip_id;
  seen.checksum = segment.checksum_field;
  seen.window = segment.window;
  seen.selective = digest_of_blocks(segment);
  seen.flags = bits_of(segment.flags);
  seen.ttl = segment.ttl;
  seen.checksum_state = segment.checksum;
  seen.direction = direction;
  seen.has_timestamp = segment.timestamp_value.has_value();
  return seen;
}

// The ring grows as packets come, so a small capture costs little. No result depends on the seed.
PacketMemory::PacketMemory()
    : seed_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()),
      buckets_(kBucketCount * kBucketSize) {}

std::uint64_t PacketMemory::hash_of(const SeenPacket& packet) const {
  std::uint64_t hash = seed_ ^ (static_cast<std::uint64_t>(packet.connection) << 1U) ^
                       static_cast<std::uint64_t>(packet.direction);
  hash = (hash ^ packet.sequence) * 0x9E3779B97F4A7C15ULL;
  hash = (hash ^ (hash >> 32U) ^ packet.acknowledgement) * 0xC2B2AE3D27D4EB4FULL;
  hash = (hash ^ (hash >> 29U) ^ packet.size) * 0x165667B19E3779F9ULL;
  return hash ^ (hash >> 32U);
}

std::uint64_t PacketMemory::prefetch(const SeenPacket& packet) const {
  const std::uint64_t bucket = hash_of(packet) % kBucketCount;
  __builtin_prefetch(&buckets_[bucket * kBucketSize], 1);
  return bucket;
}

void PacketMemory::add(const SeenPacket& packet, std::uint64_t at) {
  const auto place = static_cast<std::uint32_t>(count_++ % kPacketCount);
  if (place == ring_.size())
    ring_.push_back(packet);
  else
    ring_[place] = packet;
  std::uint32_t* const bucket = &buckets_[at * kBucketSize];
  std::copy_backward(bucket, bucket + kBucketSize - 1, bucket + kBucketSize);
  bucket[0] = place + 1;
}

SeenPacket* PacketMemory::find(const SeenPacket& packet, std::uint64_t place) {
  const std::uint32_t* const bucket = &buckets_[place * kBucketSize];
  for (std::size_t index = 0; index < kBucketSize && bucket[index] != 0; ++index) {
    SeenPacket& seen = ring_[bucket[index] - 1];
    if (says_the_same(seen, packet)) return &seen;
  }
  return nullptr;
}

}  // namespace plaintalk::analyzer
