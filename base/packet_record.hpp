// One packet as a capture file or a live interface hands it over, before anybody has looked inside.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace plaintalk {

// The link types we decode; the values are the registry's (LINKTYPE_*, draft-ietf-opsawg-pcaplinktype). Any
// other value may appear: it is carried through and counted by name, never guessed at.
enum class LinkType : std::uint32_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  raw_12 = 12,
  raw_14 = 14,
  raw = 101,
  loop = 108,
  linux_sll = 113,
  ipv4 = 228,
  ipv6 = 229,
  linux_sll2 = 276,
};

struct PacketRecord {
  std::uint64_t number = 0;  // from 1, over the whole file, as Wireshark counts
  WallTime time;
  std::uint32_t interface = 0;  // index into the reader's interfaces
  LinkType link_type = LinkType::ethernet;
  std::uint32_t original_size = 0;  // on the wire; `bytes` is shorter when the capture cut the packet
  Bytes bytes;                      // borrowed: valid until the reader is asked for the next record
};

}  // namespace plaintalk
