// Data below the highest octet sent is a repeat or came late. Which of them is opinion in most tools; here
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
constexpr int kHistoryStepsMax = 512;
constexpr std::int64_t kDefaultMss = 536;  // RFC 9293, section 3.7.1

struct Judged {
  enum class Kind : std::uint8_t { retransmission, out_of_order, ambiguous };
  Kind kind{};
  TcpVerdict verdict;
  std::string evidence;
};

struct Case {
  const Flow& flow;
  const Half& data;
  const Half& receiver;
  const TcpSegment& segment;
  std::int64_t begin;
  std::int64_t end;
  std::int64_t seen;
  // The earlier transmission, if it is still remembered.
  std::optional<ByteHistory::Record> before;
  // The packet above that opened the hole, when the octets were never seen.
  std::uint64_t hole_packet = 0;
  WallTime hole_time;
};

bool is_selectively_acknowledged(const Half& receiver, std::int64_t begin, std::int64_t end) {
  for (std::size_t index = 0; index < receiver.sack_count; ++index)
    if (begin >= receiver.sack[index].begin && end <= receiver.sack[index].end) return true;
  return false;
}

std::int64_t selectively_acknowledged_octets(const Half& receiver) {
  std::int64_t octets = 0;
  for (std::size_t index = 0; index < receiver.sack_count; ++index)
    octets += std::max<std::int64_t>(0, receiver.sack[index].end - receiver.sack[index].begin);
  return octets;
}

// Rule 14 (RFC 5681, section 3.2; RFC 6675): the receiver asked for it just now.
std::optional<std::string> asked_for(const Case& of) {
  const Nanoseconds since = elapsed(of.receiver.last_time, of.segment.time);
  if (since > std::max(kFastLimit, initial_rtt(of.flow))) return std::nullopt;
  const bool first_unconfirmed = of.data.una_known && of.begin == of.data.una;
  const bool selective = of.receiver.sack_count > 0;
  const bool not_taken = !is_selectively_acknowledged(of.receiver, of.begin, of.end);
  const std::string when = ", " + span_words(since) + " before";
  if (of.receiver.duplicate_run >= 2 && (first_unconfirmed || (selective && not_taken))) {
    return std::to_string(of.receiver.duplicate_run) + " duplicate acknowledgements up to " +
           packet_words(of.receiver.last_packet) + when;
  }
  const std::int64_t mss = of.data.mss.value_or(kDefaultMss);
  if (selective && first_unconfirmed && not_taken && selectively_acknowledged_octets(of.receiver) > 2 * mss) {
    return "selective acknowledgements of " + std::to_string(selectively_acknowledged_octets(of.receiver)) +
           " octets above it in " + packet_words(of.receiver.last_packet) + when;
  }
  return std::nullopt;
}

Judged judge_seen(const Case& of) {
  std::string evidence = of.before ? "same octets in " + packet_words(of.before->packet)
                                   : std::to_string(of.seen) + " octets were seen before";
  if (of.data.una_known && of.end <= of.data.una) {
    return {Judged::Kind::retransmission,
            {12, "spurious retransmission", TcpConfidence::certain},
            evidence + "; acknowledged by " + packet_words(of.data.una_packet)};
  }
  if (const auto asked = asked_for(of)) {
    return {Judged::Kind::retransmission,
            {14, "fast retransmission", TcpConfidence::likely},
            evidence + "; " + *asked};
  }
  if (of.before) {
    const Nanoseconds since = elapsed(of.before->last_time, of.segment.time);
    evidence += "; last sent " + span_words(since) + " before";
    if (since >= kTimeoutMin) {
      return {Judged::Kind::retransmission, {16, "timeout retransmission", TcpConfidence::likely}, evidence};
    }
    const Nanoseconds smoothed = of.data.rtt.smoothed();
    const bool is_tail = of.end == of.data.high && of.receiver.duplicate_run == 0;
    if (is_tail && smoothed > Nanoseconds(0) && since >= std::max(kLossProbeMin, smoothed * 3 / 2)) {
      return {Judged::Kind::retransmission,
              {17, "tail loss probe", TcpConfidence::likely},
              evidence + "; smoothed round trip " + span_words(smoothed)};
    }
  }
  return {Judged::Kind::retransmission, {13, "retransmission", TcpConfidence::certain}, evidence};
}

