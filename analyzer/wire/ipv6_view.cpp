#include "analyzer/wire/ipv6_view.hpp"

#include <algorithm>

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kHeaderSize = 40;
constexpr std::size_t kFragmentHeaderSize = 8;
constexpr int kExtensionCountMax = 16;

enum Extension : std::uint8_t {
  hop_by_hop = 0,
  routing = 43,
  fragment_header = 44,
  authentication = 51,
  destination_options = 60,
  mobility = 135,
  host_identity = 139,
  shim6 = 140,
};

SkipReason bad_extension() { return {Skip::ipv6_extension_bad}; }
SkipReason cut_header() { return {Skip::ipv6_header_cut}; }

}  // namespace

std::expected<Ipv6View, SkipReason> Ipv6View::parse(Bytes packet, std::size_t wire_size) {
  if (packet.empty()) return std::unexpected(cut_header());
  if (packet[0] >> 4 != 6)
    return std::unexpected(SkipReason{Skip::ip_version, std::uint32_t{packet[0]} >> 4});
  if (packet.size() < kHeaderSize) return std::unexpected(cut_header());
  Ipv6View view;
  view.protocol_ = packet[6];
  view.hop_limit_ = packet[7];
  view.source_ = IpAddress::v6(packet.subspan(8, 16));
  view.target_ = IpAddress::v6(packet.subspan(24, 16));
  view.final_target_ = view.target_;
  // A length of 0 is a jumbogram (RFC 2675) or a packet of more than 64 KiB before segmentation: what the
  // frame holds. A length beyond the frame is a lie.
  const std::size_t held = std::max(wire_size, kHeaderSize) - kHeaderSize;
  const std::size_t stated = be16(packet, 4);
  view.payload_ = packet.subspan(kHeaderSize);
  view.payload_wire_size_ = std::min(stated == 0 ? held : stated, held);
  if (stated == 0 && view.protocol_ == hop_by_hop)
    view.payload_wire_size_ = std::min(view.jumbo_size(view.payload_).value_or(held), held);
  view.total_size_ = kHeaderSize + view.payload_wire_size_;
  view.payload_ = view.payload_.first(std::min(view.payload_.size(), view.payload_wire_size_));
  if (const auto trouble = view.walk()) return std::unexpected(*trouble);
  return view;
}

std::expected<Ipv6View, SkipReason> Ipv6View::parse_reassembled(const Ipv6View& first,
                                                                std::uint8_t next_header, Bytes payload,
                                                                std::size_t payload_wire_size) {
  Ipv6View view = first;
  view.fragment_.reset();
  view.atomic_seen_ = true;  // a fragment inside a fragment is refused
  view.protocol_ = next_header;
  view.payload_ = payload;
  view.payload_wire_size_ = payload_wire_size;
  view.total_size_ = kHeaderSize + payload_wire_size;
  if (const auto trouble = view.walk()) return std::unexpected(*trouble);
  return view;
}

std::optional<SkipReason> Ipv6View::step(std::size_t header_size) {
  if (header_size > payload_wire_size_) return bad_extension();
  if (header_size > payload_.size()) return cut_header();
  protocol_ = payload_[0];
  payload_ = payload_.subspan(header_size);
  payload_wire_size_ -= header_size;
  return std::nullopt;
}

std::optional<SkipReason> Ipv6View::walk() {
  for (int count = 0; count < kExtensionCountMax; ++count) {
    std::size_t header_size = 0;
    switch (protocol_) {
      case hop_by_hop:
      case routing:
      case destination_options:
      case mobility:
      case host_identity:
      case shim6:
        if (payload_.size() < 2) return cut_header();
        header_size = (std::size_t{payload_[1]} + 1) * 8;
        break;
      case authentication:
        if (payload_.size() < 2) return cut_header();
        header_size = (std::size_t{payload_[1]} + 2) * 4;
        break;
      case fragment_header: header_size = kFragmentHeaderSize; break;
      default: return std::nullopt;
    }
    const std::uint8_t kind = protocol_;
    const Bytes header = payload_;
    if (const auto trouble = step(header_size)) return trouble;
    if (kind == routing) note_routing(header.first(header_size));
    if (kind != fragment_header) continue;
    const Fragment fragment{std::size_t{be16(header, 2) & 0xfff8U}, (header[3] & 1) != 0, be32(header, 4)};
    if (fragment.offset == 0 && !fragment.more) {  // atomic (RFC 6946): a whole packet
      if (atomic_seen_) return bad_extension();
      atomic_seen_ = true;
      continue;
    }
    if (atomic_seen_) return bad_extension();
    fragment_ = fragment;
    return std::nullopt;
  }
  return bad_extension();
}

// Types 0 (RFC 5095 forbids it, captures have it) and 2 list the way with the end last, type 4 (RFC 8754)
// with the end first.
void Ipv6View::note_routing(Bytes header) {
  const std::uint8_t type = header[2];
  const std::uint8_t segments_left = header[3];
  const std::size_t address_count = (header.size() - 8) / 16;
  if (segments_left == 0 || address_count == 0) return;
  if (type == 0 || type == 2) final_target_ = IpAddress::v6(header.subspan(8 + (address_count - 1) * 16, 16));
  if (type == 4) final_target_ = IpAddress::v6(header.subspan(8, 16));
}

// The jumbo payload option (type 0xC2, four bytes) in a hop-by-hop header.
std::optional<std::size_t> Ipv6View::jumbo_size(Bytes options) const {
  if (options.size() < 2) return std::nullopt;
  const std::size_t size = std::min(options.size(), (std::size_t{options[1]} + 1) * 8);
  std::size_t at = 2;
  while (at + 2 <= size) {
    if (options[at] == 0) {  // Pad1
      ++at;
      continue;
    }
    const std::size_t option_size = options[at + 1];
    if (options[at] == 0xC2 && option_size == 4 && at + 6 <= size) return be32(options, at + 2);
    at += 2 + option_size;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
