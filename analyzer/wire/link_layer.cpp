#include "analyzer/wire/link_layer.hpp"

#include <algorithm>

#include "analyzer/wire/link_views.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr int kTagCountMax = 8;
constexpr int kMplsLabelCountMax = 16;
constexpr std::uint16_t kEtherTypeMin = 0x0600;
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint16_t kEtherTypeMpls = 0x8847;
constexpr std::uint16_t kEtherTypeMplsMulticast = 0x8848;
constexpr std::uint16_t kEtherTypePppoeSession = 0x8864;
constexpr std::uint32_t kLinkTypeFddi = 10;
constexpr std::size_t kFddiHeaderSize = 13;  // frame control(1) target(6) source(6), then LLC
constexpr std::uint32_t kLinkTypePppHdlc = 50;
constexpr std::uint32_t kLinkTypePppoe = 51;
constexpr std::uint32_t kLinkTypeCiscoHdlc = 104;

using Result = std::expected<Bytes, SkipReason>;

std::unexpected<SkipReason> skip(Skip kind, std::uint32_t number = 0) {
  return std::unexpected(SkipReason{kind, number});
}

// Label stack entries of four bytes; the lowest bit of the third marks the last (RFC 3032). What follows is
// only told by its first half-byte, as every router does.
Result through_mpls(Bytes frame) {
  for (int label = 0; label < kMplsLabelCountMax; ++label) {
    if (frame.size() < 5) return skip(Skip::link_header_cut);
    const bool last = (frame[2] & 1) != 0;
    frame = frame.subspan(4);
    if (!last) continue;
    const int version = frame[0] >> 4;
    if (version != 4 && version != 6) return skip(Skip::ethertype, kEtherTypeMpls);
    return frame;
  }
  return skip(Skip::ethertype, kEtherTypeMpls);
}

Result through_ppp(Bytes frame) {
  const auto ppp = PppView::parse(frame);
  if (!ppp) return skip(Skip::link_header_cut);
  if (ppp->protocol() == PppView::kMpls) return through_mpls(ppp->payload());
  if (ppp->protocol() != PppView::kIpv4 && ppp->protocol() != PppView::kIpv6)
    return skip(Skip::ppp_protocol, ppp->protocol());
  return ppp->payload();
}

Result through_pppoe(Bytes frame) {
  const auto pppoe = PppoeView::parse(frame);
  if (!pppoe) return skip(Skip::link_header_cut);
  if (!pppoe->is_session_data()) return skip(Skip::ethertype, 0x8863);
  return through_ppp(pppoe->payload());
}

Result through_llc(Bytes frame, std::uint16_t& ethertype) {
  const auto llc = LlcView::parse(frame);
  if (!llc) return skip(Skip::link_header_cut);
  if (llc->is_ip()) {
    ethertype = kEtherTypeIpv4;
    return llc->payload();
  }
  if (!llc->is_snap()) return skip(Skip::llc_frame, llc->service_access_point());
  ethertype = llc->snap_ethertype();
  return llc->snap_payload();
}

Result through_ethertype(std::uint16_t ethertype, Bytes rest, std::optional<std::uint16_t>& vlan) {
  for (int tag_count = 0; tag_count <= kTagCountMax; ++tag_count) {
    if (ethertype == kEtherTypeIpv4 || ethertype == kEtherTypeIpv6) return rest;
    if (ethertype == kEtherTypePppoeSession) return through_pppoe(rest);
    if (ethertype == kEtherTypeMpls || ethertype == kEtherTypeMplsMulticast) return through_mpls(rest);
    if (ethertype < kEtherTypeMin) {
      const Result inner = through_llc(rest, ethertype);
      if (!inner) return inner;
      // An EtherType below the minimum inside SNAP would loop: it means nothing.
      if (ethertype < kEtherTypeMin) return skip(Skip::ethertype, ethertype);
      rest = *inner;
      continue;
    }
    if (!VlanTagView::is_tag(ethertype)) return skip(Skip::ethertype, ethertype);
    const auto tag = VlanTagView::parse(rest);
    if (!tag) return skip(Skip::link_header_cut);
    vlan = tag->vlan();
    ethertype = tag->ethertype();
    rest = tag->payload();
  }
  return skip(Skip::too_many_tags);
}

std::uint32_t mix(std::uint32_t interface, std::uint32_t device, std::uint32_t packet_type) {
  return (interface * 0x9E3779B1U) ^ (device * 0x85EBCA6BU) ^ (packet_type == 4 ? 0x40000000U : 0U);
}

Result through_link(const PacketRecord& record, NetworkPacket& packet) {
  const Bytes frame = record.bytes;
  switch (record.link_type) {
    case LinkType::ethernet: {
      const auto ethernet = EthernetView::parse(frame);
      if (!ethernet) return skip(Skip::link_header_cut);
      return through_ethertype(ethernet->ethertype(), ethernet->payload(), packet.vlan);
    }
    case LinkType::linux_sll: {
      const auto cooked = SllView::parse(frame);
      if (!cooked) return skip(Skip::link_header_cut);
      packet.observation_point = mix(record.interface, 0, cooked->packet_type());
      return through_ethertype(cooked->ethertype(), cooked->payload(), packet.vlan);
    }
    case LinkType::linux_sll2: {
      const auto cooked = Sll2View::parse(frame);
      if (!cooked) return skip(Skip::link_header_cut);
      packet.observation_point = mix(record.interface, cooked->device(), cooked->packet_type());
      return through_ethertype(cooked->ethertype(), cooked->payload(), packet.vlan);
    }
    case LinkType::null:
    case LinkType::loop: {
      const auto null = NullView::parse(frame);
      if (!null) return skip(Skip::link_header_cut);
      if (!null->is_ipv4() && !null->is_ipv6()) return skip(Skip::address_family, null->family());
      return null->payload();
    }
    case LinkType::ppp: return through_ppp(frame);
    case LinkType::raw_12:
    case LinkType::raw_14:
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6: return frame;
  }
  switch (static_cast<std::uint32_t>(record.link_type)) {
    case kLinkTypeFddi:
      if (frame.size() < kFddiHeaderSize) return skip(Skip::link_header_cut);
      return through_ethertype(0, frame.subspan(kFddiHeaderSize), packet.vlan);
    case kLinkTypePppHdlc: return through_ppp(frame);
    case kLinkTypePppoe: return through_pppoe(frame);
    case kLinkTypeCiscoHdlc:
      if (frame.size() < 4) return skip(Skip::link_header_cut);
      return through_ethertype(be16(frame, 2), frame.subspan(4), packet.vlan);
    default: return skip(Skip::link_type, static_cast<std::uint32_t>(record.link_type));
  }
}

}  // namespace

std::expected<NetworkPacket, SkipReason> network_packet_of(const PacketRecord& record) {
  NetworkPacket packet;
  packet.observation_point = record.interface;
  const Result network = through_link(record, packet);
  if (!network) return std::unexpected(network.error());
  packet.bytes = *network;
  const std::size_t hidden =
      record.original_size > record.bytes.size() ? record.original_size - record.bytes.size() : 0;
  packet.wire_size = packet.bytes.size() + hidden;
  return packet;
}

}  // namespace plaintalk::analyzer
