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
constexpr std::uint8_t kIdTrustMin = 3;
constexpr std::int64_t kDefaultMss = 536;  // RFC 9293, section 3.7.1

struct Classification {
  enum class Kind : std::uint8_t { retransmission, out_of_order, ambiguous };
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

bool is_selectively_acknowledged(const DirectionState& receiver, std::int64_t begin, std::int64_t end) {
  for (std::size_t index = 0; index < receiver.sack_count; ++index)
    if (begin >= receiver.sack[index].begin && end <= receiver.sack[index].end) return true;
  return false;
}

std::int64_t selectively_acknowledged_bytes(const DirectionState& receiver) {
  std::int64_t bytes = 0;
  for (std::size_t index = 0; index < receiver.sack_count; ++index)
    bytes += std::max<std::int64_t>(0, receiver.sack[index].end - receiver.sack[index].begin);
  return bytes;
}

// Rule 14 (RFC 5681, section 3.2; RFC 6675): the receiver asked for it just now.
std::optional<std::string> fast_retransmit_evidence(const Repeat& repeat) {
  const Nanoseconds since = elapsed(repeat.receiver.last_time, repeat.segment.time);
  if (since > std::max(kFastLimit, initial_rtt(repeat.flow))) return std::nullopt;
  const bool first_unconfirmed = repeat.data.una_known && repeat.begin == repeat.data.una;
  const bool selective = repeat.receiver.sack_count > 0;
  const bool not_taken = !is_selectively_acknowledged(repeat.receiver, repeat.begin, repeat.end);
  const std::string when = ", " + duration_text(since) + " before";
  if (repeat.receiver.duplicate_run >= 2 && (first_unconfirmed || (selective && not_taken))) {
    return std::to_string(repeat.receiver.duplicate_run) + " duplicate acknowledgements up to " +
           packet_text(repeat.receiver.last_packet) + when;
  }
  const std::int64_t mss = repeat.data.mss.value_or(kDefaultMss);
  if (selective && first_unconfirmed && not_taken &&
      selectively_acknowledged_bytes(repeat.receiver) > 2 * mss) {
    return "selective acknowledgements of " +
           std::to_string(selectively_acknowledged_bytes(repeat.receiver)) + " bytes above it in " +
           packet_text(repeat.receiver.last_packet) + when;
  }
  return std::nullopt;
}

Classification classify_seen(const Repeat& repeat) {
  std::string evidence = repeat.before ? "same bytes in " + packet_text(repeat.before->packet)
                                       : std::to_string(repeat.seen) + " bytes were seen before";
  if (repeat.data.una_known && repeat.end <= repeat.data.una) {
    return {Classification::Kind::retransmission,
            {12, "spurious retransmission", TcpConfidence::certain},
            evidence + "; acknowledged by " + packet_text(repeat.data.una_packet)};
  }
  if (const auto asked = fast_retransmit_evidence(repeat)) {
    return {Classification::Kind::retransmission,
            {14, "fast retransmission", TcpConfidence::likely},
            evidence + "; " + *asked};
  }
  if (repeat.before) {
    const Nanoseconds since = elapsed(repeat.before->last_time, repeat.segment.time);
    evidence += "; last sent " + duration_text(since) + " before";
    if (since >= kTimeoutMin) {
      return {Classification::Kind::retransmission,
              {16, "timeout retransmission", TcpConfidence::likely},
              evidence};
    }
    const Nanoseconds smoothed = repeat.data.rtt.smoothed();
    const bool is_tail = repeat.end == repeat.data.high && repeat.receiver.duplicate_run == 0;
    if (is_tail && smoothed > Nanoseconds(0) && since >= std::max(kLossProbeMin, smoothed * 3 / 2)) {
      return {Classification::Kind::retransmission,
              {17, "tail loss probe", TcpConfidence::likely},
              evidence + "; smoothed round trip " + duration_text(smoothed)};
    }
  }
  return {Classification::Kind::retransmission, {13, "retransmission", TcpConfidence::certain}, evidence};
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
Classification classify_unseen(const Repeat& repeat) {
  const PacketSummary& high = repeat.data.high_packet;
  const std::string hole = "fills the hole that " + packet_text(repeat.hole_packet) + " opened";
  if (repeat.segment.ip_id != 0 && high.ip_id != 0 && repeat.segment.ip_id != high.ip_id &&
      repeat.data.ip_id_trust >= kIdTrustMin) {
    const bool lower = static_cast<std::int16_t>(repeat.segment.ip_id - high.ip_id) < 0;
    const std::string ids = "; IP-ID " + std::to_string(repeat.segment.ip_id) +
                            (lower ? " is below " : " is above ") + std::to_string(high.ip_id) + " of " +
                            packet_text(high.packet);
    return lower ? reordered(TcpConfidence::certain, hole + ids)
                 : repeated(TcpConfidence::certain, hole + ids);
  }
  if (repeat.segment.timestamp_value && high.timestamp &&
      *repeat.segment.timestamp_value != *high.timestamp) {
    const bool lower = static_cast<std::int32_t>(*repeat.segment.timestamp_value - *high.timestamp) < 0;
    const std::string stamps = std::string("; its time stamp is ") + (lower ? "older" : "newer") +
                               " than that of " + packet_text(high.packet);
    return lower ? reordered(TcpConfidence::certain, hole + stamps)
                 : repeated(TcpConfidence::certain, hole + stamps);
  }
  if (const auto asked = fast_retransmit_evidence(repeat)) {
    return {Classification::Kind::retransmission,
            {14, "fast retransmission", TcpConfidence::likely},
            hole + "; " + *asked};
  }
  if (repeat.hole_packet == 0) {
    return {Classification::Kind::ambiguous,
            {15, "out-of-order or retransmission", TcpConfidence::ambiguous},
            "its hole had been given up"};
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

}  // namespace

void classify_repeat(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                     std::int64_t begin, std::int64_t end, std::int64_t seen) {
  DirectionState& state = flow.state(direction);
  Repeat repeat{flow, state, flow.state(reverse(direction)), segment, begin, end, seen, std::nullopt, 0, {}};
  if (seen > 0) {
    const ByteHistory::Position position = context.history.find(state.newest, begin, ByteHistory::kStepsMax);
    if (position != 0) {
      repeat.before = context.history.record(position);
      context.history.note_transmission(position, segment.packet, segment.time);
    }
  } else {
    const auto above = std::ranges::lower_bound(state.out_of_order, end, {}, &OutOfOrderSegment::begin);
    if (above != state.out_of_order.end() && begin >= state.next) {
      repeat.hole_packet = above->hole_packet;
      repeat.hole_time = above->hole_time;
    }
  }
  const Classification classified = seen > 0 ? classify_seen(repeat) : classify_unseen(repeat);
  EndpointRecord& side = flow.side(direction);
  side.retransmitted_bytes += static_cast<std::uint64_t>(seen);
  switch (classified.kind) {
    case Classification::Kind::retransmission: ++side.retransmitted_packets; break;
    case Classification::Kind::out_of_order: ++side.out_of_order_packets; break;
    case Classification::Kind::ambiguous: ++side.ambiguous_packets; break;
  }
  if (classified.kind == Classification::Kind::retransmission)
    note_counted(flow, direction, 't', ++state.repeat_count);
  report(context, flow, direction, segment, classified.verdict, {begin, end - begin}, classified.evidence);
}

}  // namespace plaintalk::analyzer
