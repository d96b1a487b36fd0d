// Data below the highest byte sent is a repeat or came late. Which of them is opinion in most tools; here
// each verdict says what it rests on, strongest evidence first, and what cannot be told is counted apart
// (rules 12 to 17).
#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr Nanoseconds kFastLimit = std::chrono::milliseconds(20);
constexpr Nanoseconds kReorderLimit = std::chrono::milliseconds(3);  // when the path's round trip is unknown
constexpr Nanoseconds kTimeoutMin =
    std::chrono::milliseconds(190);  // 200 ms is the lowest timeout in use; clocks are coarse
constexpr Nanoseconds kLossProbeMin = std::chrono::milliseconds(2);
constexpr Nanoseconds kLoneProbeDelay = std::chrono::milliseconds(200);  // for a delayed acknowledgement
constexpr Nanoseconds kFirstTimeout = std::chrono::seconds(1);           // RFC 6298, section 2

struct Classification {
  enum class Kind : std::uint8_t { retransmission, out_of_order, ambiguous, late_capture };
  Kind kind{};
  TcpVerdict verdict;
  std::string evidence;
};

struct Repeat {
  const Flow& flow;
  const DirectionState& data;
  const DirectionState& receiver;
  const TcpSegment& segment;
  std::int64_t begin;
  std::int64_t end;
  std::int64_t seen;
  // The earlier transmission, if it is still remembered.
  std::optional<ByteHistory::Record> before;
  // The packet above that opened the hole, when the bytes were never seen.
  std::uint64_t hole_packet = 0;
  WallTime hole_time;
};

Nanoseconds round_trip(const Repeat& repeat) {
  // Near the receiver its answers seem to come at once: the handshake knows the whole way.
  return std::max(repeat.data.rtt.smoothed(), initial_rtt(repeat.flow));
}

// RFC 8985, section 6.2: is a segment lost because one that was sent after it has arrived? That one is what
// is selectively acknowledged highest, what was acknowledged last, or what a D-SACK names.
std::optional<std::string> overtaken_by(const TrackerContext& context, const Repeat& repeat) {
  const LossState& loss = *repeat.data.loss;
  const std::uint64_t last_sent = repeat.before ? repeat.before->last_packet : 0;
  const auto sent_later = [&](std::int64_t offset) {
    const auto position = context.history.find(repeat.data.newest, offset, ByteHistory::kStepsMax);
    // What was not captured is above, so it was sent after the first transmission at least.
    if (position == 0)
      return offset >= repeat.end && (!repeat.before || repeat.before->last_packet == repeat.before->packet);
    return context.history.record(position).last_packet > last_sent;
  };
  const std::string by = " by " + packet_text(loss.news_packet);
  const Scoreboard& sacked = loss.sacked;
  if (sacked.high() > repeat.end && sent_later(sacked.high() - 1))
    return std::to_string(sacked.bytes_above(repeat.end)) +
           " bytes above it, sent after it, were acknowledged" + by;
  if (loss.duplicate_sack && loss.duplicate_sack->end > 0 && sent_later(loss.duplicate_sack->end - 1))
    return "a D-SACK" + by + " answers bytes sent after it";
  if (repeat.data.una_known && repeat.data.una > 0 && repeat.begin >= repeat.data.una &&
      loss.recovery == LossState::Recovery::fast && sent_later(repeat.data.una - 1))
    return "bytes sent after it were acknowledged" + by;
  return std::nullopt;
}

// Rule 14 (RFC 5681, section 3.2; RFC 6675; RFC 8985): the receiver asked for it just now.
std::optional<std::string> fast_retransmit_evidence(const TrackerContext& context, const Repeat& repeat) {
  if (!repeat.data.loss || repeat.data.loss->news_packet == 0) return std::nullopt;
  const LossState& loss = *repeat.data.loss;
  const Nanoseconds since = elapsed(loss.news_time, repeat.segment.time);
  // Beside the sender it follows at once or when its reordering timer, a quarter round trip, ends; beside the
  // receiver a round trip later.
  if (since > std::max(kFastLimit, initial_rtt(repeat.flow) * 5 / 4)) return std::nullopt;
  if (loss.sacked.covers(repeat.begin, repeat.end)) return std::nullopt;
  const bool first_unconfirmed = repeat.data.una_known && repeat.begin == repeat.data.una;
  const std::string when = ", " + duration_text(since) + " before";
  if (repeat.receiver.duplicate_run >= 2 && (first_unconfirmed || !loss.sacked.empty())) {
    return std::to_string(repeat.receiver.duplicate_run) + " duplicate acknowledgements up to " +
           packet_text(loss.news_packet) + when;
  }
  if (auto overtaken = overtaken_by(context, repeat)) return *overtaken + when;
  // RFC 6582, section 3.2: an acknowledgement of a part asks for the rest.
  if (loss.recovery == LossState::Recovery::fast && first_unconfirmed && repeat.end <= loss.recovery_end)
    return packet_text(loss.news_packet) + " acknowledges only a part of what the repair since " +
           packet_text(loss.recovery_packet) + " covers" + when;
  return std::nullopt;
}

