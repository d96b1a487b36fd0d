// IEEE 802.11 frames as monitor mode records them, with the header of the radio before them:
//
//   radiotap        version(1) pad(1) length(2, LE) present(4, LE) ...          LINKTYPE_IEEE802_11_RADIOTAP
//   PPI             version(1) flags(1) length(2, LE) link type(4, LE) ...      LINKTYPE_PPI
//   AVS             version(4, BE) length(4, BE) ...                            LINKTYPE_IEEE802_11_AVS
//   Prism           code(4) length(4) device(16) ..., or AVS in its place       LINKTYPE_IEEE802_11_PRISM
//   802.11          frame control(2) duration(2) address(6) x 3 sequence(2) [address(6)] [QoS(2)] [HT(4)],
//   LLC
//
// A data frame may carry several packets (A-MSDU, IEEE 802.11 section 9.3.2.2.2), each as
//
//   target(6) source(6) length(2, BE) LLC and packet(length), padded to a multiple of four bytes but the last
//
// Data that is encrypted or fragmented on the air is named, not read.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>

#include "analyzer/wire/skip_reason.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

// What a data frame carries: from an LLC header on, or the parts of an aggregate.
struct WifiContent {
  Bytes bytes;
  bool is_aggregate = false;
};
using WifiResult = std::expected<WifiContent, SkipReason>;

WifiResult content_of_wifi(Bytes frame, bool is_padded = false);
WifiResult content_of_radiotap(Bytes frame);
WifiResult content_of_ppi(Bytes frame);
WifiResult content_of_avs(Bytes frame);
WifiResult content_of_prism(Bytes frame);

// One of the packets of an aggregate.
struct AggregatePart {
  Bytes llc;                  // as far as it was captured
  std::size_t wire_size = 0;  // of that, as its header says
  std::size_t header_and_padding_size = 0;
};
// Takes the first one away; nothing when there is none left, or what is left is none.
std::optional<AggregatePart> take_part(Bytes& aggregate);

}  // namespace plaintalk::analyzer
