// The link types that are met less often (LINKTYPE_ values of the registry, draft-ietf-opsawg-pcaplinktype).
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/wire/encapsulation.hpp"

namespace plaintalk::analyzer {

// The IP packet in a frame of that link type. Skip::link_type when it is none that we know. Of a frame with
// several packets (A-MSDU) Skip::wifi_aggregate, and `aggregate` is where they stand.
EncapsulatedIp through_other_link(std::uint32_t link_type, Bytes frame, std::optional<std::uint16_t>& vlan,
                                  Bytes& aggregate);

}  // namespace plaintalk::analyzer
