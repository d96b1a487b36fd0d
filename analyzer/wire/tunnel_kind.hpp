// The tunnels that are known by name.
#pragma once

#include <cstdint>
#include <string_view>

namespace plaintalk::analyzer {

enum class TunnelKind : std::uint8_t {
  none,
  ipv4_in_ip,
  ipv6_in_ip,
  ethernet_in_ip,
  mpls_in_ip,
  gre,
  pptp,
  vxlan,
  vxlan_gpe,
  geneve,
  gtp_u,
  teredo,
  l2tp,
  esp_in_udp,
  capwap,
};

constexpr std::string_view name_of(TunnelKind kind) {
  switch (kind) {
    case TunnelKind::none: break;
    case TunnelKind::ipv4_in_ip: return "ipv4 in ip";
    case TunnelKind::ipv6_in_ip: return "ipv6 in ip";
    case TunnelKind::ethernet_in_ip: return "ethernet in ip";
    case TunnelKind::mpls_in_ip: return "mpls in ip";
    case TunnelKind::gre: return "gre";
    case TunnelKind::pptp: return "pptp";
    case TunnelKind::vxlan: return "vxlan";
    case TunnelKind::vxlan_gpe: return "vxlan-gpe";
    case TunnelKind::geneve: return "geneve";
    case TunnelKind::gtp_u: return "gtp-u";
    case TunnelKind::teredo: return "teredo";
    case TunnelKind::l2tp: return "l2tp";
    case TunnelKind::esp_in_udp: return "esp in udp";
    case TunnelKind::capwap: return "capwap";
  }
  return "";
}

}  // namespace plaintalk::analyzer