Classification repeat_of(const TcpVerdict& verdict, std::string evidence) {
  return {Classification::Kind::retransmission, verdict, std::move(evidence)};
}

// Rules 13, 16 and 17: nobody asked for it, so a timer did.
Classification classify_unasked(const Repeat& repeat, std::string evidence) {
  if (!repeat.before) return repeat_of({13, "retransmission", TcpConfidence::certain}, std::move(evidence));
  const LossState* const loss = repeat.data.loss.get();
  const Nanoseconds since = elapsed(repeat.before->last_time, repeat.segment.time);
  evidence += "; last sent " + duration_text(since) + " before";
  // After a timeout everything is sent again as acknowledgements come in, by no further timer.
  if (loss != nullptr && loss->recovery == LossState::Recovery::timeout && repeat.end <= loss->recovery_end &&
      repeat.before->last_packet < loss->recovery_packet && loss->news_packet > loss->recovery_packet) {
    return repeat_of({13, "retransmission", TcpConfidence::certain},
                     evidence + "; goes on after the timeout of " + packet_text(loss->recovery_packet));
  }
  const Nanoseconds trip = round_trip(repeat);
  const std::string trip_text =
      "; round trip " + (trip > Nanoseconds(0) ? duration_text(trip) : std::string("unknown"));
  const std::int64_t before_end = repeat.before->begin + std::int64_t{repeat.before->wire_size};
  // RFC 8985, section 7: only the last segment, only with selective acknowledgements, and once.
  const bool both_syns = repeat.data.syn_seen && repeat.receiver.syn_seen;
  const bool is_selective = !both_syns || (repeat.data.sack_permitted && repeat.receiver.sack_permitted);
  const bool is_tail = repeat.end == repeat.data.high && repeat.receiver.duplicate_run == 0;
  const bool is_alone = is_tail && repeat.begin <= repeat.before->begin && before_end >= repeat.end &&
                        repeat.begin <= std::max<std::int64_t>(repeat.data.una, 0);
  const bool is_first = repeat.before->last_packet == repeat.before->packet;
  const bool may_be_probe = is_selective && is_tail && is_first;
  if (since < kTimeoutMin) {
    return may_be_probe && trip > Nanoseconds(0) && since >= std::max(kLossProbeMin, trip * 3 / 2)
               ? repeat_of({17, "tail loss probe", TcpConfidence::likely}, evidence + trip_text)
               : repeat_of({13, "retransmission", TcpConfidence::certain}, std::move(evidence));
  }
  // A lone segment is probed after two round trips and 200 ms, and a timeout is due after about as long;
  // twice that, or a first timeout where no round trip was known, leaves the timeout alone.
  const Nanoseconds longest =
      trip > Nanoseconds(0) ? 2 * (2 * trip + kLoneProbeDelay) : kFirstTimeout * 5 / 4;
  if (may_be_probe && is_alone && since <= longest)
    return repeat_of({17, "tail loss probe or timeout", TcpConfidence::ambiguous}, evidence + trip_text);
  // A timeout begins with the first unconfirmed bytes.
  if (may_be_probe && repeat.data.una_known && repeat.begin > repeat.data.una && before_end >= repeat.end)
    return repeat_of({17, "tail loss probe", TcpConfidence::likely}, evidence + trip_text);
  return repeat_of({16, "timeout retransmission", TcpConfidence::likely}, std::move(evidence));
}

Classification classify_seen(const TrackerContext& context, const Repeat& repeat) {
  std::string evidence = repeat.before ? "same bytes in " + packet_text(repeat.before->packet)
                                       : std::to_string(repeat.seen) + " bytes were seen before";
  if (repeat.data.una_known && repeat.end <= repeat.data.confirmed()) {
    return repeat_of({12, "spurious retransmission", TcpConfidence::certain},
                     evidence + "; acknowledged by " + packet_text(repeat.data.una_packet));
  }
  if (repeat.data.loss && repeat.data.loss->sacked.covers(repeat.begin, repeat.end)) {
    return repeat_of({12, "spurious retransmission", TcpConfidence::likely},
                     evidence + "; selectively acknowledged by " +
                         packet_text(repeat.data.loss->news_packet) + " or before");
  }
  if (const auto asked = fast_retransmit_evidence(context, repeat))
    return repeat_of({14, "fast retransmission", TcpConfidence::likely}, evidence + "; " + *asked);
  return classify_unasked(repeat, std::move(evidence));
}

Classification reordered(TcpConfidence confidence, std::string evidence) {
  return {Classification::Kind::out_of_order, {15, "out-of-order", confidence}, std::move(evidence)};
}
Classification repeated(TcpConfidence confidence, std::string evidence) {
  return {Classification::Kind::retransmission,
          {15, "retransmission of uncaptured", confidence},
          std::move(evidence)};
}

