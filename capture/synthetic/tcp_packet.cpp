#include "capture/synthetic/tcp_packet.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/internet_checksum.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kIpv4HeaderSize = 20;
constexpr std::size_t kTcpHeaderSize = 20;
constexpr std::size_t kMssOptionSize = 4;
constexpr std::size_t kIpv4ChecksumAt = 10;
constexpr std::size_t kTcpChecksumAt = 16;
constexpr std::uint8_t kTcpProtocol = 6;
constexpr std::uint16_t kDontFragment = 0x4000;

void put8(std::string& out, unsigned value) { out.push_back(static_cast<char>(value & 0xFF)); }

void put16(std::string& out, unsigned value) {
  put8(out, value >> 8);
  put8(out, value);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xFFFF);
}

void set16(std::string& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<char>(value >> 8);
  out[at + 1] = static_cast<char>(value & 0xFF);
}

IpAddress as_v6(const IpAddress& address) {
  if (address.is_v6) return address;
  IpAddress mapped;  // ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2
  mapped.is_v6 = true;
  mapped.octets[10] = mapped.octets[11] = 0xFF;
  std::copy_n(address.octets.begin(), 4, mapped.octets.begin() + 12);
  return mapped;
}

std::uint16_t complement(std::uint16_t sum) { return static_cast<std::uint16_t>(~sum); }

void append_ipv4_header(const TcpPacket& packet, std::size_t segment_size, std::string& out) {
  const std::size_t start = out.size();
  put16(out, 0x4500);  // version 4, 5 words, no service class
  put16(out, static_cast<unsigned>(kIpv4HeaderSize + segment_size));
  put16(out, packet.ip_id);
  put16(out, kDontFragment);
  put8(out, packet.hop_limit);
  put8(out, kTcpProtocol);
  put16(out, 0);
  out.append(as_text(packet.source.address.bytes()));
  out.append(as_text(packet.target.address.bytes()));
  set16(out, start + kIpv4ChecksumAt, complement(ones_complement_sum(as_bytes(out).subspan(start))));
}

void append_ipv6_header(const TcpPacket& packet, std::size_t segment_size, std::string& out) {
  put32(out, 0x60000000);  // version 6, no class, no flow label
  put16(out, static_cast<unsigned>(segment_size));
  put8(out, kTcpProtocol);
  put8(out, packet.hop_limit);
  out.append(as_text(as_v6(packet.source.address).bytes()));
  out.append(as_text(as_v6(packet.target.address).bytes()));
}

void append_segment(const TcpPacket& packet, std::string& out) {
  const std::size_t option_size = packet.maximum_segment_size != 0 ? kMssOptionSize : 0;
  put16(out, packet.source.port);
  put16(out, packet.target.port);
  put32(out, packet.sequence);
  put32(out, packet.acknowledgement);
  put8(out, static_cast<unsigned>((kTcpHeaderSize + option_size) / 4 << 4));
  put8(out, packet.flags);
  put16(out, packet.window);
  put32(out, 0);  // checksum and urgent pointer
  if (option_size != 0) {
    put16(out, 0x0204);
    put16(out, packet.maximum_segment_size);
  }
  out.append(packet.payload);
}

// Over the segment and the pseudo-header of RFC 9293 section 3.1 or RFC 8200 section 8.1.
std::uint16_t segment_checksum(const TcpPacket& packet, bool is_v6, Bytes segment) {
  const auto size = static_cast<std::uint32_t>(segment.size());
  const IpAddress& source = packet.source.address;
  const IpAddress& target = packet.target.address;
  const std::uint16_t start = is_v6 ? pseudo_header_sum(as_v6(source), as_v6(target), kTcpProtocol, size)
                                    : pseudo_header_sum(source, target, kTcpProtocol, size);
  return complement(ones_complement_sum(segment, start));
}

}  // namespace

void append_ip_packet(const TcpPacket& packet, std::string& out) {
  check(packet.payload.size() <= kTcpPayloadSizeMax, "a TCP payload that no IP packet can carry");
  const bool is_v6 = packet.source.address.is_v6 || packet.target.address.is_v6;
  const std::size_t segment_size =
      kTcpHeaderSize + (packet.maximum_segment_size != 0 ? kMssOptionSize : 0) + packet.payload.size();
  if (is_v6)
    append_ipv6_header(packet, segment_size, out);
  else
    append_ipv4_header(packet, segment_size, out);
  const std::size_t segment_at = out.size();
  append_segment(packet, out);
  set16(out, segment_at + kTcpChecksumAt, segment_checksum(packet, is_v6, as_bytes(out).subspan(segment_at)));
}

}  // namespace plaintalk::capture
