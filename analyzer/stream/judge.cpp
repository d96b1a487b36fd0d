#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

// A direction whose SYN is missing starts with the first octet that is seen of it.
void learn_own_base(Half& half, const TcpSegment& segment) {
  if (!half.base_known && !segment.flags.rst) {
    half.base_known = true;
    half.base_seq = segment.sequence;
    half.missing.push_back({-(std::int64_t{1} << 31), 0});
  }
  if (!segment.flags.rst) half.base_from_own_packet = true;
}

void note_closing(Flow& flow) {
  const Half& client = flow.halves[0];
  const Half& server = flow.halves[1];
  if (!client.fin || !server.fin) return;
  if (client.una > *client.fin && server.una > *server.fin) flow.is_closing = true;
}

}  // namespace

void judge(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  if (is_duplicate_capture(context, flow, direction, segment)) return;
  Half& half = flow.half(direction);
  SideReport& side = flow.side(direction);
  ++side.packets;
  side.payload_bytes += segment.payload_size;
  flow.report.end = std::max(flow.report.end, segment.time);
  if (segment.time < half.last_time) {
    report(context, flow, direction, segment, {36, "time went back"}, {},
           "by " + span_words(half.last_time - segment.time) + " since " + packet_words(half.last_packet));
  }
  if (!hold_suspect(context, flow, direction, segment)) {
    note_history(flow, direction, segment);
    if (segment.flags.syn) {
      apply_syn(context, flow, direction, segment);
    } else {
      learn_own_base(half, segment);
    }
    if (segment.flags.rst) {
      apply_rst(context, flow, direction, segment);
    } else if (half.base_known) {
      apply_ack(context, flow, direction, segment);
      apply_data(context, flow, direction, segment);
    }
    half.sent_any = true;
    note_closing(flow);
  }
  half.last_time = std::max(half.last_time, segment.time);
  half.last_packet = segment.packet;
}

}  // namespace plaintalk::analyzer
