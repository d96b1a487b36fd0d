// Rule 1. One packet can be recorded several times: on two interfaces, on a mirror port for both ways, before
// and behind a router, or in a batch that a driver hands over twice. A repeat by the sender differs from a
// copy in its IP-ID and its time stamp; where there are none, in that somebody asked for it or a timer ran
// out.
#include <algorithm>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr Nanoseconds kUnaskedMin = std::chrono::milliseconds(190);  // no sender repeats earlier unasked
constexpr Nanoseconds kTickMax = std::chrono::milliseconds(10);      // of time stamp clocks in use
constexpr Nanoseconds kIdentifiedMax = std::chrono::seconds(1);  // an IP-ID comes again after 65,536 packets

std::uint32_t end_of(const TcpSegment& segment) {
  return segment.sequence + segment.payload_size + (segment.flags.syn ? 1U : 0U) +
         (segment.flags.fin ? 1U : 0U);
}

// A packet that goes on above all before it is no copy; looking for one would only cost time.
bool may_be_copy(DirectionState& state, const TcpSegment& segment) {
  const std::uint32_t end = end_of(segment);
  bool goes_on = false;
  const auto raise = [&](std::uint32_t& top, std::uint32_t value) {
    if (static_cast<std::int32_t>(value - top) <= 0) return;
    top = value;
    goes_on = true;
  };
  raise(state.top_sequence, end);
  if (segment.flags.ack) raise(state.top_acknowledgement, segment.acknowledgement);
  return !goes_on;
}

struct Copy {
  bool is_copy = false;
  TcpConfidence confidence = TcpConfidence::likely;
};

// Did at least two of three packets of this side come twice so far?
bool comes_twice(const Flow& flow, Direction direction) {
  const std::uint64_t copies = flow.state(direction).rare().copy_count;
  return copies > 0 && copies * 3 + 2 >= flow.state(direction).packets * 2;
}

// The other side's packet comes twice as well where a side has nothing but acknowledgements to show.
bool either_comes_twice(const Flow& flow, Direction direction) {
  return comes_twice(flow, direction) || comes_twice(flow, reverse(direction));
}

// A bare acknowledgement of all that was sent, and nothing has come since: there was nothing to say again.
bool has_no_cause(const Flow& flow, Direction direction, const SeenPacket& before, const SeenPacket& now) {
  const DirectionState& peer = flow.state(reverse(direction));
  if (!peer.sent_any) return true;
  return peer.base_known && peer.last_packet < before.packet && !peer.is_waiting() &&
         peer.offset_of(now.acknowledgement) == peer.send_next();
}

// The receiver has asked for something to be sent again.
bool is_asked_for(const Flow& flow, Direction direction, WallTime since) {
  const DirectionState& state = flow.state(direction);
  if (flow.state(reverse(direction)).duplicate_run > 0) return true;
  return state.loss && (!state.loss->sacked.empty() || state.loss->news_time >= since) &&
         state.loss->news_packet != 0;
}

Copy judge(const TrackerContext& context, const Flow& flow, Direction direction, const SeenPacket& before,
           const SeenPacket& now, bool is_bare_ack) {
  const DirectionState& state = flow.state(direction);
  const Nanoseconds distance = now.time > before.time ? now.time - before.time : before.time - now.time;
  const bool by_id = now.ip_id != 0;
  const bool by_stamp = now.has_timestamp;
  const bool twice = comes_twice(flow, direction);
  const auto copy = [](bool is_certain) {
    return Copy{true, is_certain ? TcpConfidence::certain : TcpConfidence::likely};
  };
  // Without an IP-ID a burst of duplicate acknowledgements looks just like one acknowledgement captured
  // twice.
  if (before.is_elsewhere(now)) {
    if (by_id || by_stamp || twice) return copy(true);
    return distance < kUnaskedMin ? copy(false) : Copy{};
  }
  if (before.checksum != now.checksum && !by_id && !by_stamp) return {};
  // The same packet for sure; but one that the network doubled looks the same, unless most come twice.
  if (distance <= context.limits.duplicate_window) {
    if (by_id) return copy(twice);
    if (is_bare_ack) {
      if (before.has_copy) return {};
      if (either_comes_twice(flow, direction)) return copy(by_stamp);
      return has_no_cause(flow, direction, before, now) ? copy(false) : Copy{};
    }
    if (twice) return copy(true);
    return is_asked_for(flow, direction, before.time) ? Copy{} : copy(false);
  }
  // A batch may come later. Linux and others give a repeat another IP-ID; who sends the same one always is
  // not judged by it.
  if (by_id && state.ip_id_varies) return distance <= kIdentifiedMax ? copy(by_stamp && twice) : Copy{};
  const bool is_quiet = !is_bare_ack && !is_asked_for(flow, direction, before.time);
  if (by_stamp && is_quiet && distance <= kTickMax) return copy(false);
  return twice && is_quiet && distance < kUnaskedMin ? copy(false) : Copy{};
}

std::string evidence_of(const SeenPacket& before, const SeenPacket& now, bool twice) {
  const Nanoseconds distance = now.time > before.time ? now.time - before.time : before.time - now.time;
  std::string text = "the same as " + packet_text(before.packet) + ", " + duration_text(distance) + " apart";
  if (before.is_elsewhere(now)) text += ", at another place";
  if (before.checksum != now.checksum) text += "; one of their checksums is not filled in";
  if (now.ip_id == 0 && !now.has_timestamp)
    text += twice ? "; most packets of this side come twice"
                  : "; nobody asked for a repeat, and no timer is so short";
  return text;
}

