#include "capture/file/pcapng_parser.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "capture/file/pcapng_format.hpp"
#include "capture/file/pcapng_options.hpp"

namespace plaintalk::capture {
namespace {

using Sentence = std::unexpected<std::string>;

constexpr std::size_t kSectionBodySize = 16;  // without options
constexpr std::size_t kInterfaceBodySize = 8;
constexpr std::size_t kStatisticsBodySize = 12;
constexpr std::size_t kPacketBodySize = 20;  // of the enhanced and the obsolete packet block
constexpr std::size_t kSimplePacketBodySize = 4;
// A packet of the largest size with generous room for its options.
constexpr std::uint32_t kBlockSizeMax = kRecordSizeMax + (1u << 20);
constexpr std::size_t kCommentCountMax = 256;
constexpr std::size_t kNameSizeMax = 1024;

std::string text(Bytes value, std::size_t size_max) {
  std::string_view view = as_text(value.first(std::min(value.size(), size_max)));
  return std::string(view.substr(0, view.find('\0')));
}

Sentence overrun(const char* block) {
  return Sentence("an option runs past the end of " + std::string(block));
}

bool is_packet(std::uint32_t type) {
  return type == pcapng::kEnhancedPacketBlock || type == pcapng::kSimplePacketBlock ||
         type == pcapng::kObsoletePacketBlock;
}

bool is_wanted(std::uint32_t type) {
  return is_packet(type) || type == pcapng::kSectionHeaderBlock || type == pcapng::kInterfaceBlock ||
         type == pcapng::kStatisticsBlock;
}

}  // namespace

bool PcapngParser::recognises(Bytes start) {
  return start.size() >= 4 && le32(start, 0) == pcapng::kSectionHeaderBlock;
}

std::expected<void, std::string> PcapngParser::begin(Input& input, Catalog& catalog) {
  const auto head = read_head(input, catalog);
  if (!head) return Sentence(head.error().what);
  const auto body = read_body(input, catalog, head->value());
  if (!body) return Sentence(body.error().what);
  const auto taken = take_section(*body, catalog, input.position());
  if (taken) input.advance(head->value().length);
  return taken;
}

NextRecord PcapngParser::next(Input& input, Catalog& catalog) {
  for (;;) {
    const std::uint64_t start = input.position();
    const auto head = read_head(input, catalog);
    if (!head) return std::unexpected(head.error());
    if (!*head) return std::nullopt;
    const auto [type, length] = **head;
    if (!is_wanted(type)) {
      if (const auto skipped = skip_block(input, catalog, **head); !skipped)
        return std::unexpected(skipped.error());
      continue;
    }
    const auto body = read_body(input, catalog, **head);
    if (!body) return std::unexpected(body.error());
    input.advance(length);
    if (type == pcapng::kSectionHeaderBlock) {
      if (auto taken = take_section(*body, catalog, start); !taken)
        return catalog.fault(start, std::move(taken.error()));
      continue;
    }
    if (!is_packet(type)) {
      auto taken =
          type == pcapng::kInterfaceBlock ? take_interface(*body, catalog) : take_statistics(*body, catalog);
      if (!taken) catalog.skip_block(start, std::move(taken.error()));
      continue;
    }
    auto packet = read_packet(type, *body, catalog);
    auto made = packet ? record(*packet, catalog) : std::unexpected(std::move(packet.error()));
    if (!made) catalog.skip_block(start, std::move(made.error()));
    ++catalog.packet_count;
    if (made) return *made;
  }
}

// A section header may change the byte order, so its magic is read before its length.
std::expected<std::optional<PcapngParser::Head>, CaptureError> PcapngParser::read_head(Input& input,
                                                                                       Catalog& catalog) {
  const Bytes start = input.peek(pcapng::kBlockFrameSize);
  if (start.empty() && input.failure().empty()) return std::nullopt;
  if (start.size() < pcapng::kBlockFrameSize)
    return catalog.cut(input, "the block after record " + std::to_string(catalog.packet_count), start.size(),
                       pcapng::kBlockFrameSize);
  if (le32(start, 0) == pcapng::kSectionHeaderBlock) {
    const bool is_little = le32(start, 8) == pcapng::kByteOrderMagic;
    const bool is_big = be32(start, 8) == pcapng::kByteOrderMagic;
    if (!is_little && !is_big)
      return catalog.fault(input.position(), "a section header without its byte-order magic");
    order_.is_big = is_big;
  }
  const Head head{order_.u32(start, 0), order_.u32(start, 4)};
  if (head.length < pcapng::kBlockFrameSize || head.length % 4 != 0)
    return catalog.fault(input.position(),
                         "a block claims a length of " + std::to_string(head.length) + ", which cannot be");
  return head;
}

std::expected<Bytes, CaptureError> PcapngParser::read_body(Input& input, Catalog& catalog, const Head& head) {
  if (head.length > kBlockSizeMax)
    return catalog.fault(input.position(), "a block claims " + std::to_string(head.length) +
                                               " bytes, more than any packet: the file is damaged here");
  const Bytes block = input.peek(head.length);
  if (block.size() < head.length) {
    const std::string part = is_packet(head.type)
                                 ? "record " + std::to_string(catalog.packet_count + 1)
                                 : "a block after record " + std::to_string(catalog.packet_count);
    return catalog.cut(input, part, block.size(), head.length);
  }
  if (order_.u32(block, head.length - 4) != head.length)
    return catalog.fault(input.position(), "a block's two lengths differ: the file is damaged here");
  return block.subspan(8, head.length - pcapng::kBlockFrameSize);
}

std::expected<void, CaptureError> PcapngParser::skip_block(Input& input, Catalog& catalog, const Head& head) {
  const std::uint64_t start = input.position();
  const std::uint64_t before_trailer = head.length - 4;
  const std::uint64_t skipped = input.skip(before_trailer);
  const Bytes trailer = input.peek(4);
  if (skipped < before_trailer || trailer.size() < 4)
    return catalog.cut(input, "a block after record " + std::to_string(catalog.packet_count),
                       static_cast<std::size_t>(skipped) + trailer.size(), head.length);
  if (order_.u32(trailer, 0) != head.length)
    return catalog.fault(start, "a block's two lengths differ: the file is damaged here");
  input.advance(4);
  return {};
}

std::expected<void, std::string> PcapngParser::take_section(Bytes body, Catalog& catalog,
                                                            std::uint64_t start) {
  if (body.size() < kSectionBodySize) return Sentence("a section header is too short");
  if (const std::uint16_t major = order_.u16(body, 4); major != 1)
    return Sentence("pcapng version " + std::to_string(major) + " is not known (1 is)");
  section_start_ = catalog.interfaces.size();
  pcapng::OptionReader options(order_, body.subspan(kSectionBodySize));
  while (const auto option = options.next())
    if (option->code == pcapng::kComment && catalog.comments.size() < kCommentCountMax)
      catalog.comments.push_back(text(option->value, option->value.size()));
  // Only comments are lost.
  if (options.is_overrun()) catalog.skip_block(start, overrun("a section header").error());
  return {};
}

std::expected<void, std::string> PcapngParser::take_interface(Bytes body, Catalog& catalog) {
  if (catalog.interfaces.size() == kInterfaceCountMax)
    return Sentence("more than " + std::to_string(kInterfaceCountMax) +
                    " interfaces: packets of further ones are left out");
  const auto add = [&](InterfaceInfo info, const Clock& clock) {
    catalog.interfaces.push_back(std::move(info));
    clocks_.push_back(clock);
  };
  InterfaceInfo info;
  if (body.size() < kInterfaceBodySize) {
    add(std::move(info), {.scale = {}, .offset_s = 0, .is_known = false});  // it has its number all the same
    return Sentence("an interface block is too short: the packets of this interface are left out");
  }
  info.link_type = LinkType{order_.u16(body, 0)};
  info.snap_length = order_.u32(body, 4);
  Clock clock;
  pcapng::OptionReader options(order_, body.subspan(kInterfaceBodySize));
  while (const auto option = options.next()) {
    const Bytes value = option->value;
    if (option->code == pcapng::kInterfaceName) info.name = text(value, kNameSizeMax);
    if (option->code == pcapng::kInterfaceDescription) info.description = text(value, kNameSizeMax);
    if (option->code == pcapng::kInterfaceTimeResolution && value.size() == 1)
      clock.scale = TimeScale::from_option(value[0]);
    if (option->code == pcapng::kInterfaceTimeOffset && value.size() == 8)
      clock.offset_s = static_cast<std::int64_t>(order_.u64(value, 0));
  }
  clock.is_known = !options.is_overrun();
  info.time_units_per_second = clock.scale.units_per_second();
  add(std::move(info), clock);
  if (options.is_overrun()) return overrun("an interface block: the packets of this interface are left out");
  return {};
}

std::expected<void, std::string> PcapngParser::take_statistics(Bytes body, Catalog& catalog) {
  if (body.size() < kStatisticsBodySize) return Sentence("a statistics block is too short");
  const std::uint32_t local = order_.u32(body, 0);
  if (local >= catalog.interfaces.size() - section_start_)
    return Sentence("a statistics block names interface " + std::to_string(local) +
                    ", which its section has not described");
  InterfaceInfo& info = catalog.interfaces[section_start_ + local];
  pcapng::OptionReader options(order_, body.subspan(kStatisticsBodySize));
  while (const auto option = options.next()) {
    if (option->value.size() != 8) continue;
    const std::uint64_t count = order_.u64(option->value, 0);
    if (option->code == pcapng::kStatisticsReceived) info.received_count = count;
    if (option->code == pcapng::kStatisticsInterfaceDrop) info.interface_dropped_count = count;
    if (option->code == pcapng::kStatisticsKernelDrop) info.dropped_count = count;
  }
  if (options.is_overrun()) return overrun("a statistics block");
  return {};
}

std::expected<PcapngParser::Packet, std::string> PcapngParser::read_packet(std::uint32_t type, Bytes body,
                                                                           const Catalog& catalog) const {
  Packet packet;
  if (type == pcapng::kSimplePacketBlock) {
    if (body.size() < kSimplePacketBodySize) return Sentence("a packet block is too short");
    packet.original_size = order_.u32(body, 0);
    packet.data = body.subspan(kSimplePacketBodySize);
    packet.has_time = false;
    // It has no captured length: the packet was cut, if at all, by the snap length of the section's first
    // interface.
    packet.captured_size = packet.original_size;
    if (section_start_ < catalog.interfaces.size())
      if (const std::uint32_t limit = catalog.interfaces[section_start_].snap_length; limit != 0)
        packet.captured_size = std::min(packet.captured_size, limit);
    return packet;
  }
  if (body.size() < kPacketBodySize) return Sentence("a packet block is too short");
  packet.interface = type == pcapng::kObsoletePacketBlock ? order_.u16(body, 0) : order_.u32(body, 0);
  packet.time_units = std::uint64_t{order_.u32(body, 4)} << 32 | order_.u32(body, 8);
  packet.captured_size = order_.u32(body, 12);
  packet.original_size = order_.u32(body, 16);
  packet.data = body.subspan(kPacketBodySize);
  return packet;
}

std::expected<PacketRecord, std::string> PcapngParser::record(const Packet& packet, const Catalog& catalog) {
  const std::string name = "record " + std::to_string(catalog.packet_count + 1);
  if (packet.interface >= catalog.interfaces.size() - section_start_)
    return Sentence(name + " names interface " + std::to_string(packet.interface) +
                    ", which its section has not described");
  if (packet.captured_size > packet.data.size())
    return Sentence(name + " claims " + std::to_string(packet.captured_size) + " bytes, its block has " +
                    std::to_string(packet.data.size()));
  const std::size_t index = section_start_ + packet.interface;
  if (!clocks_[index].is_known)
    return Sentence(name + " is of interface " + std::to_string(packet.interface) +
                    ", whose description is damaged");
  // A simple packet block has no time; the time of the record before it keeps the order without inventing a
  // clock.
  if (packet.has_time) last_time_ = clocks_[index].scale.at(packet.time_units, clocks_[index].offset_s);
  PacketRecord made;
  made.number = catalog.packet_count + 1;
  made.time = last_time_;
  made.interface = static_cast<std::uint32_t>(index);
  made.link_type = catalog.interfaces[index].link_type;
  made.original_size = std::max(packet.original_size, packet.captured_size);
  made.bytes = packet.data.first(packet.captured_size);
  return made;
}

}  // namespace plaintalk::capture
