#include "analyzer/wire/udp_tunnel.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kUdpHeaderSize = 8;

bool looks_like_tunnel(std::uint16_t port, Bytes header) {
  switch (port) {
    case 1701: return (header[1] & 0x0fU) == 2;  // RFC 2661, section 3.1: the version
    case 2152:
      return (header[0] & 0xf0U) == 0x30 && header[1] == 0xff;  // 3GPP TS 29.281: GTP 1, a user packet
    case 3544:
      return header[0] >> 4U == 6 || (header[0] == 0 && header[1] <= 1);  // RFC 4380: IPv6 or a prefix
    case 4500: return be32(header, 0) != 0;                               // RFC 3948: 0 is key exchange
    case 4789:
    case 8472: return (header[0] & 0x08U) != 0 && header[7] == 0;  // RFC 7348, section 5
    case 4790: return (header[0] & 0x08U) != 0;
    case 5247: return (header[0] & 0x0fU) == 0;  // RFC 5415, section 4.1: a CAPWAP header follows
    case 6081: return header[0] >> 6U == 0 && (header[1] & 0x3fU) == 0;  // RFC 8926, section 3.4
    default: return false;
  }
}

}  // namespace

std::optional<std::uint16_t> udp_tunnel_of(Bytes datagram) {
  constexpr std::size_t kTunnelHeaderSize = 8;
  if (datagram.size() < kUdpHeaderSize + kTunnelHeaderSize) return std::nullopt;
  const Bytes header = datagram.subspan(kUdpHeaderSize);
  for (const std::size_t port_at : {std::size_t{2}, std::size_t{0}}) {
    const std::uint16_t port = be16(datagram, port_at);
    if (looks_like_tunnel(port, header)) return port;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
