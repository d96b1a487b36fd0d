#include "tests/generated/tcp_options.hpp"

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/endpoint.hpp"
#include "base/internet_checksum.hpp"

namespace plaintalk::generated {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::size_t kHeaderSizeMax = 60;

std::uint16_t u16(const std::string& packet, std::size_t at) { return be16(as_bytes(packet), at); }
void set16(std::string& packet, std::size_t at, std::size_t value) {
  packet[at] = static_cast<char>(value >> 8);
  packet[at + 1] = static_cast<char>(value & 0xff);
}
void put32(std::string& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 0xff);
}

std::string bytes_of(const TcpOptions& options) {
  std::string bytes;
  if (options.sack_permitted) bytes += {4, 2};
  if (options.has_stamps) {
    bytes += {8, 10};
    put32(bytes, options.stamp);
    put32(bytes, options.echo);
  }
  if (!options.blocks.empty()) {
    bytes += {5, static_cast<char>(2 + 8 * options.blocks.size())};
    for (const auto& [begin, end] : options.blocks) {
      put32(bytes, begin);
      put32(bytes, end);
    }
  }
  while (bytes.size() % 4 != 0) bytes += char{1};
  return bytes;
}

}  // namespace

void add_options(std::string& packet, const TcpOptions& options) {
  const std::string added = bytes_of(options);
  if (added.empty()) return;
  const bool is_v6 = (packet[0] & 0xf0) == 0x60;
  const std::size_t tcp = is_v6 ? 40 : 20;
  const std::size_t header = 4 * (static_cast<std::uint8_t>(packet[tcp + 12]) >> 4U);
  check(header + added.size() <= kHeaderSizeMax, "more options than a TCP header holds");
  packet.insert(tcp + header, added);
  packet[tcp + 12] = static_cast<char>((header + added.size()) / 4 << 4);
  const std::size_t length_at = is_v6 ? 4 : 2;
  set16(packet, length_at, u16(packet, length_at) + added.size());
  const Bytes all = as_bytes(packet);
  if (!is_v6) {
    set16(packet, 10, 0);
    set16(packet, 10, static_cast<std::uint16_t>(~ones_complement_sum(as_bytes(packet).first(tcp))));
  }
  const std::size_t address_size = is_v6 ? 16 : 4;
  const std::size_t addresses = is_v6 ? 8 : 12;
  const auto address = [&](std::size_t at) {
    return is_v6 ? IpAddress::v6(all.subspan(at, address_size))
                 : IpAddress::v4(all[at], all[at + 1], all[at + 2], all[at + 3]);
  };
  set16(packet, tcp + 16, 0);
  const Bytes segment = as_bytes(packet).subspan(tcp);
  const std::uint16_t start = pseudo_header_sum(address(addresses), address(addresses + address_size), kTcp,
                                                static_cast<std::uint32_t>(segment.size()));
  set16(packet, tcp + 16, static_cast<std::uint16_t>(~ones_complement_sum(segment, start)));
}

}  // namespace plaintalk::generated
