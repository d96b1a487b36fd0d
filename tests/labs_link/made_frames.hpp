// Ethernet frames with IPv4 and TCP, as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::link {

inline constexpr std::uint32_t kServer = 0x0a000001;  // 10.0.0.1
inline constexpr std::uint32_t kPerson = 0x0a00000b;  // 10.0.0.11
inline constexpr std::uint32_t kOther = 0x0a00000c;

struct Segment {
  std::uint32_t source = kServer;
  std::uint32_t target = kPerson;
  std::uint32_t sequence = 1000;
  std::string payload{};
  std::uint16_t port = 4000;  // of the person
};

inline void put16(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

inline void put32(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, value >> 16);
  put16(bytes, at + 2, value);
}

inline std::vector<std::uint8_t> frame_of(const Segment& segment) {
  constexpr std::size_t kIp = 14;
  constexpr std::size_t kTcp = kIp + 20;
  constexpr std::size_t kData = kTcp + 20;
  std::vector<std::uint8_t> bytes(kData);
  bytes.insert(bytes.end(), segment.payload.begin(), segment.payload.end());
  put16(bytes, 12, 0x0800);
  bytes[kIp] = 0x45;
  put16(bytes, kIp + 2, static_cast<std::uint32_t>(bytes.size() - kIp));
  put16(bytes, kIp + 4, 77);
  bytes[kIp + 9] = 6;
  put32(bytes, kIp + 12, segment.source);
  put32(bytes, kIp + 16, segment.target);
  const bool is_servers = segment.source == kServer;
  put16(bytes, kTcp, is_servers ? 7777U : segment.port);
  put16(bytes, kTcp + 2, is_servers ? segment.port : 7777U);
  put32(bytes, kTcp + 4, segment.sequence);
  bytes[kTcp + 12] = 5 << 4;
  bytes[kTcp + 13] = 0x10;
  return bytes;
}

}  // namespace plaintalk::link
