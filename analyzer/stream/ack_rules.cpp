#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

// An acknowledgement further above everything seen than this is not believed.
constexpr std::int64_t kPlausibleJumpMax = std::int64_t{1} << 30;
constexpr std::size_t kSackedRangeCountMax = std::size_t{1} << 20;  // of all connections together

bool is_plain(const TcpSegment& segment) {
  return !segment.flags.syn && !segment.flags.fin && !segment.flags.rst;
}

// Rule 9, second part: the first block repeats bytes below the acknowledgement or inside the second block
// (RFC 2883).
bool is_duplicate_sack(const DirectionState& data, const TcpSegment& segment, std::int64_t acknowledged) {
  if (segment.sack_count == 0) return false;
  const std::int64_t begin = data.offset_of(segment.sack[0].left);
  const std::int64_t end = data.offset_of(segment.sack[0].right);
  if (end <= acknowledged) return true;
  return segment.sack_count > 1 && begin >= data.offset_of(segment.sack[1].left) &&
         end <= data.offset_of(segment.sack[1].right);
}

// Takes the selective blocks into the sender's scoreboard; true when they tell something new.
bool note_sack(TrackerContext& context, DirectionState& data, const TcpSegment& segment,
               std::int64_t acknowledged) {
  if (segment.sack_count == 0) return false;
  bool is_new = false;
  Scoreboard& sacked = data.losses().sacked;
  for (std::size_t index = 0; index < segment.sack_count; ++index) {
    const StreamRange block{std::max(data.offset_of(segment.sack[index].left), acknowledged),
                            data.offset_of(segment.sack[index].right)};
    if (block.end - data.high > kPlausibleJumpMax || context.sacked_range_count >= kSackedRangeCountMax)
      continue;
    const std::size_t before = sacked.size();
    is_new |= sacked.add(block);
    context.sacked_range_count += sacked.size() - before;
  }
  return is_new;
}

void note_news(DirectionState& data, const TcpSegment& segment, std::optional<StreamRange> duplicate_sack) {
  LossState& loss = data.losses();
  loss.news_packet = segment.packet;
  loss.news_time = segment.time;
  loss.duplicate_sack = duplicate_sack;
}

// The direction that is acknowledged may not have shown itself: then its first byte is what the receiver
// waits for.
void learn_base(Flow& flow, DirectionState& data, const TcpSegment& segment) {
  if (data.base_known) return;
  data.base_known = true;
  data.base_seq = segment.acknowledgement;
  data.base_from_syn = !flow.midstream;
}

void handshake_done(Flow& flow, Direction direction, const TcpSegment& segment, std::int64_t offset) {
  if (flow.established || offset < 0 || segment.flags.syn) return;
  DirectionState& client = flow.directions[0];
  DirectionState& server = flow.directions[1];
  if (direction != Direction::client_to_server || !client.syn_seen || !server.syn_seen) return;
  flow.established = true;
  // When both opened, the acknowledgements in the answers measure the way (rule 34); this one may be any
  // later one.
  if (!flow.is_simultaneous) flow.handshake_rtt = handshake_trip(flow, segment);
}

// Two SYN-ACKs were captured, or one behind a forged end: the client takes one of them.
void choose_base(Flow& flow, Direction data_direction, const TcpSegment& segment) {
  DirectionState& data = flow.state(data_direction);
  if (!data.pending().other_base) return;
  std::optional<std::uint32_t>& other_base = data.make_rare().other_base;
  if (segment.acknowledgement == *other_base && data.high == 0) {
    data.base_seq = *other_base;
    data.base_from_syn = true;
    data.fin.reset();
    data.has_fin = false;
    data.una_known = false;
  }
  other_base.reset();
}

void tell_confirmed(TrackerContext& context, Flow& flow, Direction data_direction,
                    const TcpSegment& segment) {
  DirectionState& data = flow.state(data_direction);
  // In bytes of the stream: the FIN counts one in the sequence space and none here.
  std::int64_t bytes = data.fin ? std::min(data.una, *data.fin) : data.una;
  if (!data.fin && data.una == data.high + 1) bytes = data.high;
  // What nobody has seen is not told before a second acknowledgement confirms the first.
  if (data.loss && data.loss->doubtful) bytes = std::min(bytes, data.high);
  if (bytes > data.reported_ack) {
    data.reported_ack = bytes;
    context.sink.acknowledged(
        {flow.id, data_direction, static_cast<std::uint64_t>(bytes), segment.packet, segment.time});
  }
}

void move_confirmed(TrackerContext& context, Flow& flow, Direction data_direction, const TcpSegment& segment,
                    std::int64_t offset) {
  DirectionState& data = flow.state(data_direction);
  if (data.fin && offset > *data.fin + 1) {
    report(context, flow, reverse(data_direction), segment, {31, "contradicting fin"},
           {*data.fin, offset - *data.fin}, "bytes above the FIN are acknowledged, so the stream goes on");
    data.fin.reset();
    data.has_fin = false;
  }
  data.una = offset;
  data.una_packet = segment.packet;
  data.una_known = true;
  if (data.loss) {
    note_news(data, segment,
              data.loss->news_packet == segment.packet ? data.loss->duplicate_sack : std::nullopt);
    const std::size_t ranges = data.loss->sacked.size();
    data.loss->sacked.forget_below(offset);
    context.sacked_range_count -= ranges - data.loss->sacked.size();
  }
  data.rtt.acknowledged(offset, segment.time, segment.timestamp_echo.value_or(0));
  if (const auto& waiting = data.pending().probe; waiting && offset > waiting->offset) {
    const WindowProbe probe = *waiting;
    data.make_rare().probe.reset();
    accept(context, flow, data_direction,
           {probe.offset, probe.offset + 1, probe.is_captured ? Bytes(&probe.byte, 1) : Bytes(), probe.packet,
            probe.time});
  }
  if (!data.pending().unverified.empty()) accept_confirmed_segments(context, flow, data_direction, data.una);
  tell_confirmed(context, flow, data_direction, segment);
}

