// One TCP segment with its IP header, from plain values to bytes with right lengths and checksums
// (RFC 791, RFC 8200, RFC 9293 section 3.1). The counterpart of analyzer/wire, for packets that never were on
// a wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"

namespace plaintalk::capture {

namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
}  // namespace tcp_flag

struct TcpPacket {
  Endpoint source;
  Endpoint target;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = tcp_flag::kAck;
  std::uint16_t window = 65535;
  std::uint16_t maximum_segment_size = 0;  // as an option, when not 0
  std::uint16_t ip_id = 0;                 // IPv4 only
  std::uint8_t hop_limit = 64;
  std::string_view payload;
};

// What fits beside the largest headers we write into the 16 bits of IPv4's total length.
inline constexpr std::size_t kTcpPayloadSizeMax = 65535 - 20 - 24;

// Puts the packet at the end of `out`. IPv6 when either address is; the other is then written as IPv4-mapped.
// REQUIRES: the payload is at most kTcpPayloadSizeMax.
void append_ip_packet(const TcpPacket& packet, std::string& out);

}  // namespace plaintalk::capture
