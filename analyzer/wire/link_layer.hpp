// From a captured frame, or from what a tunnel carries, to the IP packet inside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "analyzer/wire/skip_reason.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

struct NetworkPacket {
  Bytes bytes;                // starts with the IP header; padding or a trailer may follow the packet
  std::size_t wire_size = 0;  // how many bytes there were on the wire from here on, at least bytes.size()
  std::optional<std::uint16_t> vlan;
  std::uint32_t observation_point = 0;
  // Of a frame with several packets (A-MSDU): where they stand, and `bytes` is empty. See take_packet().
  Bytes aggregate;
  std::uint32_t frame_size = 0;  // of the part of the frame that is this packet's; of an aggregate, before it
};

std::expected<NetworkPacket, SkipReason> network_packet_of(const PacketRecord& record);
// The next packet of an aggregate, which it is taken from; nothing at its end.
std::optional<std::expected<NetworkPacket, SkipReason>> take_packet(NetworkPacket& frame);
// The packet inside a tunnel: seen at the same place as the one around it.
std::expected<NetworkPacket, SkipReason> network_packet_inside(std::uint16_t ethertype, Bytes bytes,
                                                               std::size_t wire_size,
                                                               const NetworkPacket& outer);

}  // namespace plaintalk::analyzer
