// Names what is carried inside UDP, by the port and by the first bytes, which must look like that tunnel's
// header: a capture full of them should say so, not only "udp". Nothing here looks into a tunnel.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace plaintalk::analyzer {

// The well-known port of the tunnel that a UDP datagram carries. `datagram` starts at the UDP header.
std::optional<std::uint16_t> udp_tunnel_of(Bytes datagram);

}  // namespace plaintalk::analyzer
