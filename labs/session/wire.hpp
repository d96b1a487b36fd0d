// A wire that looks like one, without root: two network namespaces joined by a veth pair (veth(4)).
//
//   the server's namespace                        the people's namespace (this process's)
//   eth0  10.0.0.1/24  ------------------------   eth0  10.0.0.11/24, 10.0.0.12/24, ...
//
// On the loopback interface half of what a network does cannot be seen: its MSS is 65,495, segments are 64
// KiB long and checksums are left out. Here the MTU is 1500 and the kernel segments and sums in software,
// before a capture sees the packet. IPv6 stays silent. A captured packet is the same on both ends.
//
// With a gap in it the wire is two pieces, and their inner ends lie in a third namespace, without addresses:
//
//   eth0  10.0.0.1  -----  to-server | a program that carries the frames | to-people  -----  eth0  10.0.0.11
//   ...
//
// Until a program carries the frames from one to the other, nothing passes.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.hpp"

namespace plaintalk::session {

inline constexpr std::string_view kWireInterface = "eth0";  // on both ends
inline constexpr std::string_view kWireServerAddress = "10.0.0.1";
inline constexpr std::string_view kGapServerInterface = "to-server";  // the inner ends
inline constexpr std::string_view kGapPeopleInterface = "to-people";

struct WireOptions {
  std::vector<std::string> people_addresses;  // 10.0.0.2 to 10.0.0.254, each once
  bool has_gap = false;                       // a program shall carry the frames
};

struct Wire {
  FileDescriptor server_network;  // for setns(2); the namespaces live as long as this or a process in them
  FileDescriptor people_network;
  FileDescriptor gap_network;  // open only with a gap
};

// Lays a wire between a new namespace for a server and the namespace of this process, which becomes the
// people's. REQUIRES: one thread, and a private network (private_network.hpp). Tried out in a child first: a
// refusal, with its reason, changes nothing.
std::expected<Wire, std::string> lay_wire(const WireOptions& options);

}  // namespace plaintalk::session
