#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::uint8_t kTrustMax = 8;
constexpr Nanoseconds kOvertakenMax = std::chrono::milliseconds(190);  // below the lowest timeout in use

StreamPiece piece_of(const TcpSegment& segment, std::int64_t begin, std::int64_t end) {
  return {begin, end, segment.payload, segment.packet, segment.time, 0};
}

// Closed, or opened so lately that the sender need not know yet.
bool is_window_closed(const Flow& flow, const DirectionState& receiver, const TcpSegment& segment) {
  if (!receiver.window_known || !receiver.sent_any) return false;
  if (receiver.window == 0) return true;
  return receiver.window_was_closed &&
         elapsed(receiver.rare().window_closed_until, segment.time) < initial_rtt(flow);
}

// Rules 3 and 6 look at lone bytes (or none) that are not meant as data. True when the segment was one.
bool classify_probe(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                    std::int64_t begin) {
  DirectionState& state = flow.state(direction);
  const DirectionState& receiver = flow.state(reverse(direction));
  if (segment.payload_size > 1 || segment.flags.syn || segment.flags.fin || state.fin) return false;
  // RFC 1122, section 4.2.3.6: a keep-alive is sent only when all is acknowledged. An byte that is not is a
  // retransmission.
  const bool all_confirmed = !receiver.sent_any || (state.una_known && state.una >= state.high);
  if (begin == state.high - 1 && state.high > 0 && all_confirmed &&
      is_window_closed(flow, receiver, segment)) {
    state.last_kind = LastKind::zero_window_probe;
    report(context, flow, direction, segment,
           {6, "zero window probe", receiver.window == 0 ? TcpConfidence::certain : TcpConfidence::likely},
           {begin, segment.payload_size},
           receiver.window == 0 ? "below the next byte while the window is closed, since " +
                                      packet_text(receiver.last_packet) + " at least"
                                : "below the next byte; the window opened less than a round trip ago, in " +
                                      packet_text(receiver.last_packet));
    return true;
  }
  if (begin == state.high - 1 && state.high > 0 && !state.is_waiting() && all_confirmed) {
    ++state.make_rare().keep_alives;
    state.last_kind = LastKind::keep_alive;
    report(context, flow, direction, segment, {3, "keep-alive"}, {begin, segment.payload_size},
           "one below the next byte, and all before is acknowledged");
    return true;
  }
  const bool closed = receiver.window_known && receiver.window == 0 && receiver.sent_any;
  if (segment.payload_size == 1 && begin == state.high && closed && state.high > 0) {
    state.last_kind = LastKind::zero_window_probe;
    state.make_rare().probe =
        WindowProbe{begin, segment.payload.empty() ? std::uint8_t{0} : segment.payload[0],
                    !segment.payload.empty(), segment.packet, segment.time};
    report(context, flow, direction, segment, {6, "zero window probe"}, {begin, 1},
           "one byte into a window that " + packet_text(receiver.last_packet) + " closed");
    return true;
  }
  return false;
}

// Rule 8: the receiver's buffer as it last said.
void check_window_edge(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                       std::int64_t end) {
  const DirectionState& state = flow.state(direction);
  const DirectionState& receiver = flow.state(reverse(direction));
  if (!receiver.shift_known || !state.una_known || !receiver.window_known || !flow.established) return;
  const std::int64_t edge = state.una + (std::int64_t{receiver.window} << receiver.shift);
  if (end < edge) return;
  const bool beyond = end > edge;
  report(context, flow, direction, segment, {8, beyond ? "beyond window" : "window full"},
         {end - segment.payload_size, segment.payload_size}, [&] {
           return "the window of " + packet_text(receiver.last_packet) + " ends at offset " +
                  std::to_string(edge);
         });
}

// How far the IP-ID can be used to tell a repeat from a reordered packet (rule 15).
void note_ip_id(DirectionState& state, const TcpSegment& segment) {
  if (segment.ip_id == 0 || state.high_packet.ip_id == 0) return;
  const auto step = static_cast<std::int16_t>(segment.ip_id - state.high_packet.ip_id);
  const bool counts_up = step > 0 && step < 1000;
  state.ip_id_trust =
      counts_up ? std::min<std::uint8_t>(static_cast<std::uint8_t>(state.ip_id_trust + 1), kTrustMax)
                : std::uint8_t{0};
}

void note_high_packet(DirectionState& state, const TcpSegment& segment) {
  note_ip_id(state, segment);
  state.high_packet = {segment.packet, segment.time, segment.ip_id, segment.timestamp_value};
}

