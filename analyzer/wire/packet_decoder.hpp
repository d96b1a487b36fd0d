// From a captured packet down to its TCP segment: Ethernet, VLAN, Linux SLL and SLL2, NULL/LOOP, RAW, PPP;
// IPv4 and IPv6 with fragments. Whatever is not TCP or cannot be read is counted under a name, never dropped
// in silence.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "analyzer/wire/tcp_segment.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

class PacketDecoder {
 public:
  PacketDecoder();
  ~PacketDecoder();

  // The segment, or nothing when the packet holds none (counted). The result borrows from `record` or, for
  // reassembled fragments, from the decoder, and is valid until the next call.
  std::optional<TcpSegment> decode(const PacketRecord& record);

  // Why packets gave no segment: "udp", "arp", "icmp", "truncated ipv4 header", "link type 147", "fragment
  // waiting", ...
  const std::map<std::string, std::uint64_t>& skipped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plaintalk::analyzer