Judged reordered(TcpConfidence confidence, std::string evidence) {
  return {Judged::Kind::out_of_order, {15, "out-of-order", confidence}, std::move(evidence)};
}
Judged repeated(TcpConfidence confidence, std::string evidence) {
  return {
      Judged::Kind::retransmission, {15, "retransmission of uncaptured", confidence}, std::move(evidence)};
}

// Rule 15: it fills a hole. Was it only overtaken, or is it a repeat of a packet that the capture does not
// have?
Judged judge_unseen(const Case& of) {
  const PacketMark& high = of.data.high_mark;
  const std::string hole = "fills the hole that " + packet_words(of.hole_packet) + " opened";
  if (of.segment.ip_id != 0 && high.ip_id != 0 && of.segment.ip_id != high.ip_id &&
      of.data.ip_id_trust >= kIdTrustMin) {
    const bool lower = static_cast<std::int16_t>(of.segment.ip_id - high.ip_id) < 0;
    const std::string ids = "; IP-ID " + std::to_string(of.segment.ip_id) +
                            (lower ? " is below " : " is above ") + std::to_string(high.ip_id) + " of " +
                            packet_words(high.packet);
    return lower ? reordered(TcpConfidence::certain, hole + ids)
                 : repeated(TcpConfidence::certain, hole + ids);
  }
  if (of.segment.timestamp_value && high.timestamp && *of.segment.timestamp_value != *high.timestamp) {
    const bool lower = static_cast<std::int32_t>(*of.segment.timestamp_value - *high.timestamp) < 0;
    const std::string stamps = std::string("; its time stamp is ") + (lower ? "older" : "newer") +
                               " than that of " + packet_words(high.packet);
    return lower ? reordered(TcpConfidence::certain, hole + stamps)
                 : repeated(TcpConfidence::certain, hole + stamps);
  }
  if (const auto asked = asked_for(of)) {
    return {Judged::Kind::retransmission,
            {14, "fast retransmission", TcpConfidence::likely},
            hole + "; " + *asked};
  }
  if (of.hole_packet == 0) {
    return {Judged::Kind::ambiguous,
            {15, "out-of-order or retransmission", TcpConfidence::ambiguous},
            "its hole had been given up"};
  }
  const Nanoseconds since = elapsed(of.hole_time, of.segment.time);
  const Nanoseconds irtt = initial_rtt(of.flow);
  const Nanoseconds limit = irtt > Nanoseconds(0) ? irtt : kReorderLimit;
  const std::string when = hole + " " + span_words(since) + " before; round trip " +
                           (irtt > Nanoseconds(0) ? span_words(irtt) : std::string("unknown"));
  if (since < limit) return reordered(TcpConfidence::likely, when);
  if (since >= kTimeoutMin && since >= 2 * limit) return repeated(TcpConfidence::likely, when);
  return {Judged::Kind::ambiguous, {15, "out-of-order or retransmission", TcpConfidence::ambiguous}, when};
}

}  // namespace

void judge_repeat(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                  std::int64_t begin, std::int64_t end, std::int64_t seen) {
  Half& half = flow.half(direction);
  Case of{flow, half, flow.half(reverse(direction)), segment, begin, end, seen, std::nullopt, 0, {}};
  if (seen > 0) {
    const ByteHistory::Position position = context.history.find(half.newest, begin, kHistoryStepsMax);
    if (position != 0) {
      of.before = context.history.record(position);
      context.history.note_transmission(position, segment.packet, segment.time);
    }
  } else {
    const auto above = std::ranges::lower_bound(half.islands, end, {}, &Island::begin);
    if (above != half.islands.end() && begin >= half.next) {
      of.hole_packet = above->hole_packet;
      of.hole_time = above->hole_time;
    }
  }
  const Judged judged = seen > 0 ? judge_seen(of) : judge_unseen(of);
  SideReport& side = flow.side(direction);
  side.retransmitted_bytes += static_cast<std::uint64_t>(seen);
  switch (judged.kind) {
    case Judged::Kind::retransmission: ++side.retransmitted_packets; break;
    case Judged::Kind::out_of_order: ++side.out_of_order_packets; break;
    case Judged::Kind::ambiguous: ++side.ambiguous_packets; break;
  }
  if (judged.kind == Judged::Kind::retransmission) note_counted(flow, direction, 't', ++half.repeat_count);
  report(context, flow, direction, segment, judged.verdict, {begin, end - begin}, judged.evidence);
}

}  // namespace plaintalk::analyzer