// Segmentation behind the first place cuts a packet anew, so its parts are alike to none. They bring nothing
// new, and this side's packets do come again at that place.
bool is_cut_copy(const DirectionState& state, const SeenPacket& now) {
  const RareState& rare = state.rare();
  if (now.size == 0 || !state.base_known || rare.copy_count == 0) return false;
  if (now.observation_point != rare.copy_point || now.observation_point == state.first_point) return false;
  return state.offset_of(now.sequence) >= 0 && state.offset_of(now.sequence + now.size) <= state.high &&
         rare.cut_copy_end <= state.offset_of(now.sequence);
}

// Where one packet came twice a D-SACK may tell that the receiver got both (rule 39).
void remember_copy(Flow& flow, Direction direction, const SeenPacket& copy, bool is_elsewhere) {
  DirectionState& state = flow.state(direction);
  if (copy.size == 0 || is_elsewhere || !state.base_known) return;
  const std::int64_t begin = state.offset_of(copy.sequence);
  std::vector<SeenCopy>& copies = state.make_rare().copies;
  if (copies.size() == RareState::kCopyCountMax) copies.erase(copies.begin());
  copies.push_back({begin, begin + std::int64_t{copy.size}, copy.packet, copy.time});
}

}  // namespace

void settle_copies(TrackerContext& context, Flow& flow, Direction direction, StreamRange twice,
                   const TcpSegment& answer) {
  DirectionState& state = flow.state(direction);
  if (state.rare().copies.empty()) return;
  RareState& rare = state.make_rare();
  // One D-SACK tells of one packet too many; further copies of the same bytes are the capture's.
  std::int64_t settled_end = twice.begin;
  const auto is_answered = [&](const SeenCopy& copy) {
    if (copy.begin < std::max(twice.begin, settled_end) || copy.end > twice.end) return false;
    // Bytes that were also sent again may be what the receiver speaks of.
    const auto position = context.history.find(state.newest, copy.begin, ByteHistory::kStepsMax);
    if (position == 0) return false;
    const ByteHistory::Record sent = context.history.record(position);
    return sent.last_packet == sent.packet;
  };
  for (auto copy = rare.copies.begin(); copy != rare.copies.end();) {
    if (!is_answered(*copy)) {
      ++copy;
      continue;
    }
    TcpSegment doubled;
    doubled.packet = copy->packet;
    doubled.time = copy->time;
    report(context, flow, direction, doubled, {39, "doubled by the network", TcpConfidence::likely},
           {copy->begin, copy->end - copy->begin}, [&] {
             return "the D-SACK in " + packet_text(answer.packet) +
                    " says that the receiver got these bytes twice, and they were not sent again";
           });
    --rare.copy_count;
    ++rare.doubled_count;
    settled_end = copy->end;
    copy = rare.copies.erase(copy);
  }
}

void note_first(DirectionState& state, const TcpSegment& segment) {
  state.numbers_known = true;
  state.first_point = segment.observation_point;
  state.top_sequence = end_of(segment);
  state.top_acknowledgement = segment.acknowledgement;
  state.last_ip_id = segment.ip_id;
}

bool is_duplicate_capture(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment,
                          const SeenPacket& now, std::uint64_t place) {
  DirectionState& state = flow.state(direction);
  if (!state.numbers_known) {
    note_first(state, segment);
    return false;
  }
  const auto is_copy = [&](TcpConfidence confidence, bool is_elsewhere, const auto& make_evidence) {
    RareState& rare = state.make_rare();
    ++rare.copy_count;
    remember_copy(flow, direction, now, is_elsewhere);
    if (now.observation_point != state.first_point) {
      rare.copy_point = now.observation_point;
      if (state.base_known) rare.cut_copy_end = state.offset_of(now.sequence + now.size);
    }
    report(context, flow, direction, segment, {1, "duplicate capture", confidence},
           {state.base_known ? state.offset_of(segment.sequence) : 0, segment.payload_size}, make_evidence);
    return true;
  };
  if (may_be_copy(state, segment)) {
    // Or a bare reset: a host whose socket is gone sends one for each packet that comes, all alike.
    const bool is_bare_ack = segment.payload_size == 0 && !segment.flags.syn && !segment.flags.fin;
    if (SeenPacket* const before = context.packets.find(now, place)) {
      if (const Copy copy = judge(context, flow, direction, *before, now, is_bare_ack); copy.is_copy) {
        before->has_copy = true;
        const bool twice = either_comes_twice(flow, direction);
        return is_copy(copy.confidence, before->is_elsewhere(now),
                       [&] { return evidence_of(*before, now, twice); });
      }
    } else if (is_cut_copy(state, now)) {
      return is_copy(TcpConfidence::likely, true, [] {
        return std::string(
            "nothing new at a place where packets of this side come a second time: cut anew behind the "
            "first");
      });
    }
  }
  if (segment.ip_id != 0 && state.last_ip_id != 0 && segment.ip_id != state.last_ip_id)
    state.ip_id_varies = true;
  state.last_ip_id = segment.ip_id;
  return false;
}

}  // namespace plaintalk::analyzer
