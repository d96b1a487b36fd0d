// The capture filter that suits a Plaintalk server on one port, in libpcap's language (pcap-filter(7)).
#pragma once

#include <cstdint>
#include <string>

namespace plaintalk::capture {

// TCP on that port, and what such a plain filter misses: fragments after the first (they carry no port), and,
// where the link type has VLANs, the same inside a VLAN tag. `vlan` moves all offsets that follow it, so it
// must come last.
std::string port_filter(std::uint16_t port, bool with_vlan);

}  // namespace plaintalk::capture
