// Packets inside packets: what a tunnel carries, so that its connections are followed like others. Known are
//
//   IP in IP (RFC 2003), IPv6 in IPv4 (RFC 4213), Ethernet in IP (RFC 3378), MPLS in IP (RFC 4023),
//   GRE (RFC 2784, 2890) with IP, Ethernet, PPP (PPTP, RFC 2637), ERSPAN or WCCP inside;
//   and in UDP, told by the port and by a header that looks like it: VXLAN (RFC 7348), VXLAN-GPE, Geneve
//   (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380), L2TP (RFC 2661).
//
// ESP in UDP and CAPWAP are named and not opened.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

struct TunnelPayload {
  TunnelKind kind{};
  std::uint32_t id = 0;         // the network identifier, key or session of this kind; 0: none
  std::uint16_t ethertype = 0;  // what `bytes` are
  Bytes bytes;
  std::size_t wire_size = 0;
};

// Opens what an IP packet carries. nullopt: it is no tunnel. An error: it is one whose content cannot be
// read. `protocol` is that of the IP header, `payload` starts behind it, `wire_size` is its size on the wire.
std::optional<std::expected<TunnelPayload, SkipReason>> open_tunnel(std::uint8_t protocol, Bytes payload,
                                                                    std::size_t wire_size);

}  // namespace plaintalk::analyzer
