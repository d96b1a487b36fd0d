#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::uint8_t kShiftMax = 14;  // RFC 7323, section 2.3

void set_base(DirectionState& state, std::uint32_t base_seq) {
  state.base_known = true;
  state.base_from_syn = true;
  state.base_from_own_packet = true;
  state.base_seq = base_seq;
}

// The peer's SYN-ACK names the client's first byte even when the SYN itself was not captured.
void learn_peer_base(DirectionState& peer, const TcpSegment& segment) {
  if (!segment.flags.ack || peer.base_known) return;
  peer.base_known = true;
  peer.base_from_syn = true;
  peer.base_seq = segment.acknowledgement;
}

void agree_on_scaling(Flow& flow) {
  DirectionState& client = flow.directions[0];
  DirectionState& server = flow.directions[1];
  if (!client.syn_seen || !server.syn_seen) return;
  const bool both = client.offered_shift && server.offered_shift;
  for (DirectionState* state : {&client, &server}) {
    state->shift_known = true;
    state->shift = both ? std::min(*state->offered_shift, kShiftMax) : std::uint8_t{0};
  }
}

std::string isn_text(std::uint32_t base_seq) {
  return "initial sequence number " + std::to_string(base_seq - 1);
}

// RFC 9293, section 3.5, figure 7: each side answers the other's SYN with its own, now with an
// acknowledgement. From one side's SYN to the other's answer is twice the way from here to the other; both
// ways together are the round trip, wherever the capture was taken.
void answer_crossed_syn(Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  DirectionState& peer = flow.state(reverse(direction));
  if (!flow.is_simultaneous || segment.acknowledgement != peer.base_seq) return;
  state.make_rare().crossed_answer = elapsed(peer.syn_time, segment.time);
  if (!peer.rare().crossed_answer || flow.established) return;
  flow.established = true;
  flow.handshake_rtt = *state.rare().crossed_answer + *peer.rare().crossed_answer;
}

bool echoes(const TcpSegment& segment, std::uint32_t stamp) {
  return stamp != 0 && segment.timestamp_echo == stamp;
}

}  // namespace

// Karn's rule holds for SYNs as well: of several, only an echoed time stamp says which one was answered.
std::optional<Nanoseconds> handshake_trip(const Flow& flow, const TcpSegment& answer) {
  const DirectionState& client = flow.directions[0];
  const DirectionState& server = flow.directions[1];
  if (!client.syn_is_answered) return std::nullopt;
  if (!server.rare().syn_repeated) return elapsed(client.syn_time, answer.time);
  if (!echoes(answer, server.traffic.syn_stamp)) return std::nullopt;
  return elapsed(client.syn_time, server.rare().first_syn_time) + elapsed(server.syn_time, answer.time);
}

void apply_syn(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  DirectionState& peer = flow.state(reverse(direction));
  const std::uint32_t base_seq = segment.sequence + 1;
  const bool with_ack = segment.flags.ack;

  if (state.syn_seen && base_seq == state.base_seq && with_ack && !state.syn_ack_seen) {
    answer_crossed_syn(flow, direction, segment);
  } else if (state.syn_seen && base_seq == state.base_seq) {
    if (!state.rare().syn_repeated) state.make_rare().first_syn_time = state.syn_time;
    state.make_rare().syn_repeated = true;
    if (!with_ack) state.syn_is_answered = false;
    report(context, flow, direction, segment, {2, with_ack ? "syn-ack retransmission" : "syn retransmission"},
           {}, "same " + isn_text(base_seq) + " as " + packet_text(state.syn_packet));
    if (!flow.established && flow.is_closing) {  // a refused attempt is made again
      state.reset = peer.reset = false;
      flow.is_closing = false;
    }
  } else if (state.base_known && state.base_from_own_packet && base_seq != state.base_seq) {
    // Not the packet that opened this direction. Two SYN-ACKs can answer one SYN (an attack, or a server that
    // forgot): the client's acknowledgement tells which one it took, unless data came already.
    if (with_ack && state.high == 0 && !flow.established) {
      state.make_rare().other_base = base_seq;
      if (segment.acknowledgement == peer.base_seq) {  // after a forged end the handshake goes on
        state.reset = peer.reset = false;
        flow.is_closing = false;
      }
    }
    report(context, flow, direction, segment, {18, "syn inside connection", TcpConfidence::certain}, {},
           isn_text(base_seq) + " where " +
               (state.syn_seen ? packet_text(state.syn_packet) + " said "
                               : "earlier packets were numbered from ") +
               std::to_string(state.base_seq - 1));
    return;
  } else if (!state.sent_any || !state.base_known || base_seq == state.base_seq) {
    set_base(state, base_seq);
  }
  const bool is_answer = with_ack && state.syn_seen && base_seq == state.base_seq;
  state.syn_ack_seen = state.syn_ack_seen || with_ack;
  if (is_answer && flow.is_simultaneous) return;
  if (!with_ack && peer.syn_seen && direction == Direction::server_to_client && !state.syn_seen) {
    flow.is_simultaneous = true;
    report(context, flow, direction, segment, {34, "simultaneous open"}, {},
           "a SYN from each side; the other is " + packet_text(peer.syn_packet));
  }
  state.syn_seen = true;
  state.syn_time = segment.time;
  if (with_ack) peer.syn_is_answered = !peer.rare().syn_repeated || echoes(segment, peer.traffic.syn_stamp);
  state.syn_packet = segment.packet;
  state.offered_shift = segment.window_shift;
  state.sack_permitted = segment.sack_permitted;
  state.traffic.note_syn(segment);
  learn_peer_base(peer, segment);
  agree_on_scaling(flow);
  if (segment.payload_size > 0) {
    report(context, flow, direction, segment, {33, "data in syn"}, {0, segment.payload_size},
           "TCP Fast Open (RFC 7413)");
  }
}

