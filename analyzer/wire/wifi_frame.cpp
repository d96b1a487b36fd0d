#include "analyzer/wire/wifi_frame.hpp"

#include <algorithm>
#include <utility>

namespace plaintalk::analyzer {
namespace {

std::optional<Bytes> without(Bytes frame, std::size_t size) {
  if (frame.size() < size) return std::nullopt;
  return frame.subspan(size);
}

WifiResult behind_radio_header(Bytes frame, std::size_t size, bool is_padded = false) {
  const auto rest = without(frame, size);
  if (!rest) return no_segment(Skip::link_header_cut);
  return content_of_wifi(*rest, is_padded);
}

// The flags field of a radiotap header: the second one, after the clock of eight bytes at a multiple of
// eight.
std::uint8_t radiotap_flags(Bytes frame, std::size_t size) {
  constexpr std::uint32_t kClock = 1U << 0U;
  constexpr std::uint32_t kFlags = 1U << 1U;
  constexpr std::uint32_t kMorePresent = 1U << 31U;
  const std::uint32_t present = le32(frame, 4);
  std::size_t at = 8;
  for (std::uint32_t word = present; (word & kMorePresent) != 0; at += 4) {
    if (at + 4 > size) return 0;
    word = le32(frame, at);
  }
  if ((present & kFlags) == 0) return 0;
  if ((present & kClock) != 0) at = (at + 7) / 8 * 8 + 8;
  return at < size ? frame[at] : 0;
}

}  // namespace

WifiResult content_of_wifi(Bytes frame, bool is_padded) {
  constexpr std::size_t kHeaderSize = 24;
  if (frame.size() < 2) return no_segment(Skip::link_header_cut);
  const unsigned type = (frame[0] >> 2U) & 3U;
  const unsigned subtype = frame[0] >> 4U;
  const unsigned flags = frame[1];
  constexpr unsigned kData = 2;
  constexpr unsigned kNoData = 4;  // bit of the subtype
  constexpr unsigned kQos = 8;
  constexpr unsigned kBothDistributionSystems = 3;
  constexpr unsigned kMoreFragments = 0x04;
  constexpr unsigned kProtected = 0x40;
  constexpr unsigned kHtControl = 0x80;
  if (type != kData || (subtype & kNoData) != 0) return no_segment(Skip::wifi_no_data);
  std::size_t size = kHeaderSize;
  if ((flags & kBothDistributionSystems) == kBothDistributionSystems) size += 6;
  const bool is_qos = (subtype & kQos) != 0;
  const std::size_t qos_at = size;
  if (is_qos) size += (flags & kHtControl) != 0 ? 6 : 2;
  if (frame.size() < size) return no_segment(Skip::link_header_cut);
  if ((flags & kProtected) != 0) return no_segment(Skip::wifi_encrypted);
  if ((flags & kMoreFragments) != 0 || (frame[22] & 0x0fU) != 0) return no_segment(Skip::wifi_fragment);
  const bool is_aggregate = is_qos && (frame[qos_at] & 0x80U) != 0;
  if (is_padded) size = (size + 3) / 4 * 4;
  const auto content = without(frame, size);
  if (!content) return no_segment(Skip::link_header_cut);
  return WifiContent{*content, is_aggregate};
}

std::optional<AggregatePart> take_part(Bytes& aggregate) {
  constexpr std::size_t kHeaderSize = 14;
  constexpr std::size_t kLengthAt = 12;
  const Bytes all = std::exchange(aggregate, {});
  if (all.size() <= kHeaderSize) return std::nullopt;
  AggregatePart part;
  part.wire_size = be16(all, kLengthAt);
  if (part.wire_size == 0) return std::nullopt;
  const Bytes rest = all.subspan(kHeaderSize);
  part.llc = rest.first(std::min(part.wire_size, rest.size()));
  const std::size_t padded = (kHeaderSize + part.wire_size + 3) / 4 * 4;
  if (padded < all.size()) aggregate = all.subspan(padded);
  part.header_and_padding_size = std::min(padded, all.size()) - part.llc.size();
  return part;
}

WifiResult content_of_radiotap(Bytes frame) {
  constexpr std::uint8_t kPadded = 0x20;
  if (frame.size() < 8) return no_segment(Skip::link_header_cut);
  const std::size_t size = le16(frame, 2);
  if (size < 8 || size > frame.size()) return no_segment(Skip::link_header_cut);
  return behind_radio_header(frame, size, (radiotap_flags(frame, size) & kPadded) != 0);
}

WifiResult content_of_ppi(Bytes frame) {
  constexpr std::uint32_t kLinkTypeWifi = 105;
  if (frame.size() < 8) return no_segment(Skip::link_header_cut);
  const std::uint32_t link_type = le32(frame, 4);
  if (link_type != kLinkTypeWifi) return no_segment(Skip::link_type, link_type);
  return behind_radio_header(frame, le16(frame, 2));
}

WifiResult content_of_avs(Bytes frame) {
  if (frame.size() < 8) return no_segment(Skip::link_header_cut);
  return behind_radio_header(frame, be32(frame, 4));
}

WifiResult content_of_prism(Bytes frame) {
  if (frame.size() < 8) return no_segment(Skip::link_header_cut);
  constexpr std::uint32_t kAvsMagic = 0x80211000;
  if ((be32(frame, 0) & 0xfffff000U) == kAvsMagic) return content_of_avs(frame);
  // In the byte order of whoever captured.
  const std::uint32_t little = le32(frame, 4);
  return behind_radio_header(frame, little <= 0xffff ? little : be32(frame, 4));
}

}  // namespace plaintalk::analyzer
