// An IPv4 packet (RFC 791, section 3.1). parse() is the only way in; it settles how long the packet really
// is.
//
//    0                   1                   2                   3
//   |version|  IHL  |    TOS        |          total length         |
//   |         identification        |0|D|M|     fragment offset     |
//   |      TTL      |   protocol    |        header checksum        |
//   |                            source                             |
//   |                            target                             |
//   |                        options, up to 40                      |
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer {

class Ipv4View {
 public:
  // `wire_size`: bytes on the wire from the first of `packet` on; more than packet.size() when the capture
  // cut it.
  static std::expected<Ipv4View, SkipReason> parse(Bytes packet, std::size_t wire_size) {
    if (packet.empty()) return std::unexpected(SkipReason{Skip::ipv4_header_cut});
    if (packet[0] >> 4 != 4)
      return std::unexpected(SkipReason{Skip::ip_version, std::uint32_t{packet[0]} >> 4});
    if (packet.size() < kHeaderSizeMin) return std::unexpected(SkipReason{Skip::ipv4_header_cut});
    Ipv4View view(packet);
    if (view.header_size() < kHeaderSizeMin) return std::unexpected(SkipReason{Skip::ipv4_header_bad});
    if (view.header_size() > packet.size()) return std::unexpected(SkipReason{Skip::ipv4_header_cut});
    // Segmentation offload hands packets over before the length is filled in, and packets above 64 KiB have
    // no room for it. A length beyond the frame is a lie: what the frame had no room for was never sent.
    const std::size_t stated = be16(packet, 2);
    view.total_size_ = stated == 0 ? wire_size : std::min(stated, wire_size);
    if (view.total_size_ < view.header_size()) return std::unexpected(SkipReason{Skip::ipv4_header_bad});
    view.bytes_ = packet.first(std::min(packet.size(), view.total_size_));  // Ethernet pads to 60 bytes
    return view;
  }

  std::size_t header_size() const { return std::size_t{bytes_[0] & 0x0fU} * 4; }
  std::size_t total_size() const { return total_size_; }
  std::uint16_t identification() const { return be16(bytes_, 4); }
  bool more_fragments() const { return (bytes_[6] & 0x20) != 0; }
  std::size_t fragment_offset() const { return std::size_t{be16(bytes_, 6) & 0x1fffU} * 8; }
  bool is_fragment() const { return more_fragments() || fragment_offset() != 0; }
  std::uint8_t ttl() const { return bytes_[8]; }
  std::uint8_t protocol() const { return bytes_[9]; }
  std::uint16_t header_checksum() const { return be16(bytes_, 10); }
  IpAddress source() const { return IpAddress::v4(bytes_.subspan(12, 4)); }
  IpAddress target() const { return IpAddress::v4(bytes_.subspan(16, 4)); }
  // Where a source route that is not used up finally leads: the address that the transport checksum covers
  // (RFC 791, section 3.1).
  IpAddress final_target() const;
  Bytes header() const { return bytes_.first(header_size()); }
  Bytes payload() const { return bytes_.subspan(header_size()); }
  std::size_t payload_wire_size() const { return total_size_ - header_size(); }

 private:
  static constexpr std::size_t kHeaderSizeMin = 20;
  explicit Ipv4View(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
  std::size_t total_size_ = 0;
};

// Options of kind(1), size(1), and for a source route pointer(1), addresses; the pointer counts from the
// kind, from 1, and is beyond the end when the route is used up.
inline IpAddress Ipv4View::final_target() const {
  constexpr std::uint8_t kEndOfList = 0;
  constexpr std::uint8_t kNoOperation = 1;
  constexpr std::uint8_t kLooseRoute = 131;
  constexpr std::uint8_t kStrictRoute = 137;
  const Bytes options = header().subspan(kHeaderSizeMin);
  std::size_t at = 0;
  while (at < options.size() && options[at] != kEndOfList) {
    if (options[at] == kNoOperation) {
      ++at;
      continue;
    }
    if (at + 2 > options.size()) break;
    const std::size_t size = options[at + 1];
    if (size < 2 || at + size > options.size()) break;
    const bool is_route = options[at] == kLooseRoute || options[at] == kStrictRoute;
    if (is_route && size >= 7 && options[at + 2] + 3U <= size)
      return IpAddress::v4(options.subspan(at + 3 + (size - 7) / 4 * 4, 4));
    at += size;
  }
  return target();
}

}  // namespace plaintalk::analyzer
