#include "analyzer/wire/tunnel.hpp"

#include <array>

#include "analyzer/wire/protocol_numbers.hpp"

namespace plaintalk::analyzer {
namespace {

using Opened = std::expected<TunnelPayload, SkipReason>;

constexpr std::size_t kUdpHeaderSize = 8;

std::unexpected<SkipReason> unopened(TunnelKind kind) {
  return no_segment(Skip::tunnel, static_cast<std::uint32_t>(kind));
}

// What follows `header_size` bytes. The header itself may have been cut off by the capture.
Opened behind(TunnelKind kind, std::uint32_t id, std::uint16_t ethertype, Bytes packet, std::size_t wire_size,
              std::size_t header_size) {
  if (packet.size() < header_size)
    return no_segment(Skip::tunnel_header_cut, static_cast<std::uint32_t>(kind));
  return TunnelPayload{kind, id, ethertype, packet.subspan(header_size), wire_size - header_size};
}

// The first four bits tell IPv4 from IPv6 where no header does.
std::uint16_t ethertype_of_ip(Bytes packet, std::size_t at) {
  return packet.size() > at && packet[at] >> 4U == 6 ? ether_type::ipv6 : ether_type::ipv4;
}

// GRE: C|R|K|S|s|recursion(3)|A|flags(4)|version(3), protocol(2); then, each if its bit says so: checksum and
// reserved(4), key(4), sequence(4), and in version 1 acknowledgement(4).
Opened open_gre(Bytes packet, std::size_t wire_size) {
  constexpr std::uint16_t kChecksum = 0x8000;
  constexpr std::uint16_t kRouting = 0x4000;
  constexpr std::uint16_t kKey = 0x2000;
  constexpr std::uint16_t kSequence = 0x1000;
  constexpr std::uint16_t kAcknowledgement = 0x0080;
  constexpr std::size_t kOptionalSizeMax = 4 + 4 * 4;
  if (packet.size() < 4) return behind(TunnelKind::gre, 0, 0, packet, wire_size, kOptionalSizeMax);
  const std::uint16_t flags = be16(packet, 0);
  const unsigned version = flags & 7U;
  const TunnelKind kind = version == 1 ? TunnelKind::pptp : TunnelKind::gre;
  if (version > 1 || (flags & kRouting) != 0) return unopened(kind);
  std::size_t size = 4;
  if ((flags & kChecksum) != 0) size += 4;
  std::uint32_t id = 0;
  if ((flags & kKey) != 0) {
    // The upper half of PPTP's key is a length.
    if (packet.size() >= size + 4) id = version == 1 ? be16(packet, size + 2) : be32(packet, size);
    size += 4;
  }
  if ((flags & kSequence) != 0) size += 4;
  if (version == 1 && (flags & kAcknowledgement) != 0) size += 4;
  std::uint16_t type = be16(packet, 2);
  if (version == 1 && (flags & kSequence) == 0) return unopened(kind);  // an acknowledgement, nothing inside
  if (type == ether_type::erspan) {
    if ((flags & kSequence) != 0) size += 8;  // version II; version I has no header of its own
    type = ether_type::transparent_ethernet;
  } else if (type == ether_type::erspan_iii) {
    const bool has_subheader = packet.size() >= size + 12 && (packet[size + 11] & 1U) != 0;
    size += has_subheader ? 20 : 12;
    type = ether_type::transparent_ethernet;
  } else if (type == ether_type::wccp) {
    if (packet.size() > size && packet[size] >> 4U != 4) size += 4;  // version 2 has a redirect header
    type = ether_type::ipv4;
  }
  return behind(kind, id, type, packet, wire_size, size);
}

Opened open_ethernet_in_ip(Bytes packet, std::size_t wire_size) {
  constexpr std::uint8_t kVersion = 3;
  if (!packet.empty() && packet[0] >> 4U != kVersion) return unopened(TunnelKind::ethernet_in_ip);
  return behind(TunnelKind::ethernet_in_ip, 0, ether_type::transparent_ethernet, packet, wire_size, 2);
}

Opened open_vxlan(Bytes packet, std::size_t wire_size) {
  return behind(TunnelKind::vxlan, be32(packet, 4) >> 8U, ether_type::transparent_ethernet, packet, wire_size,
                8);
}

// draft-ietf-nvo3-vxlan-gpe: as VXLAN, and the fourth byte says what is inside.
Opened open_vxlan_gpe(Bytes packet, std::size_t wire_size) {
  constexpr std::array<std::uint16_t, 4> kNext = {0, ether_type::ipv4, ether_type::ipv6,
                                                  ether_type::transparent_ethernet};
  const std::uint8_t next = packet[3];
  if (next == 0 || next >= kNext.size()) return unopened(TunnelKind::vxlan_gpe);
  return behind(TunnelKind::vxlan_gpe, be32(packet, 4) >> 8U, kNext.at(next), packet, wire_size, 8);
}

Opened open_geneve(Bytes packet, std::size_t wire_size) {
  const std::size_t options_size = std::size_t{packet[0] & 0x3fU} * 4;
  return behind(TunnelKind::geneve, be32(packet, 4) >> 8U, be16(packet, 2), packet, wire_size,
                8 + options_size);
}

// Version(3) PT * E S PN | type | length(2) | TEID(4); with any of E, S, PN four bytes more, of which the
// last begins a chain of extension headers: size in words of four, content, type of the next.
Opened open_gtp_u(Bytes packet, std::size_t wire_size) {
  constexpr int kGtpExtensionCountMax = 8;
  std::size_t size = 8;
  if ((packet[0] & 0x07U) != 0) {
    size = 12;
    std::uint8_t next = packet.size() >= size && (packet[0] & 0x04U) != 0 ? packet[11] : 0;
    for (int count = 0; next != 0; ++count) {
      if (packet.size() <= size) return behind(TunnelKind::gtp_u, 0, 0, packet, wire_size, size + 1);
      const std::size_t extension_size = std::size_t{packet[size]} * 4;
      if (extension_size == 0 || count == kGtpExtensionCountMax) return unopened(TunnelKind::gtp_u);
      size += extension_size;
      if (packet.size() < size) return behind(TunnelKind::gtp_u, 0, 0, packet, wire_size, size);
      next = packet[size - 1];
    }
  }
  return behind(TunnelKind::gtp_u, be32(packet, 4), ethertype_of_ip(packet, size), packet, wire_size, size);
}

// Before the IPv6 packet there may be an authentication header (00 01, sizes of identifier and value, both,
// nonce(8), confirmation(1)), and an origin indication (00 00, six bytes).
Opened open_teredo(Bytes packet, std::size_t wire_size) {
  std::size_t size = 0;
  if (packet.size() >= 4 && be16(packet, 0) == 0x0001) size = 4U + packet[2] + packet[3] + 9U;
  if (packet.size() >= size + 2 && be16(packet, size) == 0x0000) size += 8;
  return behind(TunnelKind::teredo, 0, ether_type::ipv6, packet, wire_size, size);
}

// T|L|0 0|S|0|O|P|0(4)|version(4); length(2) if L; tunnel(2) session(2); Ns and Nr(4) if S; if O offset(2)
// and as many bytes; then PPP.
Opened open_l2tp(Bytes packet, std::size_t wire_size) {
  const std::uint16_t flags = be16(packet, 0);
  if ((flags & 0x8000U) != 0) return unopened(TunnelKind::l2tp);  // a control message
  std::size_t size = 2;
  if ((flags & 0x4000U) != 0) size += 2;
  const std::uint32_t id = packet.size() >= size + 4 ? be32(packet, size) : 0;
  size += 4;
  if ((flags & 0x0800U) != 0) size += 4;
  if ((flags & 0x0200U) != 0) {
    if (packet.size() < size + 2) return behind(TunnelKind::l2tp, 0, 0, packet, wire_size, size + 2);
    size += 2U + be16(packet, size);
  }
  return behind(TunnelKind::l2tp, id, ether_type::ppp, packet, wire_size, size);
}

// The tunnel that belongs to a port, if the first bytes look like it: an ordinary datagram may use any port.
TunnelKind kind_of(std::uint16_t port, Bytes header) {
  const auto if_so = [](bool looks_like_it, TunnelKind kind) {
    return looks_like_it ? kind : TunnelKind::none;
  };
  switch (port) {
    case 1701: return if_so((header[1] & 0x0fU) == 2, TunnelKind::l2tp);
    case 2152: return if_so((header[0] & 0xf0U) == 0x30 && header[1] == 0xff, TunnelKind::gtp_u);
    case 3544: return if_so(header[0] >> 4U == 6 || (header[0] == 0 && header[1] <= 1), TunnelKind::teredo);
    case 4500: return if_so(be32(header, 0) != 0, TunnelKind::esp_in_udp);  // RFC 3948: 0 is key exchange
    case 4789:
    case 8472:  // the port that Linux used before one was assigned
      return if_so((header[0] & 0x08U) != 0 && header[7] == 0, TunnelKind::vxlan);
    case 4790: return if_so((header[0] & 0x08U) != 0, TunnelKind::vxlan_gpe);
    case 5247: return if_so((header[0] & 0x0fU) == 0, TunnelKind::capwap);
    case 6081: return if_so(header[0] >> 6U == 0 && (header[1] & 0x3fU) == 0, TunnelKind::geneve);
    default: return TunnelKind::none;
  }
}

Opened open_datagram(TunnelKind kind, Bytes packet, std::size_t wire_size) {
  switch (kind) {
    case TunnelKind::vxlan: return open_vxlan(packet, wire_size);
    case TunnelKind::vxlan_gpe: return open_vxlan_gpe(packet, wire_size);
    case TunnelKind::geneve: return open_geneve(packet, wire_size);
    case TunnelKind::gtp_u: return open_gtp_u(packet, wire_size);
    case TunnelKind::teredo: return open_teredo(packet, wire_size);
    case TunnelKind::l2tp: return open_l2tp(packet, wire_size);
    default: return unopened(kind);
  }
}

std::optional<Opened> open_udp(Bytes datagram, std::size_t wire_size) {
  constexpr std::size_t kTunnelHeaderSizeMin = 8;
  if (datagram.size() < kUdpHeaderSize + kTunnelHeaderSizeMin) return std::nullopt;
  const Bytes inside = datagram.subspan(kUdpHeaderSize);
  for (const std::size_t port_at : {std::size_t{2}, std::size_t{0}})
    if (const TunnelKind kind = kind_of(be16(datagram, port_at), inside); kind != TunnelKind::none)
      return open_datagram(kind, inside, wire_size - kUdpHeaderSize);
  return std::nullopt;
}

}  // namespace

std::optional<Opened> open_tunnel(std::uint8_t protocol, Bytes payload, std::size_t wire_size) {
  switch (protocol) {
    case ip_protocol::ipv4: return behind(TunnelKind::ipv4_in_ip, 0, ether_type::ipv4, payload, wire_size, 0);
    case ip_protocol::ipv6: return behind(TunnelKind::ipv6_in_ip, 0, ether_type::ipv6, payload, wire_size, 0);
    case ip_protocol::gre: return open_gre(payload, wire_size);
    case ip_protocol::ethernet: return open_ethernet_in_ip(payload, wire_size);
    case ip_protocol::mpls: return behind(TunnelKind::mpls_in_ip, 0, ether_type::mpls, payload, wire_size, 0);
    case ip_protocol::udp: return open_udp(payload, wire_size);
    default: return std::nullopt;
  }
}

}  // namespace plaintalk::analyzer
