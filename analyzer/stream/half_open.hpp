// Connections of which one SYN has been seen and nothing else. A scan or a flood leaves millions of them, so
// each is kept as what that packet said, and becomes a whole connection only when the next packet comes.
//
// They are in the order of their packets by themselves, so the longest idle one is always the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "analyzer/stream/flow_table.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

class HalfOpen {
 public:
  struct Attempt {
    FlowKey key;
    ConnectionId id{};
    WallTime seen;  // by the clock of the capture
    std::uint64_t packet = 0;
    WallTime time;
    std::uint32_t observation_point = 0;
    std::uint32_t interface = 0;
    std::uint32_t wireshark_stream = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint32_t timestamp_value = 0;
    std::uint32_t timestamp_echo = 0;
    std::uint32_t ip_size = 0;
    std::uint32_t frame_size = 0;
    // Neighbours in the order of time.
    std::uint32_t earlier = kNone;
    std::uint32_t later = kNone;
    Tunnel tunnel;
    std::optional<std::uint16_t> vlan;
    std::optional<std::uint16_t> mss;
    std::uint16_t window = 0;
    std::uint16_t ip_id = 0;
    std::uint16_t checksum_field = 0;
    std::optional<std::uint8_t> window_shift;
    std::uint8_t ttl = 0;
    ChecksumState checksum{};
    bool source_is_lower : 1 = false;
    bool sack_permitted : 1 = false;
    bool has_timestamp : 1 = false;
    bool options_cut : 1 = false;
    bool push : 1 = false;
    bool congestion_echo : 1 = false;
    bool congestion_reduced : 1 = false;

    TcpSegment segment() const;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // Whether the packet is one that can be kept so: a SYN alone, with nothing that a rule would speak of.
  static bool fits(const TcpSegment& segment);

  std::uint32_t add(const FlowKey& key, bool source_is_lower, ConnectionId id, const TcpSegment& segment,
                    WallTime seen, std::uint32_t wireshark_stream);
  Attempt take(std::uint32_t index);
  const Attempt& at(std::uint32_t index) const { return slab_[index / kChunkSize][index % kChunkSize]; }
  std::size_t size() const { return size_; }
  // Of places that are free.
  std::size_t spare_bytes() const { return (slab_.size() * kChunkSize - size_) * sizeof(Attempt); }
  // The one that waits for longest. REQUIRES size() > 0.
  std::uint32_t first() const { return first_; }

 private:
  static constexpr std::size_t kChunkSize = 1024;
  Attempt& mutable_at(std::uint32_t index) { return slab_[index / kChunkSize][index % kChunkSize]; }

  std::vector<std::unique_ptr<Attempt[]>> slab_;
  std::uint32_t free_ = kNone;  // a list, by `later`
  std::uint32_t used_ = 0;      // of the slab
  std::uint32_t first_ = kNone;
  std::uint32_t last_ = kNone;
  std::size_t size_ = 0;
};

}  // namespace plaintalk::analyzer
