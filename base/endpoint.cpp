#include "base/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

#include "base/number.hpp"

namespace plaintalk {

IpAddress IpAddress::v4(Bytes four) {
  IpAddress address;
  std::copy_n(four.begin(), 4, address.octets.begin());
  return address;
}

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  const std::array<std::uint8_t, 4> four{a, b, c, d};
  return v4(Bytes(four));
}

IpAddress IpAddress::v6(Bytes sixteen) {
  IpAddress address;
  std::copy_n(sixteen.begin(), 16, address.octets.begin());
  address.is_v6 = true;
  return address;
}

bool IpAddress::is_loopback() const {
  if (!is_v6) return octets[0] == 127;
  const auto last = octets.size() - 1;
  return octets[last] == 1 &&
         std::all_of(octets.begin(), octets.begin() + last, [](std::uint8_t octet) { return octet == 0; });
}

std::string render(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v6) {
    inet_ntop(AF_INET6, address.octets.data(), text.data(), text.size());
    return text.data();
  }
  char* end = text.data();
  for (std::size_t index = 0; index < 4; ++index) {
    if (index != 0) *end++ = '.';
    end = std::to_chars(end, text.data() + text.size(), address.octets[index]).ptr;
  }
  return {text.data(), end};
}

std::string render(const Endpoint& endpoint) {
  const std::string address = render(endpoint.address);
  const std::string port = std::to_string(endpoint.port);
  return endpoint.address.is_v6 ? '[' + address + "]:" + port : address + ':' + port;
}

std::expected<IpAddress, std::string> parse_address(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.octets.data()) == 1) return address;
  if (inet_pton(AF_INET6, copy.c_str(), address.octets.data()) == 1) {
    address.is_v6 = true;
    return address;
  }
  return std::unexpected('\'' + copy + "' is not an IPv4 or IPv6 address");
}

std::expected<HostPort, std::string> parse_host_port(std::string_view text, std::uint16_t default_port) {
  const auto wrong = [&](std::string_view why) {
    return std::unexpected('\'' + std::string(text) + "' is not HOST:PORT: " + std::string(why) +
                           " (examples: localhost:7777, 127.0.0.1:0, [::1]:7777)");
  };
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return wrong("a ']' is missing");
    host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return wrong("a ':' is missing after the ']'");
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return wrong("the port is missing");
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const std::size_t colon = text.find(':');
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) return wrong("the port is missing");
  } else if (text.find(':') != text.npos && !parse_address(text)) {
    return wrong("write an IPv6 address in brackets");
  }
  if (host.empty()) return wrong("the host is missing");
  if (port.empty()) return HostPort{std::string(host), default_port};
  const auto number = parse_decimal<std::uint16_t>(port);
  if (!number) return wrong("the port must be 0 to 65535");
  return HostPort{std::string(host), *number};
}

}  // namespace plaintalk

std::size_t std::hash<plaintalk::Endpoint>::operator()(const plaintalk::Endpoint& endpoint) const noexcept {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, endpoint.address.octets.data(), sizeof low);
  std::memcpy(&high, endpoint.address.octets.data() + sizeof low, sizeof high);
  std::uint64_t mixed = low * 0x9E3779B97F4A7C15ULL ^ (high + endpoint.port) * 0xC2B2AE3D27D4EB4FULL;
  mixed ^= mixed >> 29;
  return static_cast<std::size_t>(mixed * 0x165667B19E3779F9ULL);
}
