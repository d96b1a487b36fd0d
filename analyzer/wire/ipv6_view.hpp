// An IPv6 packet with its chain of extension headers (RFC 8200, sections 3 and 4). parse() walks the chain
// once, with a limit on its depth, and stops at the fragment header, at a transport protocol, or at what
// cannot be read on (ESP).
//
//   |version| traffic class |           flow label                  |
//   |         payload length        |  next header  |   hop limit   |
//   |                        source, 16 bytes                      |
//   |                        target, 16 bytes                      |
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer {

class Ipv6View {
 public:
  struct Fragment {
    std::size_t offset = 0;
    bool more = false;
    std::uint32_t identification = 0;
  };

  static std::expected<Ipv6View, SkipReason> parse(Bytes packet, std::size_t wire_size);

  // Reads on from inside a reassembled payload, which may begin with further extension headers.
  static std::expected<Ipv6View, SkipReason> parse_reassembled(const Ipv6View& first,
                                                               std::uint8_t next_header, Bytes payload,
                                                               std::size_t payload_wire_size);

  std::size_t total_size() const { return total_size_; }
  std::uint8_t hop_limit() const { return hop_limit_; }
  const IpAddress& source() const { return source_; }
  const IpAddress& target() const { return target_; }
  // Where a routing header with segments left finally leads: the address that the transport checksum covers.
  const IpAddress& final_target() const { return final_target_; }
  const std::optional<Fragment>& fragment() const { return fragment_; }
  std::uint8_t protocol() const {
    return protocol_;
  }  // of payload(); inside a fragment, of the reassembled whole
  Bytes payload() const { return payload_; }
  std::size_t payload_wire_size() const { return payload_wire_size_; }

 private:
  Ipv6View() = default;
  std::optional<SkipReason> walk();
  std::optional<SkipReason> step(std::size_t header_size);
  void note_routing(Bytes header);
  std::optional<std::size_t> jumbo_size(Bytes options) const;

  IpAddress source_;
  IpAddress target_;
  IpAddress final_target_;
  std::uint8_t hop_limit_ = 0;
  std::uint8_t protocol_ = 0;
  bool atomic_seen_ = false;
  std::size_t total_size_ = 0;
  std::optional<Fragment> fragment_;
  Bytes payload_;
  std::size_t payload_wire_size_ = 0;
};

}  // namespace plaintalk::analyzer
