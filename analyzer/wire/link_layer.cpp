#include "analyzer/wire/link_layer.hpp"

#include <algorithm>

#include "analyzer/wire/encapsulation.hpp"
#include "analyzer/wire/link_views.hpp"
#include "analyzer/wire/other_links.hpp"
#include "analyzer/wire/wifi_frame.hpp"

namespace plaintalk::analyzer {
namespace {

std::uint32_t mix(std::uint32_t interface, std::uint32_t device, std::uint32_t packet_type) {
  return (interface * 0x9E3779B1U) ^ (device * 0x85EBCA6BU) ^ (packet_type == 4 ? 0x40000000U : 0U);
}

EncapsulatedIp through_link(const PacketRecord& record, NetworkPacket& packet) {
  const Bytes frame = record.bytes;
  switch (record.link_type) {
    case LinkType::ethernet: {
      const auto ethernet = EthernetView::parse(frame);
      if (!ethernet) return no_segment(Skip::link_header_cut);
      return through_ethertype(ethernet->ethertype(), ethernet->payload(), packet.vlan);
    }
    case LinkType::linux_sll: {
      const auto cooked = SllView::parse(frame);
      if (!cooked) return no_segment(Skip::link_header_cut);
      packet.observation_point = mix(record.interface, 0, cooked->packet_type());
      return through_ethertype(cooked->ethertype(), cooked->payload(), packet.vlan);
    }
    case LinkType::linux_sll2: {
      const auto cooked = Sll2View::parse(frame);
      if (!cooked) return no_segment(Skip::link_header_cut);
      packet.observation_point = mix(record.interface, cooked->device(), cooked->packet_type());
      return through_ethertype(cooked->ethertype(), cooked->payload(), packet.vlan);
    }
    case LinkType::null:
    case LinkType::loop: {
      const auto null = NullView::parse(frame);
      if (!null) return no_segment(Skip::link_header_cut);
      if (!null->is_ipv4() && !null->is_ipv6()) return no_segment(Skip::address_family, null->family());
      return null->payload();
    }
    case LinkType::ppp: return through_ppp(frame);
    case LinkType::raw_12:
    case LinkType::raw_14:
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6: return frame;
  }
  return through_other_link(static_cast<std::uint32_t>(record.link_type), frame, packet.vlan,
                            packet.aggregate);
}

}  // namespace

std::expected<NetworkPacket, SkipReason> network_packet_of(const PacketRecord& record) {
  NetworkPacket packet;
  packet.observation_point = record.interface;
  packet.frame_size = record.original_size;
  const EncapsulatedIp network = through_link(record, packet);
  if (!packet.aggregate.empty()) {
    packet.frame_size -=
        static_cast<std::uint32_t>(std::min<std::size_t>(packet.aggregate.size(), record.original_size));
    return packet;
  }
  if (!network) return std::unexpected(network.error());
  packet.bytes = *network;
  const std::size_t hidden =
      record.original_size > record.bytes.size() ? record.original_size - record.bytes.size() : 0;
  packet.wire_size = packet.bytes.size() + hidden;
  return packet;
}

std::optional<std::expected<NetworkPacket, SkipReason>> take_packet(NetworkPacket& frame) {
  const auto part = take_part(frame.aggregate);
  if (!part) return std::nullopt;
  NetworkPacket packet = frame;
  packet.aggregate = {};
  // The first one's part has what stands before all of them.
  packet.frame_size += static_cast<std::uint32_t>(part->llc.size() + part->header_and_padding_size);
  frame.frame_size = 0;
  const EncapsulatedIp network = through_ethertype(0, part->llc, packet.vlan);
  if (!network) return std::unexpected(network.error());
  packet.bytes = *network;
  packet.wire_size = part->wire_size - (part->llc.size() - packet.bytes.size());
  return packet;
}

std::expected<NetworkPacket, SkipReason> network_packet_inside(std::uint16_t ethertype, Bytes bytes,
                                                               std::size_t wire_size,
                                                               const NetworkPacket& outer) {
  NetworkPacket packet = outer;
  const EncapsulatedIp network = through_ethertype(ethertype, bytes, packet.vlan);
  if (!network) return std::unexpected(network.error());
  packet.bytes = *network;
  packet.wire_size = wire_size - (bytes.size() - packet.bytes.size());
  return packet;
}

}  // namespace plaintalk::analyzer
