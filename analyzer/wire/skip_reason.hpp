// Why a packet gave no TCP segment. Kept as a kind and a number, so that counting allocates nothing once a
// reason has been met.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <map>
#include <string>

#include "analyzer/wire/tunnel_kind.hpp"

namespace plaintalk::analyzer {

enum class Skip : std::uint8_t {
  link_type,        // number: the LINKTYPE_ value
  link_header_cut,  // number: the LINKTYPE_ value
  ethertype,        // number: the EtherType
  too_many_tags,
  llc_frame,  // number: the destination service access point
  ppp_protocol,
  address_family,
  ip_version,
  ipv4_header_cut,
  ipv4_header_bad,
  ipv6_header_cut,
  ipv6_extension_bad,
  ip_protocol,        // number: the protocol
  tunnel,             // number: the TunnelKind
  tunnel_header_cut,  // number: the TunnelKind
  tunnel_too_deep,
  wifi_no_data,
  wifi_encrypted,
  wifi_fragment,
  wifi_aggregate,
  fragment_waiting,
  fragment_bad,
  fragment_overlap,
  tcp_header_cut,
  tcp_header_bad,
};

struct SkipReason {
  Skip kind{};
  std::uint32_t number = 0;
  TunnelKind inside = TunnelKind::none;  // the innermost tunnel around what gave no segment
  auto operator<=>(const SkipReason&) const = default;
};

inline std::unexpected<SkipReason> no_segment(Skip kind, std::uint32_t number = 0) {
  return std::unexpected(SkipReason{kind, number});
}

// "udp", "arp", "truncated ipv4 header", "link type 147 (user 0)", ...
std::string name_of(SkipReason reason);

// Counts reasons. A hostile file can name 2^32 link types: beyond kReasonCountMax distinct ones the number is
// dropped.
class SkipCounter {
 public:
  static constexpr std::size_t kReasonCountMax = 512;
  void add(SkipReason reason, std::uint64_t count = 1);
  // Some of those that were added turned out to be of use.
  void take_back(SkipReason reason, std::uint64_t count);
  const std::map<std::string, std::uint64_t>& by_name() const;

 private:
  SkipReason key_of(SkipReason reason) const;

  std::map<SkipReason, std::uint64_t> counts_;
  mutable std::map<std::string, std::uint64_t> by_name_;
};

}  // namespace plaintalk::analyzer
