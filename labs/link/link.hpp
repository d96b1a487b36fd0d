// Carries frames between two interfaces as a plan says, until it is told to stop. It changes nothing in them:
// what comes out has come in, checksums included.
#pragma once

#include "labs/link/ledger.hpp"
#include "labs/link/link_plan.hpp"
#include "labs/link/packet_port.hpp"

namespace plaintalk::link {

// Returns when `stop` (a descriptor) can be read. What is still on its way then is thrown away.
void carry(const LinkPlan& plan, PacketPort& server_side, PacketPort& people_side, Ledger& ledger, int stop);

}  // namespace plaintalk::link
