#include "analyzer/wire/other_links.hpp"

#include <algorithm>

#include "analyzer/wire/link_views.hpp"
#include "analyzer/wire/wifi_frame.hpp"

namespace plaintalk::analyzer {
namespace {

using Vlan = std::optional<std::uint16_t>;

// A frame whose EtherType stands behind `header_size` bytes: as its last two, or, with LLC, after them.
EncapsulatedIp typed_at_end(Bytes frame, std::size_t header_size, Vlan& vlan) {
  if (frame.size() < header_size) return no_segment(Skip::link_header_cut);
  return through_ethertype(be16(frame, header_size - 2), frame.subspan(header_size), vlan);
}

EncapsulatedIp llc_behind(Bytes frame, std::size_t header_size, Vlan& vlan) {
  if (frame.size() < header_size) return no_segment(Skip::link_header_cut);
  return through_ethertype(0, frame.subspan(header_size), vlan);
}

EncapsulatedIp ip_behind(Bytes frame, std::size_t header_size) {
  if (frame.size() < header_size) return no_segment(Skip::link_header_cut);
  return frame.subspan(header_size);
}

EncapsulatedIp inside_wifi(const WifiResult& content, Vlan& vlan, Bytes& aggregate) {
  if (!content) return std::unexpected(content.error());
  if (!content->is_aggregate) return through_ethertype(0, content->bytes, vlan);
  aggregate = content->bytes;
  return no_segment(Skip::wifi_aggregate);
}

// Access and frame control(2), target(6), source(6) whose top bit says that routing follows (IEEE 802.5).
EncapsulatedIp through_token_ring(Bytes frame, Vlan& vlan) {
  constexpr std::size_t kHeaderSize = 14;
  if (frame.size() < kHeaderSize + 1) return no_segment(Skip::link_header_cut);
  const bool is_routed = (frame[8] & 0x80U) != 0;
  return llc_behind(frame, kHeaderSize + (is_routed ? frame[kHeaderSize] & 0x1fU : 0U), vlan);
}

// Address of two bytes or more, the last with its lowest bit set; control 03; network layer protocol (RFC
// 2427).
EncapsulatedIp through_frame_relay(Bytes frame, Vlan& vlan) {
  constexpr std::size_t kAddressSizeMax = 4;
  std::size_t at = 0;
  while (at < frame.size() && at < kAddressSizeMax && (frame[at] & 1U) == 0) ++at;
  ++at;
  if (frame.size() < at + 3) return no_segment(Skip::link_header_cut);
  if (frame[at] != 0x03) return through_ethertype(be16(frame, at), frame.subspan(at + 2), vlan);  // Cisco's
  ++at;
  if (frame[at] == 0) ++at;  // padding
  if (frame.size() < at + 6) return no_segment(Skip::link_header_cut);
  switch (frame[at]) {
    case 0xcc:
    case 0x8e: return frame.subspan(at + 1);
    case 0x80: return typed_at_end(frame, at + 6, vlan);  // SNAP: organisation(3), EtherType(2)
    default: return no_segment(Skip::llc_frame, frame[at]);
  }
}

// OpenBSD's packet filter: the size of the header without its padding, then the address family.
EncapsulatedIp through_pflog(Bytes frame) {
  if (frame.size() < 2) return no_segment(Skip::link_header_cut);
  return ip_behind(frame, (std::size_t{frame[0]} + 3) / 4 * 4);
}

// Linux's nfnetlink_log: family(1) version(1) resource(2), then attributes of size(2) type(2) value, padded
// to four bytes, in the byte order of whoever captured. The packet is the value of attribute 9.
EncapsulatedIp through_nflog(Bytes frame) {
  constexpr std::size_t kHeaderSize = 4;
  constexpr std::size_t kAttributeHeaderSize = 4;
  constexpr std::uint16_t kPayload = 9;
  constexpr std::uint8_t kIpv4 = 2;
  constexpr std::uint8_t kIpv6 = 10;
  if (frame.size() < kHeaderSize) return no_segment(Skip::link_header_cut);
  if (frame[0] != kIpv4 && frame[0] != kIpv6) return no_segment(Skip::address_family, frame[0]);
  Bytes rest = frame.subspan(kHeaderSize);
  // No attribute is as long as its size would be in the wrong order.
  const bool is_little = rest.size() >= 2 && le16(rest, 0) <= be16(rest, 0);
  while (rest.size() >= kAttributeHeaderSize) {
    const std::size_t size = is_little ? le16(rest, 0) : be16(rest, 0);
    const std::uint16_t type = is_little ? le16(rest, 2) : be16(rest, 2);
    if (size < kAttributeHeaderSize) break;
    // The last one may be cut off by the capture.
    if (type == kPayload) return rest.first(std::min(size, rest.size())).subspan(kAttributeHeaderSize);
    const std::size_t padded = (size + 3) / 4 * 4;
    if (padded > rest.size()) break;
    rest = rest.subspan(padded);
  }
  return no_segment(Skip::link_header_cut);
}

// Juniper's routers put before the frame: "MGC", flags(1); extensions of size(2) if flag 80. Flag 02: the
// frame itself was left out.
EncapsulatedIp through_juniper(std::uint32_t link_type, Bytes frame, Vlan& vlan) {
  constexpr std::uint32_t kEthernet = 178;
  constexpr std::uint32_t kPpp = 179;
  constexpr std::uint32_t kMagic = 0x4d4743;
  if (frame.size() < 4) return no_segment(Skip::link_header_cut);
  if (be32(frame, 0) >> 8U != kMagic || (frame[3] & 0x02U) != 0)
    return no_segment(Skip::link_type, link_type);
  std::size_t size = 4;
  if ((frame[3] & 0x80U) != 0) {
    if (frame.size() < 6) return no_segment(Skip::link_header_cut);
    size += 2U + be16(frame, 4);
  }
  if (frame.size() < size) return no_segment(Skip::link_header_cut);
  if (link_type == kPpp) return through_ppp(frame.subspan(size));
  return typed_at_end(frame, size + (link_type == kEthernet ? 14 : 4), vlan);
}

}  // namespace

EncapsulatedIp through_other_link(std::uint32_t link_type, Bytes frame, Vlan& vlan, Bytes& aggregate) {
  switch (link_type) {
    case 6: return through_token_ring(frame, vlan);
    case 8: return ip_behind(frame, 16);          // SLIP: direction, and a compressed header's place
    case 10: return llc_behind(frame, 13, vlan);  // FDDI: frame control(1) target(6) source(6)
    case 50:                                      // PPP with HDLC framing
      return through_ppp(frame);
    case 51: return through_pppoe(frame);
    case 100: return llc_behind(frame, 0, vlan);    // RFC 2684 over ATM
    case 104: return typed_at_end(frame, 4, vlan);  // Cisco's HDLC: address, control, EtherType
    case 105: return inside_wifi(content_of_wifi(frame), vlan, aggregate);
    case 107: return through_frame_relay(frame, vlan);
    case 109: return ip_behind(frame, 12);  // OpenBSD's enc: family, security parameters, flags
    case 117: return through_pflog(frame);
    case 119: return inside_wifi(content_of_prism(frame), vlan, aggregate);
    case 122: return llc_behind(frame, 16, vlan);  // RFC 2625 over Fibre Channel
    case 127: return inside_wifi(content_of_radiotap(frame), vlan, aggregate);
    case 138: return typed_at_end(frame, 18, vlan);  // IEEE 1394, as Apple records it
    case 163: return inside_wifi(content_of_avs(frame), vlan, aggregate);
    case 178:
    case 179:
    case 181: return through_juniper(link_type, frame, vlan);
    case 192: return inside_wifi(content_of_ppi(frame), vlan, aggregate);
    case 204: {  // PPP behind a byte for the direction
      const auto ppp = ip_behind(frame, 1);
      return ppp ? through_ppp(*ppp) : ppp;
    }
    case 239: return through_nflog(frame);
    case 240: return typed_at_end(frame, 4 + 14, vlan);   // netANALYZER: 4 bytes before Ethernet
    case 241: return typed_at_end(frame, 12 + 14, vlan);  // with the preamble of the frame
    default: return no_segment(Skip::link_type, link_type);
  }
}

}  // namespace plaintalk::analyzer