void check_zero_window(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  const DirectionState& data = flow.state(reverse(direction));
  if (segment.window != 0 || !is_plain(segment) || state.reset || data.reset || data.fin) return;
  note_counted(flow, direction, 'w', ++state.make_rare().zero_window_count);
  RareState& rare = state.make_rare();
  ++rare.zero_windows;
  rare.closed_window.closed(segment.time, state.window_known && state.window != 0);
  report(context, flow, direction, segment, {5, "zero window"}, {}, "the receive buffer is full");
}

// Rules 4, 6, 7 and 9: what a bare acknowledgement means. They exclude each other.
void classify_bare_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                       std::int64_t offset, bool new_sack) {
  DirectionState& state = flow.state(direction);
  const DirectionState& data = flow.state(reverse(direction));
  if (segment.payload_size != 0 || !is_plain(segment) || !state.window_known || !data.una_known) return;
  const bool in_place = state.base_known && state.offset_of(segment.sequence) == state.send_next();
  const bool same_ack = offset == data.una;
  const bool same_window = segment.window == state.window;
  const bool after_probe =
      data.last_kind == LastKind::zero_window_probe && (same_ack || offset == data.una + 1);
  if (after_probe && segment.window == 0) {
    flow.state(direction).make_rare().closed_window.answered(data.last_packet);
    report(context, flow, direction, segment, {6, "zero window probe ack"}, {offset, 0},
           "answers the probe in " + packet_text(data.last_packet));
    return;
  }
  if (data.last_kind == LastKind::keep_alive && same_ack && same_window && segment.window != 0 && in_place) {
    report(context, flow, direction, segment, {4, "keep-alive ack"}, {offset, 0},
           "answers the keep-alive in " + packet_text(data.last_packet));
    return;
  }
  if (in_place && segment.window != 0 && !same_window && !new_sack && (same_ack || after_probe)) {
    report(context, flow, direction, segment, {7, "window update"}, {offset, 0}, [&] {
      return "window " + std::to_string(state.window) + " before, " + std::to_string(segment.window) + " now";
    });
    return;
  }
  const bool outstanding = data.send_next() > offset;
  if (!same_ack || !outstanding || !(same_window || new_sack)) return;
  note_news(flow.state(reverse(direction)), segment, std::nullopt);
  ++state.duplicate_run;
  ++state.make_rare().duplicate_acks;
  report(context, flow, direction, segment, {9, "duplicate ack"}, {offset, 0}, [&] {
    return "number " + std::to_string(state.duplicate_run) + " for " + packet_text(data.una_packet);
  });
}

}  // namespace

void apply_ack(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  DirectionState& data = flow.state(reverse(direction));
  if (segment.flags.ack) {
    learn_base(flow, data, segment);
    choose_base(flow, reverse(direction), segment);
    const std::int64_t offset = data.offset_of(segment.acknowledgement);
    handshake_done(flow, direction, segment, offset);
    if (offset >= 0 && offset - data.high <= kPlausibleJumpMax) {
      if (data.loss && data.loss->doubtful) {
        settle_doubtful_ack(context, flow, direction, segment, offset);
        if (!data.loss->doubtful) tell_confirmed(context, flow, reverse(direction), segment);
      }
      check_unseen_ack(context, flow, direction, segment, offset);
      const bool new_sack = note_sack(context, data, segment, offset);
      if (new_sack) note_news(data, segment, std::nullopt);
      check_zero_window(context, flow, direction, segment);
      if (is_duplicate_sack(data, segment, offset)) {
        note_news(data, segment,
                  StreamRange{data.offset_of(segment.sack[0].left), data.offset_of(segment.sack[0].right)});
        report(context, flow, direction, segment, {9, "d-sack"},
               {data.offset_of(segment.sack[0].left),
                static_cast<std::int32_t>(segment.sack[0].right - segment.sack[0].left)},
               "the receiver had these bytes already (RFC 2883)");
        settle_copies(context, flow, reverse(direction), *data.loss->duplicate_sack, segment);
      }
      classify_bare_ack(context, flow, direction, segment, offset, new_sack);
      if (!data.una_known || offset > data.una) {
        state.duplicate_run = 0;
        move_confirmed(context, flow, reverse(direction), segment, offset);
      }
    }
  } else {
    check_zero_window(context, flow, direction, segment);
  }
  if (!segment.flags.syn || segment.window != 0) {
    if (state.window_known && state.window == 0 && segment.window != 0) {
      state.window_was_closed = true;
      RareState& rare = state.make_rare();
      rare.window_closed_until = segment.time;
      rare.closed_window.opened(segment.time,
                                data.last_kind == LastKind::zero_window_probe ? data.last_packet : 0);
    }
    state.window = segment.window;
    state.window_known = true;
  }
}

}  // namespace plaintalk::analyzer