// Rule 15: it fills a hole. Was it only overtaken, or is it a repeat of a packet that the capture does not
// have?
Classification classify_unseen(const TrackerContext& context, const Repeat& repeat) {
  const PacketSummary& high =
      repeat.hole_packet > repeat.data.high_packet.packet ? repeat.data.loss->claim : repeat.data.high_packet;
  const std::string hole = repeat.hole_packet != 0
                               ? "fills the hole that " + packet_text(repeat.hole_packet) + " opened"
                               : std::string("fills a hole that had been given up");
  std::string comparison;
  const SendOrder order = order_of(high, repeat.segment, repeat.data.ip_id_trust, &comparison);
  if (order == SendOrder::after) return repeated(TcpConfidence::certain, hole + "; " + comparison);
  // Rule 30: the receiver had it before the capture did.
  if (repeat.data.una_known && repeat.receiver.sent_any && repeat.end <= repeat.data.una) {
    return {Classification::Kind::late_capture, {30, "late capture"}, hole};
  }
  if (order == SendOrder::before) return reordered(TcpConfidence::certain, hole + "; " + comparison);
  if (const auto asked = fast_retransmit_evidence(context, repeat))
    return repeat_of({14, "fast retransmission", TcpConfidence::likely}, hole + "; " + *asked);
  if (repeat.hole_packet == 0) {
    return {Classification::Kind::ambiguous,
            {15, "out-of-order or retransmission", TcpConfidence::ambiguous},
            hole};
  }
  const Nanoseconds since = elapsed(repeat.hole_time, repeat.segment.time);
  const Nanoseconds irtt = initial_rtt(repeat.flow);
  const Nanoseconds limit = irtt > Nanoseconds(0) ? irtt : kReorderLimit;
  const std::string when = hole + " " + duration_text(since) + " before; round trip " +
                           (irtt > Nanoseconds(0) ? duration_text(irtt) : std::string("unknown"));
  if (since < limit) return reordered(TcpConfidence::likely, when);
  if (since >= kTimeoutMin && since >= 2 * limit) return repeated(TcpConfidence::likely, when);
  return {Classification::Kind::ambiguous,
          {15, "out-of-order or retransmission", TcpConfidence::ambiguous},
          when};
}

// What the sender is repairing, and since when.
void note_recovery(DirectionState& data, const TcpSegment& segment, unsigned rule) {
  if (rule != 14 && rule != 16) return;
  LossState& loss = data.losses();
  const auto kind = rule == 14 ? LossState::Recovery::fast : LossState::Recovery::timeout;
  if (loss.recovery == LossState::Recovery::fast && kind == loss.recovery && loss.recovery_end > data.una)
    return;
  loss.recovery = kind;
  loss.recovery_end = data.send_next();
  loss.recovery_packet = segment.packet;
}

}  // namespace

void classify_repeat(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                     std::int64_t begin, std::int64_t end, std::int64_t seen) {
  DirectionState& state = flow.state(direction);
  Repeat repeat{flow, state, flow.state(reverse(direction)), segment, begin, end, seen, std::nullopt, 0, {}};
  ByteHistory::Position transmitted = 0;
  if (seen > 0) {
    const ByteHistory::Position position = context.history.find(state.newest, begin, ByteHistory::kStepsMax);
    if (position != 0) {
      repeat.before = context.history.record(position);
      transmitted = position;
    }
  } else {
    const OutOfOrder& waiting = state.rare().out_of_order;
    const auto above = waiting.beginning_from(end);
    if (above != waiting.end() && begin >= state.next) {
      repeat.hole_packet = above->second.hole_packet;
      repeat.hole_time = above->second.hole_time;
    } else if (begin >= state.high && begin < state.claimed) {
      repeat.hole_packet = state.loss->claim.packet;
      repeat.hole_time = state.loss->claim.time;
    }
  }
  const Classification classified =
      seen > 0 ? classify_seen(context, repeat) : classify_unseen(context, repeat);
  if (classified.kind == Classification::Kind::late_capture)
    return note_late(context, flow, direction, segment, begin, end);
  if (transmitted != 0) context.history.note_transmission(transmitted, segment.packet, segment.time);
  RareState& rare = state.make_rare();
  rare.retransmitted_bytes += static_cast<std::uint64_t>(seen);
  switch (classified.kind) {
    case Classification::Kind::retransmission: ++rare.retransmitted_packets; break;
    case Classification::Kind::out_of_order: ++rare.out_of_order_packets; break;
    case Classification::Kind::ambiguous: ++rare.ambiguous_packets; break;
    case Classification::Kind::late_capture: break;
  }
  if (classified.kind == Classification::Kind::retransmission)
    note_counted(flow, direction, 't', ++rare.repeat_count);
  note_recovery(state, segment, classified.verdict.rule);
  report(context, flow, direction, segment, classified.verdict, {begin, end - begin}, classified.evidence);
}

}  // namespace plaintalk::analyzer
