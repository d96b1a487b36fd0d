// IEEE 802.11 frames as monitor mode records them, with the header of the radio before them:
//
//   radiotap        version(1) pad(1) length(2, LE) present(4, LE) ...          LINKTYPE_IEEE802_11_RADIOTAP
//   PPI             version(1) flags(1) length(2, LE) link type(4, LE) ...      LINKTYPE_PPI
//   AVS             version(4, BE) length(4, BE) ...                            LINKTYPE_IEEE802_11_AVS
//   Prism           code(4) length(4) device(16) ..., or AVS in its place       LINKTYPE_IEEE802_11_PRISM
//   802.11          frame control(2) duration(2) address(6) x 3 sequence(2) [address(6)] [QoS(2)] [HT(4)],
//   LLC
//
// Data that is encrypted, aggregated (A-MSDU) or fragmented on the air is named, not read.
#pragma once

#include <expected>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

// Each returns the LLC header that a data frame carries.
std::expected<Bytes, SkipReason> llc_of_wifi(Bytes frame, bool is_padded = false);
std::expected<Bytes, SkipReason> llc_of_radiotap(Bytes frame);
std::expected<Bytes, SkipReason> llc_of_ppi(Bytes frame);
std::expected<Bytes, SkipReason> llc_of_avs(Bytes frame);
std::expected<Bytes, SkipReason> llc_of_prism(Bytes frame);

}  // namespace plaintalk::analyzer
