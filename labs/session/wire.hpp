// A wire that looks like one, without root: two network namespaces joined by a veth pair (veth(4)).
//
//   the server's namespace                        the people's namespace (this process's)
//   eth0  10.0.0.1/24  ------------------------   eth0  10.0.0.11/24, 10.0.0.12/24, ...
//
// On the loopback interface half of what a network does cannot be seen: its MSS is 65,495, segments are 64
// KiB long and checksums are left out. Here the MTU is 1500 and the kernel segments and sums in software,
// before a capture sees the packet. IPv6 stays silent. A captured packet is the same on both ends.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.hpp"
#include "labs/session/route_netlink.hpp"

namespace plaintalk::session {

inline constexpr std::string_view kWireInterface = "eth0";  // on both ends
inline constexpr std::string_view kWireServerAddress = "10.0.0.1";

struct WireOptions {
  std::vector<std::string> people_addresses;  // 10.0.0.2 to 10.0.0.254, each once
  Shaping shaping;                            // of both directions
};

struct Wire {
  FileDescriptor server_network;  // for setns(2); the namespaces live as long as this or a process in them
  FileDescriptor people_network;
  std::string shaping;          // what was asked of the line and is done: "1000000 bit/s (tbf)", or empty
  std::string shaping_refused;  // what was asked and is not possible here, and the fix, or empty
};

// Lays a wire between a new namespace for a server and the namespace of this process, which becomes the
// people's. REQUIRES: one thread, and a private network (private_network.hpp). Tried out in a child first: a
// refusal, with its reason, changes nothing.
std::expected<Wire, std::string> lay_wire(const WireOptions& options);

}  // namespace plaintalk::session
