#include "tests/golden/tape.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "capture/file/pcapng_writer.hpp"

namespace plaintalk::golden {
namespace {

constexpr std::size_t kEthernetSizeMin = 60;  // without the check sequence
constexpr unsigned kVlan = 5;

bool is_v6(std::string_view packet) { return as_bytes(packet)[0] >> 4 == 6; }
unsigned ether_type(std::string_view packet) { return is_v6(packet) ? 0x86DD : 0x0800; }

// A locally administered address that shows the last bytes of the IP address.
std::string hardware_address(std::string_view ip_address) {
  return std::string("\x02\x00", 2) + std::string(ip_address.substr(ip_address.size() - 4));
}

std::string ethernet(std::string_view packet, bool has_vlan) {
  const std::size_t size = is_v6(packet) ? 16 : 4;
  const std::string_view source = packet.substr(is_v6(packet) ? 8 : 12, size);
  const std::string_view target = packet.substr(is_v6(packet) ? 24 : 16, size);
  capture::FileBuilder frame(capture::Order::big);
  frame.raw(hardware_address(target)).raw(hardware_address(source));
  if (has_vlan) frame.u16(0x8100).u16(kVlan);
  std::string bytes = frame.u16(ether_type(packet)).raw(packet).take();
  bytes.resize(std::max(bytes.size(), kEthernetSizeMin), '\0');
  return bytes;
}

// LINKTYPE_LINUX_SLL2, as 'any' shows the loopback interface.
std::string cooked(std::string_view packet) {
  constexpr unsigned kLoopbackDevice = 772;
  return capture::FileBuilder(capture::Order::big)
      .u16(ether_type(packet))
      .u16(0)
      .u32(1)  // interface index
      .u16(kLoopbackDevice)
      .u8(0)  // to us
      .u8(6)
      .u64(0)
      .raw(packet)
      .take();
}

}  // namespace

void Tape::add(std::string packet) {
  packets_.push_back({now_, std::move(packet)});
  now_ += std::chrono::microseconds(40);
}

void Tape::miss(std::size_t index) { packets_.erase(packets_.begin() + static_cast<std::ptrdiff_t>(index)); }

void Tape::exchange(std::size_t first, std::size_t second) {
  std::swap(packets_.at(first).packet, packets_.at(second).packet);
}

std::uint32_t link_type(Link link) {
  switch (link) {
    case Link::ethernet:
    case Link::vlan: return 1;
    case Link::raw: return 101;
    case Link::sll2: return 276;
  }
  return 0;
}

std::string framed(Link link, std::string_view packet) {
  switch (link) {
    case Link::ethernet: return ethernet(packet, false);
    case Link::vlan: return ethernet(packet, true);
    case Link::raw: return std::string(packet);
    case Link::sll2: return cooked(packet);
  }
  return {};
}

std::string as_pcap(const Tape& tape, const PcapForm& form) {
  constexpr std::uint32_t kMicrosecondMagic = 0xA1B2C3D4;
  constexpr std::uint32_t kNanosecondMagic = 0xA1B23C4D;
  std::string file =
      capture::pcap_header(form.order, {.magic = form.nanoseconds ? kNanosecondMagic : kMicrosecondMagic,
                                        .snap_length = form.snap_length,
                                        .network = link_type(form.link)});
  for (const Recorded& recorded : tape.packets()) {
    const std::string frame = framed(form.link, recorded.packet);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(recorded.time);
    const auto fraction_ns = (recorded.time - seconds).count();
    file += capture::pcap_record(
        form.order, static_cast<std::uint32_t>(seconds.time_since_epoch().count()),
        static_cast<std::uint32_t>(form.nanoseconds ? fraction_ns : fraction_ns / 1000),
        std::string_view(frame).substr(0, form.snap_length), static_cast<std::uint32_t>(frame.size()));
  }
  return file;
}

std::string as_pcapng(std::span<const Track> tracks, std::string_view comment) {
  std::string file;
  capture::PcapngWriter writer([&](std::string_view block) { file += block; },
                               {"make_golden", std::string(comment)});
  struct Taken {
    WallTime time;
    std::uint32_t interface;
    std::string frame;
  };
  std::vector<Taken> merged;
  for (const Track& track : tracks) {
    const std::uint32_t index = writer.add_interface(
        {LinkType{link_type(track.link)}, 262144, std::string(track.interface_name), ""});
    for (const Recorded& recorded : track.tape->packets())
      merged.push_back({recorded.time, index, framed(track.link, recorded.packet)});
  }
  std::ranges::stable_sort(merged, {}, &Taken::time);
  for (const Taken& taken : merged)
    writer.packet(taken.interface, taken.time, as_bytes(taken.frame),
                  static_cast<std::uint32_t>(taken.frame.size()));
  return file;
}

}  // namespace plaintalk::golden
