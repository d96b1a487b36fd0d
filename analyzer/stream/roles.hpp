// Rule 27: which end is the client. A SYN says it; otherwise what the first bytes are; otherwise the ports.
// Rule 35: where the streams begin when the capture began later than the connection.
#pragma once

#include <span>

#include "analyzer/stream/flow.hpp"

namespace plaintalk::analyzer {

struct ConnectionRoles {
  Endpoint client;
  Endpoint server;
  RoleReason reason{};
};

// REQUIRES at least one segment.
ConnectionRoles choose_roles(std::span<const HeldSegment> segments, std::uint16_t server_port);

// From a segment alone, when its flags say it.
bool opens_connection(const TcpSegment& segment);
ConnectionRoles roles_by_syn(const TcpSegment& segment);

// The lowest sequence number of each side is its first byte. Segments are a moment's worth, so none is far
// from the others.
void choose_bases(Flow& flow, std::span<const HeldSegment> segments);

// A SYN that came after other segments of its own connection, and not one of a later connection on the same
// ports.
bool belongs_to(std::span<const HeldSegment> segments, const TcpSegment& syn);

}  // namespace plaintalk::analyzer
