// What may stand between a link's header and IP: LLC and SNAP, VLAN tags, MPLS labels, PPP, PPPoE, and
// Ethernet once more. Each function returns the IP packet inside, or why there is none.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

using EncapsulatedIp = std::expected<Bytes, SkipReason>;

// `ethertype` says what `rest` is; below ether_type::kMin it is LLC. `vlan` becomes that of the innermost
// tag.
EncapsulatedIp through_ethertype(std::uint16_t ethertype, Bytes rest, std::optional<std::uint16_t>& vlan);
EncapsulatedIp through_ppp(Bytes frame);
EncapsulatedIp through_pppoe(Bytes frame);

}  // namespace plaintalk::analyzer