void apply_rst(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  DirectionState& peer = flow.state(reverse(direction));
  const std::string text = segment.payload_size > 0 ? "; carries " + std::to_string(segment.payload_size) +
                                                          " bytes of diagnostic text"
                                                    : "";
  const auto accept_reset = [&](TcpConfidence confidence, const std::string& why) {
    state.reset = true;
    state.has_rst = true;
    flow.note_ending(direction, Ending::rst);
    for (DirectionState& side : flow.directions)
      if (side.rare().closed_window.is_closed())
        side.make_rare().closed_window.opened(segment.time, 0);  // nobody waits any more
    // A reset alone, of a connection that was over before the capture began, closes nothing: more of them may
    // follow much later.
    flow.is_closing = state.base_known || peer.base_known;
    report(context, flow, direction, segment, {19, "reset", confidence}, {}, why + text);
  };
  // A reset by who closes with bytes unread says by its acknowledgement which ones it had taken.
  const auto confirm_by_reset = [&] {
    if (segment.flags.ack && peer.base_known && !peer.pending().unverified.empty())
      accept_confirmed_segments(context, flow, reverse(direction), peer.offset_of(segment.acknowledgement));
  };
  // Nothing to compare with: this side has not shown its sequence numbers. An answer to a SYN must
  // acknowledge it.
  if (!state.base_known || !state.sent_any) {
    const bool answers =
        segment.flags.ack && peer.base_known && segment.acknowledgement - peer.base_seq <= 0x40000000U;
    accept_reset(
        answers ? TcpConfidence::certain : TcpConfidence::likely,
        answers ? "acknowledges the other side's bytes" : "the sender's sequence numbers are not known");
    return;
  }
  // RFC 5961, section 3: exactly what the receiver expects next closes; elsewhere in its window must be
  // confirmed first.
  const std::int64_t offset = state.offset_of(segment.sequence);
  const std::int64_t expected = state.una_known ? state.una : 0;
  const std::int64_t window = std::int64_t{peer.window} << (peer.shift_known ? peer.shift : kShiftMax);
  if (offset == expected || offset == state.sequence_end() || offset == state.next) {
    confirm_by_reset();
    accept_reset(TcpConfidence::certain, "exactly the byte that is expected next");
  } else if (offset >= std::min(expected, state.next) - 1 &&
             offset <= std::max(expected, state.high) + window) {
    accept_reset(TcpConfidence::likely, "inside the receiver's window but not what it expects next");
  } else if (segment.sequence == 0 && segment.flags.ack &&
             segment.acknowledgement == peer.base_seq + static_cast<std::uint32_t>(peer.sequence_end())) {
    accept_reset(TcpConfidence::likely, "sequence number 0 with the right acknowledgement");
  } else {
    report(context, flow, direction, segment, {19, "suspected reset injection", TcpConfidence::likely},
           {offset, 0}, "outside the receiver's window, expected offset " + std::to_string(expected) + text);
  }
}

Nanoseconds initial_rtt(const Flow& flow) { return flow.handshake_rtt.value_or(Nanoseconds(0)); }

}  // namespace plaintalk::analyzer
