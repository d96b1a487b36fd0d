#include "labs/link/frame_view.hpp"

namespace plaintalk::link {
namespace {

constexpr std::size_t kEthernetSize = 14;
constexpr std::size_t kIpSizeMin = 20;
constexpr std::size_t kTcpSizeMin = 20;
constexpr std::uint16_t kEtherTypeIp = 0x0800;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint16_t kFragmentOffsetMask = 0x1fff;

void view_tcp(Bytes segment, FrameView& view) {
  if (segment.size() < kTcpSizeMin) return;
  const std::size_t header_size = static_cast<std::size_t>(segment[12] >> 4) * 4;
  if (header_size < kTcpSizeMin || header_size > segment.size()) return;
  view.is_tcp = true;
  view.source_port = be16(segment, 0);
  view.target_port = be16(segment, 2);
  view.sequence = be32(segment, 4);
  view.flags = segment[13];
  view.payload = segment.subspan(header_size);
}

}  // namespace

std::optional<FrameView> view_frame(Bytes frame) {
  if (frame.size() < kEthernetSize + kIpSizeMin || be16(frame, 12) != kEtherTypeIp) return std::nullopt;
  const Bytes packet = frame.subspan(kEthernetSize);
  const std::size_t header_size = static_cast<std::size_t>(packet[0] & 15) * 4;
  const std::size_t size = be16(packet, 2);
  if (packet[0] >> 4 != 4 || header_size < kIpSizeMin || size < header_size || size > packet.size())
    return std::nullopt;
  FrameView view;
  view.ip_id = be16(packet, 4);
  view.source = be32(packet, 12);
  view.target = be32(packet, 16);
  if (packet[9] == kProtocolTcp && (be16(packet, 6) & kFragmentOffsetMask) == 0)
    view_tcp(packet.subspan(header_size, size - header_size), view);
  return view;
}

}  // namespace plaintalk::link
