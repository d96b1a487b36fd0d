// Rules 11, 30 and 37. An acknowledgement above everything captured means that the capture lacks the bytes,
// or that it is late with them, or that nobody ever sent them. The next acknowledgement tells: they never go
// back (RFC 9293, section 3.4), so a lower one takes the claim back. Until then the claim is believed, but
// nothing is called certain.
#include <algorithm>
#include <utility>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

void report_late(TrackerContext& context, const Flow& flow, Direction direction, const LateSegment& late,
                 TcpConfidence confidence, const std::string& evidence) {
  TcpSegment segment;
  segment.packet = late.packet;
  segment.time = late.time;
  report(context, flow, direction, segment, {30, "late capture", confidence},
         {late.begin, late.end - late.begin}, evidence);
}

void flush_late(TrackerContext& context, const Flow& flow, Direction direction, DoubtfulAck& doubtful,
                TcpConfidence confidence) {
  for (const LateSegment& late : std::exchange(doubtful.late, {}))
    report_late(context, flow, direction, late, confidence,
                "already acknowledged by " + packet_text(doubtful.packet.packet) +
                    ": the capture is out of order, nothing is lost");
}

void take_back(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
               std::int64_t offset, TcpConfidence confidence) {
  DirectionState& data = flow.state(reverse(direction));
  DoubtfulAck& doubtful = *data.loss->doubtful;
  TcpSegment wrong;
  wrong.packet = doubtful.packet.packet;
  wrong.time = doubtful.packet.time;
  const std::int64_t sent = data.send_next();
  report(context, flow, direction, wrong, {37, "acknowledges what was not sent", confidence},
         {sent, doubtful.offset - sent},
         packet_text(segment.packet) + " of the same side acknowledges " +
             std::to_string(doubtful.offset - offset) + " bytes less");
  data.una = doubtful.una_before;
  data.una_packet = doubtful.una_packet_before;
  data.ack_seen_high = doubtful.una_before;
  if (!data.fin && doubtful.fin_before) {
    data.fin = doubtful.fin_before;
    data.has_fin = true;
  }
  data.loss->doubtful.reset();
}

}  // namespace

void settle_doubtful_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                         std::int64_t offset) {
  DirectionState& data = flow.state(reverse(direction));
  DoubtfulAck& doubtful = *data.loss->doubtful;
  if (offset >= doubtful.offset) {
    flush_late(context, flow, reverse(direction), doubtful, TcpConfidence::certain);
    data.loss->doubtful.reset();
    return;
  }
  // A lower one that was sent earlier proves nothing: acknowledgements overtake each other as well.
  const SendOrder order = order_of(doubtful.packet, segment, flow.state(direction).ip_id_trust);
  if (order == SendOrder::before || offset < doubtful.una_before) return;
  take_back(context, flow, direction, segment, offset,
            order == SendOrder::after ? TcpConfidence::certain : TcpConfidence::likely);
}

void check_unseen_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                      std::int64_t offset) {
  DirectionState& data = flow.state(reverse(direction));
  const std::int64_t from = std::max(data.sequence_end(), data.ack_seen_high);
  if (!data.sent_any || offset <= from) return;
  const bool may_be_fin = !data.fin && offset == data.high + 1;
  data.ack_seen_high = offset;
  report(context, flow, direction, segment,
         {11, "acknowledges unseen", may_be_fin ? TcpConfidence::ambiguous : TcpConfidence::likely},
         {from, offset - from},
         may_be_fin ? "one byte or a FIN that was not captured"
                    : "the other side's bytes up to there were not captured before");
  if (may_be_fin || offset <= data.send_next()) return;
  data.losses().doubtful =
      DoubtfulAck{offset, summary_of(segment), data.una_known ? data.una : 0, data.una_packet, data.fin, {}};
}

void note_late(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
               std::int64_t begin, std::int64_t end) {
  DirectionState& state = flow.state(direction);
  const LateSegment late{begin, end, segment.packet, segment.time};
  if (!state.loss || !state.loss->doubtful || end <= state.loss->doubtful->una_before) {
    report_late(context, flow, direction, late, TcpConfidence::certain,
                "already acknowledged by " + packet_text(state.una_packet) +
                    ": the capture is out of order, nothing is lost");
    return;
  }
  DoubtfulAck& doubtful = *state.loss->doubtful;
  if (doubtful.late.size() >= LossState::kLateCountMax)
    flush_late(context, flow, direction, doubtful, TcpConfidence::likely);
  doubtful.late.push_back(late);
}

void flush_undecided(TrackerContext& context, Flow& flow, Direction direction) {
  const DirectionState& state = flow.state(direction);
  if (state.loss && state.loss->doubtful)
    flush_late(context, flow, direction, *state.loss->doubtful, TcpConfidence::likely);
}

}  // namespace plaintalk::analyzer