void remember(TrackerContext& context, DirectionState& state, const TcpSegment& segment, std::int64_t begin,
              std::int64_t from, std::int64_t end) {
  const auto captured = static_cast<std::int64_t>(segment.payload.size());
  const std::int64_t skip = std::min(from - begin, captured);
  const std::int64_t take = std::min(end - begin, captured) - skip;
  state.newest = context.history.append(
      state.newest, from,
      segment.payload.subspan(static_cast<std::size_t>(skip),
                              static_cast<std::size_t>(std::max<std::int64_t>(take, 0))),
      static_cast<std::uint32_t>(end - from), segment.packet, segment.time);
}

void take_new_data(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                   std::int64_t begin, std::int64_t end) {
  DirectionState& state = flow.state(direction);
  if (const std::int64_t known = std::max(state.high, state.claimed); begin > known) {
    report(context, flow, direction, segment, {10, "hole opened"}, {known, begin - known}, [&] {
      return state.high_packet.packet != 0
                 ? "bytes after " + packet_text(state.high_packet.packet) + " were not captured before"
                 : std::string("the first bytes were not captured before");
    });
  } else if (state.una_known && state.una >= end && flow.state(reverse(direction)).sent_any) {
    note_late(context, flow, direction, segment, begin, end);
  }
  check_window_edge(context, flow, direction, segment, end);
  note_high_packet(state, segment);
  state.rtt.sent(end, segment.time, segment.timestamp_value.value_or(0));
  remember(context, state, segment, begin, begin, end);
  accept(context, flow, direction, piece_of(segment, begin, end));
}

// Rule 10 by the sender's own word: a bare acknowledgement carries the number of its next byte.
void note_claim(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                std::int64_t at) {
  DirectionState& state = flow.state(direction);
  const DirectionState& receiver = flow.state(reverse(direction));
  if (segment.payload_size != 0 || segment.flags.syn || segment.flags.fin || !segment.flags.ack) return;
  const std::int64_t known = state.send_next();
  if (at == known || at < state.sequence_end()) return;
  if (at < known) {  // said later, it takes the first word back
    if (order_of(state.loss->claim, segment, state.ip_id_trust) != SendOrder::before) state.claimed = at;
    return;
  }
  // One above may be a FIN. More than the receiver has room for was never sent.
  constexpr std::uint8_t kLargestShift = 14;
  const std::int64_t window = std::int64_t{receiver.window}
                              << (receiver.shift_known ? receiver.shift : kLargestShift);
  if ((!state.fin && at == known + 1) || state.fin || !receiver.window_known || at > state.una + window)
    return;
  report(
      context, flow, direction, segment, {10, "hole opened"}, {known, at - known},
      "numbered above " +
          (state.high_packet.packet != 0 ? packet_text(state.high_packet.packet) : std::string("the start")) +
          ": bytes between were sent and not captured before");
  state.claimed = at;
  state.losses().claim = summary_of(segment);
}

std::string conflict_evidence(const ByteConflict& conflict, OverlapPolicy policy) {
  std::string text = "byte " + std::to_string(conflict.earlier) + " in " + packet_text(conflict.packet) +
                     ", " + std::to_string(conflict.later) + " here; the " +
                     (conflict.later_counts ? "later" : "earlier") + " one is kept";
  if (!conflict.is_waiting) return text + ": it had arrived";
  return text + " (policy " + std::string(name_of(policy)) + ")";
}

void take_old_data(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                   std::int64_t begin, std::int64_t end) {
  DirectionState& state = flow.state(direction);
  const std::int64_t seen = seen_bytes(state, begin, end);
  if (seen > 0) {
    if (const auto conflict = find_conflict(context, state, piece_of(segment, begin, end))) {
      report(context, flow, direction, segment, {20, "conflicting retransmission"},
             {conflict->offset, conflict->end - conflict->offset},
             conflict_evidence(*conflict, context.limits.overlap));
    }
  }
  classify_repeat(context, flow, direction, segment, begin, end, seen);
  // No acknowledgement to come answers what has been confirmed.
  const bool is_confirmed = state.una_known && end <= state.una;
  state.rtt.resent(begin, end, segment.time, is_confirmed ? 0 : segment.timestamp_value.value_or(0));
  if (seen == 0) {
    remember(context, state, segment, begin, begin, end);
  } else if (end > state.high) {
    state.rtt.sent(end, segment.time);
    remember(context, state, segment, begin, std::max(begin, state.high), end);
    state.rtt.resent(begin);
  }
  if (end > state.high) note_high_packet(state, segment);
  StreamPiece piece = piece_of(segment, begin, end);
  if (seen > 0) piece.remember_below = state.high;
  accept(context, flow, direction, piece);
}

