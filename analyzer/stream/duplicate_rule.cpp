#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

std::uint8_t bits_of(const TcpFlags& flags) {
  return static_cast<std::uint8_t>(flags.fin | flags.syn << 1 | flags.rst << 2 | flags.psh << 3 |
                                   flags.ack << 4 | flags.urg << 5 | flags.ece << 6 | flags.cwr << 7);
}

bool is_same_packet(const Signature& a, const Signature& b) {
  return a.is_set && a.sequence == b.sequence && a.size == b.size && a.acknowledgement == b.acknowledgement &&
         a.flags == b.flags && a.ip_id == b.ip_id && a.timestamp == b.timestamp && a.checksum == b.checksum &&
         a.window == b.window;
}

}  // namespace

bool is_duplicate_capture(TrackerContext& context, Flow& flow, Direction direction,
                          const TcpSegment& segment) {
  Half& half = flow.half(direction);
  const Signature now{segment.time,
                      segment.sequence,
                      segment.acknowledgement,
                      segment.payload_size,
                      segment.timestamp_value.value_or(0),
                      segment.tap,
                      segment.ip_id,
                      segment.checksum_field,
                      segment.window,
                      bits_of(segment.flags),
                      true};
  for (const Signature& before : half.recent) {
    if (!is_same_packet(before, now)) continue;
    const bool other_tap = before.tap != now.tap;
    const Nanoseconds distance = now.time > before.time ? now.time - before.time : before.time - now.time;
    if (!other_tap && distance > context.limits.duplicate_window) continue;
    // Without an IP-ID a burst of duplicate acknowledgements looks just like one acknowledgement captured
    // twice: believe in the latter only where other packets of the connection were captured twice as well.
    const bool is_bare_ack =
        segment.payload_size == 0 && !segment.flags.syn && !segment.flags.fin && !segment.flags.rst;
    if (segment.ip_id == 0 && is_bare_ack && !other_tap && !flow.duplicates_seen) continue;
    // A retransmission carries new time stamps; without them and without an IP-ID nothing tells it apart.
    if (segment.ip_id == 0 && !segment.timestamp_value && !other_tap && !is_bare_ack && !segment.flags.syn)
      continue;
    flow.duplicates_seen = true;
    ++flow.report.duplicate_capture_packets;
    report(context, flow, direction, segment, {1, "duplicate capture", TcpConfidence::certain},
           {half.base_known ? half.offset_of(segment.sequence) : 0, segment.payload_size},
           other_tap ? "the same packet was seen at another place"
                     : "the same packet " + span_words(distance) + " apart");
    return true;
  }
  half.recent[half.recent_next] = now;
  half.recent_next = static_cast<std::uint8_t>((half.recent_next + 1) % half.recent.size());
  return false;
}

}  // namespace plaintalk::analyzer
