// The packets seen lately, of all connections together: what a copy is recognised by (rule 1).
//
// A ring of fixed size keeps them in the order of the capture, and a table of buckets finds the newest one
// that is alike, so that a copy may come after any number of other packets and each look costs the same.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

struct SeenPacket {
  ConnectionId connection{};
  std::uint64_t packet = 0;
  WallTime time;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint32_t size = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t observation_point = 0;
  std::uint32_t network = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t checksum = 0;
  std::uint16_t window = 0;
  std::uint16_t selective =
      0;  // of its selective blocks, so that two acknowledgements that differ do so here
  std::uint8_t flags = 0;
  std::uint8_t ttl = 0;
  ChecksumState checksum_state = ChecksumState::unknown;
  Direction direction{};
  bool has_timestamp = false;
  bool has_copy = false;  // one was recognised at the same place

  static SeenPacket of(ConnectionId connection, Direction direction, const TcpSegment& segment);
  // Seen somewhere else along the way: another interface or network, or behind another router.
  bool is_elsewhere(const SeenPacket& other) const {
    return observation_point != other.observation_point || ttl != other.ttl || network != other.network;
  }
};

class PacketMemory {
 public:
  static constexpr std::size_t kPacketCount = 65536;

  PacketMemory();
  // Where it will belong: fetched into the cache meanwhile, for it is somewhere else for each packet.
  std::uint64_t prefetch(const SeenPacket& packet) const;
  void add(const SeenPacket& packet, std::uint64_t place);  // that prefetch() gave
  void add(const SeenPacket& packet) { add(packet, prefetch(packet)); }
  // The newest that says the same; valid until the next add(). Checksums may differ where one is not filled
  // in.
  SeenPacket* find(const SeenPacket& packet, std::uint64_t place);
  SeenPacket* find(const SeenPacket& packet) { return find(packet, prefetch(packet)); }

 private:
  static constexpr std::size_t kBucketSize = 4;
  static constexpr std::size_t kBucketCount = kPacketCount / 2;
  std::uint64_t hash_of(const SeenPacket& packet) const;

  std::uint64_t seed_;
  std::vector<SeenPacket> ring_;  // grows up to kPacketCount
  // Places in the ring, the newest of each bucket first; from 1, 0: none.
  std::vector<std::uint32_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace plaintalk::analyzer
