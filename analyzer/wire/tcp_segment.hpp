// One TCP segment as a packet carried it, with everything the stream layer needs to judge it. A plain value
// that borrows the packet's bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analyzer/wire/tunnel_kind.hpp"
#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

// Times in captures can be anything. Differences of these, with a few years added, cannot overflow: 1896 to
// 2116.
inline WallTime plausible_time(WallTime time) {
  constexpr WallTime kEarliest{Nanoseconds(-(std::int64_t{1} << 61))};
  constexpr WallTime kLatest{Nanoseconds(std::int64_t{1} << 62)};
  return time < kEarliest ? kEarliest : time > kLatest ? kLatest : time;
}

struct TcpFlags {
  bool fin = false, syn = false, rst = false, psh = false, ack = false, urg = false, ece = false, cwr = false;
  auto operator<=>(const TcpFlags&) const = default;
};

struct SackBlock {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
};

// The innermost tunnel around a segment.
struct Tunnel {
  TunnelKind kind = TunnelKind::none;
  std::uint32_t id = 0;    // VXLAN network identifier, GRE key, ...
  std::uint8_t depth = 0;  // how many there are around it
  auto operator<=>(const Tunnel&) const = default;
};

enum class ChecksumState : std::uint8_t {
  good,
  bad,
  not_filled_in /* offload: the pseudo-header sum */,
  unknown /* cut */
};

inline std::uint32_t network_of(const std::optional<std::uint16_t>& vlan, const Tunnel& tunnel) {
  const std::uint32_t of_tunnel =
      tunnel.depth == 0
          ? 0
          : (tunnel.id + (std::uint32_t{tunnel.depth} << 28U)) * 31 + static_cast<std::uint32_t>(tunnel.kind);
  return of_tunnel * 0x9E3779B1U + (vlan ? *vlan + 1U : 0U);
}

struct TcpSegment {
  std::uint64_t packet = 0;  // number in the file, from 1
  WallTime time;
  std::uint32_t interface = 0;
  // Where along the machine it was seen: the interface, and with Linux SLL2 also the device and whether it
  // came or went. The same packet at two places is a duplicate capture at any distance in time.
  std::uint32_t observation_point = 0;
  std::optional<std::uint16_t> vlan;  // the innermost tag
  Tunnel tunnel;

  Endpoint source;
  Endpoint target;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;  // meaningful only with flags.ack
  TcpFlags flags;
  std::uint16_t window = 0;  // as in the header, not scaled
  Bytes payload;             // what was captured of it
  std::uint32_t payload_size =
      0;  // on the wire, by the IP length; larger than payload.size() when the capture cut it
  std::uint16_t urgent_pointer = 0;

  // Options (RFC 9293, 7323, 2018); absent ones are nullopt or 0.
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_shift;
  bool sack_permitted = false;
  std::array<SackBlock, 4> sack{};
  std::uint8_t sack_count = 0;
  std::optional<std::uint32_t> timestamp_value;
  std::optional<std::uint32_t> timestamp_echo;

  std::uint16_t ip_id = 0;       // 0 for IPv6
  std::uint8_t ttl = 0;          // or hop limit
  std::uint32_t frame_size = 0;  // of the whole packet on the wire, as the capture has it
  std::uint32_t ip_size = 0;     // IP header and payload, on the wire
  ChecksumState checksum = ChecksumState::unknown;
  std::uint16_t checksum_field =
      0;                     // as sent: two packets with the same one carry the same bytes, in practice
  bool options_cut = false;  // the capture or a lie in the header hides some of the options

  // Where the addresses mean what they mean: equal ones in two VLANs or two tunnels are two machines.
  std::uint32_t network() const { return network_of(vlan, tunnel); }
};

}  // namespace plaintalk::analyzer