// Rule 2. Two FINs may have overtaken each other, and then the one that was captured first is the repeat.
void report_repeated_fin(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                         std::int64_t at) {
  const DirectionState& state = flow.state(direction);
  const PacketSummary& first = state.high_packet;
  std::string comparison;
  const SendOrder order = order_of(first, segment, state.ip_id_trust, &comparison);
  if (order == SendOrder::before) {
    TcpSegment repeat;
    repeat.packet = first.packet;
    repeat.time = first.time;
    return report(context, flow, direction, repeat, {2, "fin retransmission"}, {at, 0},
                  "it overtook " + packet_text(segment.packet) +
                      ", a FIN at this offset that was sent first: " + comparison);
  }
  // No sender repeats a FIN so soon that the network could change their order, but to a short path.
  const bool is_clear = order == SendOrder::after || elapsed(first.time, segment.time) >= kOvertakenMax;
  report(context, flow, direction, segment,
         {2, "fin retransmission", is_clear ? TcpConfidence::certain : TcpConfidence::likely}, {at, 0},
         "a FIN at this offset was seen before, in " + packet_text(first.packet) +
             (is_clear ? "" : "; which of them was sent first is not known"));
}

void apply_fin(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
               std::int64_t at) {
  DirectionState& state = flow.state(direction);
  if (state.fin && *state.fin == at) {
    report_repeated_fin(context, flow, direction, segment, at);
    return;
  }
  if (state.fin || at < state.high) {
    report(context, flow, direction, segment, {31, "contradicting fin"}, {at, 0},
           state.fin ? "the stream ends at offset " + std::to_string(*state.fin)
           : at < 0  ? "it is numbered below the first byte, where the SYN stands"
                     : "bytes above it were seen before");
    return;
  }
  state.fin = at;
  state.has_fin = true;
  if (state.high_packet.packet != segment.packet) note_high_packet(state, segment);
  flow.note_ending(direction, Ending::fin);
}

}  // namespace

void apply_data(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  state.last_kind = LastKind::other;
  const std::uint32_t first = segment.sequence + (segment.flags.syn ? 1U : 0U);
  std::int64_t begin = state.offset_of(first);
  if (classify_probe(context, flow, direction, segment, begin)) return;
  std::int64_t end = begin + std::int64_t{segment.payload_size};
  const std::int64_t fin_at = end;

  if (end > begin && state.fin && end > *state.fin) {
    report(context, flow, direction, segment, {31, "data after fin"},
           {std::max(begin, *state.fin), end - std::max(begin, *state.fin)},
           "the stream ends at offset " + std::to_string(*state.fin) + "; these bytes are left out");
    end = std::max(begin, *state.fin);
  }
  if (end > begin && state.base_from_syn && begin < 0) {
    report(context, flow, direction, segment, {35, "before start"}, {0, -begin},
           "bytes below the first of the stream are left out");
    TcpSegment rest = segment;
    rest.payload =
        segment.payload.subspan(std::min(segment.payload.size(), static_cast<std::size_t>(-begin)));
    rest.payload_size = static_cast<std::uint32_t>(std::max<std::int64_t>(end, 0));
    begin = 0;
    end = std::max<std::int64_t>(end, 0);
    if (end > begin) {
      begin >= state.high ? take_new_data(context, flow, direction, rest, begin, end)
                          : take_old_data(context, flow, direction, rest, begin, end);
    }
  } else if (end > begin) {
    if (const auto& waiting = state.pending().probe; waiting && begin > waiting->offset) {
      const WindowProbe probe = *waiting;
      state.make_rare().probe.reset();
      accept(context, flow, direction,
             {probe.offset, probe.offset + 1, probe.is_captured ? Bytes(&probe.byte, 1) : Bytes(),
              probe.packet, probe.time});
    } else if (waiting) {
      state.make_rare().probe.reset();  // sent again, with more
    }
    begin >= std::max(state.high, state.claimed)
        ? take_new_data(context, flow, direction, segment, begin, end)
        : take_old_data(context, flow, direction, segment, begin, end);
  }
  note_claim(context, flow, direction, segment, begin);
  // Nobody ends a stream with its first packet: hosts drop SYN with FIN.
  if (segment.flags.fin && !segment.flags.syn) apply_fin(context, flow, direction, segment, fin_at);
  if (segment.flags.urg && segment.urgent_pointer != 0) {
    report(context, flow, direction, segment, {32, "urgent data"}, {begin, segment.urgent_pointer},
           "kept in the stream (RFC 6093); the pointer says " + std::to_string(segment.urgent_pointer));
  }
}

}  // namespace plaintalk::analyzer
