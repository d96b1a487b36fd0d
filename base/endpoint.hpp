// An IP address and a TCP port: one value type for the server's peers and for the two ends of a captured
// packet.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace plaintalk {

// IPv4 is kept in the first four bytes and the rest is zero, so that comparing and hashing need no special
// case.
struct IpAddress {
  std::array<std::uint8_t, 16> octets{};
  bool is_v6 = false;

  static IpAddress v4(Bytes four);
  static IpAddress v6(Bytes sixteen);
  static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);

  Bytes bytes() const { return {octets.data(), is_v6 ? std::size_t{16} : std::size_t{4}}; }
  bool is_loopback() const;
  auto operator<=>(const IpAddress&) const = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// "192.0.2.1" or "2001:db8::1" (RFC 5952).
std::string render(const IpAddress& address);
// "192.0.2.1:7777" or "[2001:db8::1]:7777".
std::string render(const Endpoint& endpoint);

std::expected<IpAddress, std::string> parse_address(std::string_view text);

// A host name or address and a port, as people write them: "localhost:7777", "[::1]:7777", "0.0.0.0:0".
// A missing port takes `default_port`. The error says what to write instead.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
std::expected<HostPort, std::string> parse_host_port(std::string_view text, std::uint16_t default_port);

}  // namespace plaintalk

template <>
struct std::hash<plaintalk::Endpoint> {
  std::size_t operator()(const plaintalk::Endpoint& endpoint) const noexcept;
};
