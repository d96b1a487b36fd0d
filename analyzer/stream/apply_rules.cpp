#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

// A direction whose SYN is missing starts with the first byte that is seen of it.
void learn_own_base(DirectionState& state, const TcpSegment& segment) {
  if (!state.base_known && !segment.flags.rst) {
    state.base_known = true;
    state.base_seq = segment.sequence;
    state.make_rare().missing.push_back({-(std::int64_t{1} << 31), 0});
  }
  if (!segment.flags.rst) state.base_from_own_packet = true;
}

void note_closing(Flow& flow) {
  const DirectionState& client = flow.directions[0];
  const DirectionState& server = flow.directions[1];
  if (!client.fin || !server.fin) return;
  if (client.una > *client.fin && server.una > *server.fin) flow.is_closing = true;
}

// Rule 24, for the most of a connection.
void note_in_flight(DirectionState& state) {
  if (!state.una_known) return;
  std::int64_t bytes = state.high - std::max<std::int64_t>(state.confirmed(), 0);
  if (bytes > 0 && state.loss) bytes -= state.loss->sacked.bytes_above(state.una);
  auto& most = state.traffic.in_flight_max;
  most = std::max(most.value_or(0), static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}

void apply_further_rules(TrackerContext& context, Flow& flow, Direction direction,
                         const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  ++state.packets;
  state.payload_bytes += segment.payload_size;
  state.traffic.note(segment, state.shift_known ? std::optional(state.shift) : std::nullopt);
  flow.end = std::max(flow.end, segment.time);
  if (segment.time < state.last_time) {
    report(
        context, flow, direction, segment, {36, "time went back"}, {},
        "by " + duration_text(state.last_time - segment.time) + " since " + packet_text(state.last_packet));
  }
  if (!hold_unverified(context, flow, direction, segment)) {
    note_history(flow, direction, segment);
    if (segment.flags.syn) {
      apply_syn(context, flow, direction, segment);
    } else {
      learn_own_base(state, segment);
    }
    if (segment.flags.rst) {
      apply_rst(context, flow, direction, segment);
    } else if (state.base_known) {
      apply_ack(context, flow, direction, segment);
      apply_data(context, flow, direction, segment);
      if (segment.payload_size > 0) note_in_flight(state);
    }
    if (!state.sent_any) state.network = segment.network();
    state.sent_any = true;
    note_closing(flow);
  }
  state.last_time = std::max(state.last_time, segment.time);
  state.last_packet = segment.packet;
}

}  // namespace

bool apply_rules(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  const SeenPacket now = SeenPacket::of(flow.id, direction, segment);
  const std::uint64_t place = context.packets.prefetch(now);
  if (is_duplicate_capture(context, flow, direction, segment, now, place)) return true;
  apply_further_rules(context, flow, direction, segment);
  context.packets.add(now, place);
  return false;
}

void repeat_first(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  note_first(flow.state(direction), segment);
  apply_further_rules(context, flow, direction, segment);
}

}  // namespace plaintalk::analyzer
