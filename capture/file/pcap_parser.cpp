#include "capture/file/pcap_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/file/time_scale.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::uint32_t kMicrosecondMagic = 0xA1B2C3D4;
constexpr std::uint32_t kNanosecondMagic = 0xA1B23C4D;
constexpr std::uint32_t kModifiedMagic = 0xA1B2CD34;
constexpr std::size_t kFileHeaderSize = 24;
constexpr std::size_t kRecordHeaderSize = 16;
constexpr std::size_t kModifiedExtraSize = 8;

}  // namespace

std::optional<PcapParser> PcapParser::recognise(Bytes start) {
  if (start.size() < 4) return std::nullopt;
  for (const bool is_big : {false, true}) {
    PcapParser parser;
    parser.order_.is_big = is_big;
    const std::uint32_t magic = parser.order_.u32(start, 0);
    if (magic == kNanosecondMagic) parser.fraction_ns_ = 1;
    parser.is_modified_ = magic == kModifiedMagic;
    if (magic == kMicrosecondMagic || magic == kNanosecondMagic || magic == kModifiedMagic) return parser;
  }
  return std::nullopt;
}

std::expected<void, std::string> PcapParser::begin(Input& input, Catalog& catalog) {
  const Bytes header = input.peek(kFileHeaderSize);
  if (header.size() < kFileHeaderSize) return std::unexpected("the file ends inside its pcap header");
  const std::uint16_t major = order_.u16(header, 4);
  const std::uint16_t minor = order_.u16(header, 6);
  // 543 is what one old vendor's tcpdump wrote; such files are otherwise like version 2.2.
  if (major != 2 && major != 543)
    return std::unexpected("pcap version " + std::to_string(major) + '.' + std::to_string(minor) +
                           " is not known (2.4 is)");
  if (major == 543 || minor < 3)
    length_order_ = LengthOrder::swapped;
  else if (minor == 3)
    length_order_ = LengthOrder::smaller_first;

  InterfaceInfo info;
  info.snap_length = order_.u32(header, 16);
  // The upper half says how many bytes of frame check sequence follow each packet; whoever looks inside
  // trims by IP length anyway.
  info.link_type = LinkType{order_.u32(header, 20) & 0xFFFF};
  info.time_units_per_second = fraction_ns_ == 1 ? 1'000'000'000 : 1'000'000;
  catalog.interfaces.push_back(std::move(info));
  input.advance(kFileHeaderSize);
  return {};
}

NextRecord PcapParser::next(Input& input, Catalog& catalog) {
  const std::size_t header_size = kRecordHeaderSize + (is_modified_ ? kModifiedExtraSize : 0);
  Bytes bytes = input.peek(header_size);
  if (bytes.empty() && input.failure().empty()) return std::nullopt;
  const auto inside = [&] { return "record " + std::to_string(catalog.packet_count + 1); };
  if (bytes.size() < header_size) return catalog.cut(input, inside(), bytes.size(), header_size);

  std::uint32_t captured_size = order_.u32(bytes, 8);
  std::uint32_t original_size = order_.u32(bytes, 12);
  if (length_order_ == LengthOrder::swapped ||
      (length_order_ == LengthOrder::smaller_first && captured_size > original_size))
    std::swap(captured_size, original_size);
  if (captured_size > kRecordSizeMax)
    return catalog.fault(input.position(), inside() + " claims " + std::to_string(captured_size) +
                                               " bytes, more than any packet: the file is damaged here");
  const std::size_t record_size = header_size + captured_size;
  bytes = input.peek(record_size);
  if (bytes.size() < record_size) return catalog.cut(input, inside(), bytes.size(), record_size);

  PacketRecord record;
  record.number = ++catalog.packet_count;
  record.time = wall_time(order_.u32(bytes, 0), std::uint64_t{order_.u32(bytes, 4)} * fraction_ns_);
  record.link_type = catalog.interfaces.front().link_type;
  record.original_size = std::max(original_size, captured_size);
  record.bytes = bytes.subspan(header_size, captured_size);
  input.advance(record_size);
  return record;
}

std::string PcapParser::format() const {
  return std::string(is_modified_ ? "modified pcap" : "pcap") + (order_.is_big ? ", big" : ", little") +
         "-endian, " + (fraction_ns_ == 1 ? "nanoseconds" : "microseconds");
}

}  // namespace plaintalk::capture
