// Who may see the live view, and what of it a request asks for. No I/O: each rule can be tested by itself.
//
// An address of the view carries a secret of 128 bits and more. Besides, Host must name the address that is
// listened on and Origin, where there is one, must be the same: a page of somebody else that has its name
// point to this machine (DNS rebinding) has a Host of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"

namespace plaintalk::analyzer::web {

// Where the view can be reached.
struct Place {
  std::string host;                  // as it was given: an address or a name
  std::vector<IpAddress> addresses;  // that are listened on
  std::uint16_t port = 0;
  std::string secret;

  bool is_loopback() const { return std::ranges::all_of(addresses, &IpAddress::is_loopback); }
};

struct Request {
  std::string_view method;
  std::string_view target;
  std::vector<std::string_view> hosts;  // every Host line
  std::vector<std::string_view> origins;
  bool has_body = false;
  bool is_upgrade = false;  // to WebSocket, well-formed
};

struct Answer {
  enum class What : std::uint8_t { refused, file, events, entries, frames };
  What what = What::refused;
  unsigned status = 200;
  std::string_view why;   // for people, of a refusal
  std::string_view name;  // of the file: "" is the page itself
  // Of entries: lines after or before this id.
  bool is_after = false;
  std::uint64_t id = 0;
  std::vector<std::uint64_t> numbers;  // of frames
};

inline constexpr std::size_t kFrameNumberCountMax = 100;

Answer judge(const Place& place, const Request& request);

// "127.0.0.1:7788", "[::1]:80", as a Host line writes it: does it name the place?
bool is_host_allowed(const Place& place, std::string_view host);
// "http://127.0.0.1:7788".
bool is_origin_allowed(const Place& place, std::string_view origin);

}  // namespace plaintalk::analyzer::web
