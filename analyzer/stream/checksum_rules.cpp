// Rule 29. A wrong checksum proves little by itself: offloading leaves it unfinished and merging of segments
// spoils it. But a receiver drops what is damaged, and an attacker sends such packets to fool analyzers. So
// where other packets of the direction are right, a wrong one is held until the receiver acknowledges its
// bytes: then it was good enough for the only judge that counts.
#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {
constexpr std::size_t kUnverifiedCountMax = 16;
constexpr std::size_t kUnverifiedBytesMax = 65536;
}  // namespace

bool hold_unverified(TrackerContext& context, Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  if (segment.checksum == ChecksumState::good) ++state.good_checksums;
  if (segment.checksum != ChecksumState::bad) return false;
  RareState& rare = state.make_rare();
  ++rare.bad_checksums;
  // Mostly wrong ones mean that the capture was taken before they were filled in, or was rewritten.
  if (rare.bad_checksums > state.good_checksums || !state.base_known) return false;
  report(context, flow, direction, segment, {29, "wrong checksum", TcpConfidence::certain},
         {state.offset_of(segment.sequence), segment.payload_size},
         std::to_string(state.good_checksums) +
             " other packets of this side are right; held until the receiver confirms");
  ++rare.damaged_packets;
  if (segment.payload_size == 0 && !segment.flags.fin) return true;
  if (rare.unverified.size() >= kUnverifiedCountMax) rare.unverified.erase(rare.unverified.begin());
  const std::int64_t begin = state.offset_of(segment.sequence + (segment.flags.syn ? 1U : 0U));
  const Bytes kept = segment.payload.first(std::min(segment.payload.size(), kUnverifiedBytesMax));
  rare.unverified.push_back({begin,
                             begin + std::int64_t{segment.payload_size},
                             segment.flags.fin,
                             {kept.begin(), kept.end()},
                             segment.packet,
                             segment.time});
  return true;
}

namespace {

void accept_unverified(TrackerContext& context, Flow& flow, Direction direction,
                       const UnverifiedSegment& segment) {
  DirectionState& state = flow.state(direction);
  const std::int64_t begin = std::max<std::int64_t>(segment.begin, 0);
  const std::int64_t end = state.fin ? std::min(segment.end, *state.fin) : segment.end;
  if (begin < end && seen_bytes(state, begin, end) < end - begin) {
    --state.make_rare().damaged_packets;
    const Bytes bytes =
        Bytes(segment.bytes)
            .subspan(std::min(segment.bytes.size(), static_cast<std::size_t>(begin - segment.begin)));
    accept(context, flow, direction, {begin, end, bytes, segment.packet, segment.time});
  }
  if (segment.fin && !state.fin && segment.end >= state.high) {
    state.fin = segment.end;
    state.has_fin = true;
  }
}

template <typename Wanted>
void accept_if(TrackerContext& context, Flow& flow, Direction direction, const Wanted& wanted) {
  // Taken out first: accepting calls the sink, and what waits must be consistent by then.
  std::vector<UnverifiedSegment> accepted;
  if (flow.state(direction).pending().unverified.empty()) return;
  std::erase_if(flow.state(direction).make_rare().unverified, [&](UnverifiedSegment& segment) {
    if (!wanted(segment)) return false;
    accepted.push_back(std::move(segment));
    return true;
  });
  for (const UnverifiedSegment& segment : accepted) accept_unverified(context, flow, direction, segment);
}

}  // namespace

void accept_confirmed_segments(TrackerContext& context, Flow& flow, Direction direction,
                               std::int64_t confirmed) {
  accept_if(context, flow, direction, [&](const UnverifiedSegment& segment) {
    return segment.end + (segment.fin ? 1 : 0) <= confirmed;
  });
}

void accept_unjudged_segments(TrackerContext& context, Flow& flow, Direction direction) {
  const DirectionState& receiver = flow.state(reverse(direction));
  accept_if(context, flow, direction, [&](const UnverifiedSegment& segment) {
    return !receiver.sent_any || receiver.last_packet < segment.packet;
  });
}

}  // namespace plaintalk::analyzer
