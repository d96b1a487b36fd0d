#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

std::uint8_t bits_of(const TcpFlags& flags) {
  return static_cast<std::uint8_t>(flags.fin | flags.syn << 1 | flags.rst << 2 | flags.psh << 3 |
                                   flags.ack << 4 | flags.urg << 5 | flags.ece << 6 | flags.cwr << 7);
}

bool is_same_packet(const PacketFingerprint& a, const PacketFingerprint& b) {
  return a.is_set && a.sequence == b.sequence && a.size == b.size && a.acknowledgement == b.acknowledgement &&
         a.flags == b.flags && a.ip_id == b.ip_id && a.timestamp == b.timestamp && a.checksum == b.checksum &&
         a.window == b.window;
}

}  // namespace

bool is_duplicate_capture(TrackerContext& context, Flow& flow, Direction direction,
                          const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  const PacketFingerprint now{segment.time,
                              segment.sequence,
                              segment.acknowledgement,
                              segment.payload_size,
                              segment.timestamp_value.value_or(0),
                              segment.observation_point,
                              segment.ip_id,
                              segment.checksum_field,
                              segment.window,
                              bits_of(segment.flags),
                              true};
  for (const PacketFingerprint& before : state.recent) {
    if (!is_same_packet(before, now)) continue;
    const bool elsewhere = before.observation_point != now.observation_point;
    const Nanoseconds distance = now.time > before.time ? now.time - before.time : before.time - now.time;
    if (!elsewhere && distance > context.limits.duplicate_window) continue;
    // Without an IP-ID a burst of duplicate acknowledgements looks just like one acknowledgement captured
    // twice: believe in the latter only where other packets of the connection were captured twice as well.
    const bool is_bare_ack =
        segment.payload_size == 0 && !segment.flags.syn && !segment.flags.fin && !segment.flags.rst;
    if (segment.ip_id == 0 && is_bare_ack && !elsewhere && !flow.duplicates_seen) continue;
    // A retransmission carries new time stamps; without them and without an IP-ID nothing tells it apart.
    if (segment.ip_id == 0 && !segment.timestamp_value && !elsewhere && !is_bare_ack && !segment.flags.syn)
      continue;
    flow.duplicates_seen = true;
    ++flow.report.duplicate_capture_packets;
    report(context, flow, direction, segment, {1, "duplicate capture", TcpConfidence::certain},
           {state.base_known ? state.offset_of(segment.sequence) : 0, segment.payload_size},
           elsewhere ? "the same packet was seen at another place"
                     : "the same packet " + duration_text(distance) + " apart");
    return true;
  }
  state.recent[state.recent_next] = now;
  state.recent_next = static_cast<std::uint8_t>((state.recent_next + 1) % state.recent.size());
  return false;
}

}  // namespace plaintalk::analyzer
