// Some packets in a row, taken apart, with the memory that their bytes lie in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/wire/skip_reason.hpp"
#include "analyzer/wire/tcp_segment.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

struct DecodedPacket {
  PacketRecord record;
  std::optional<TcpSegment> segment;
  SkipReason skip{};        // why there is none
  bool is_further = false;  // another segment of the record before it (802.11 aggregates)
};

struct PacketBlock {
  std::vector<DecodedPacket> packets;
  std::unique_ptr<std::uint8_t[]> bytes;
  std::size_t capacity = 0;
  std::size_t used = 0;
  bool is_synthetic = false;                         // what the capture said of itself up to about here
  std::vector<std::vector<std::uint8_t>> datagrams;  // put together of fragments

  // Whether they lie in `bytes`.
  bool holds(Bytes some) const {
    const std::less_equal<> in_order;
    return !some.empty() && in_order(bytes.get(), some.data()) &&
           in_order(some.data() + some.size(), bytes.get() + used);
  }
  // Whether it is the segment of one of its packets, not a copy.
  bool holds(const TcpSegment& segment) const {
    const std::less<> before;
    const auto* const at = reinterpret_cast<const std::uint8_t*>(&segment);
    const auto* const first = reinterpret_cast<const std::uint8_t*>(packets.data());
    return !before(at, first) && before(at, first + packets.size() * sizeof(DecodedPacket));
  }
};

}  // namespace plaintalk::analyzer
