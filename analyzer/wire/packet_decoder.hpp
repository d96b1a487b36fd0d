// From a captured packet down to its TCP segment: the link layer, IPv4 and IPv6 with fragments, tunnels up to
// kTunnelDepthMax deep. Whatever is not TCP or cannot be read is counted under a name, never dropped in
// silence: every packet gave a segment, was a fragment of one, or is in skipped().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "analyzer/wire/defragmenter.hpp"
#include "analyzer/wire/skip_reason.hpp"
#include "analyzer/wire/tcp_segment.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

class PacketDecoder {
 public:
  static constexpr std::uint8_t kTunnelDepthMax = 8;

  // `fragments`: which bytes count where fragments of a packet overlap.
  explicit PacketDecoder(OverlapPolicy fragments = OverlapPolicy::linux_kernel);
  ~PacketDecoder();

  // The segment, or nothing when the packet holds none (counted). The result borrows from `record` or, for
  // reassembled fragments, from the decoder, and is valid until the next call.
  std::optional<TcpSegment> decode(const PacketRecord& record);
  // A frame of 802.11 can hold several packets (A-MSDU): the next segment of the record that was last given
  // to decode(), which must still be there; nothing when there is no further one. Packets of it that hold
  // none are counted like those of their own.
  std::optional<TcpSegment> decode_further();

  // Why the last packet gave no segment.
  SkipReason last_skip() const;
  // Why packets gave no segment: "udp", "arp", "icmp", "truncated ipv4 header", "link type 147", "udp (in
  // vxlan)", ...
  const std::map<std::string, std::uint64_t>& skipped() const;
  // Packets with a fragment of a segment that came out of a later packet.
  std::uint64_t used_fragment_count() const;
  const FragmentConflicts& fragment_conflicts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plaintalk::analyzer
