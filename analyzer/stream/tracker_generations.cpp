// Which connection a packet belongs to when its endpoints have several: a port that is used again, equal
// addresses in two networks, both sides of a firewall that renumbers. The connections of one pair of
// endpoints form a short chain, the newest first; network (VLAN, tunnel) and numbers decide.
#include <algorithm>
#include <cstdlib>

#include "analyzer/stream/roles.hpp"
#include "analyzer/stream/tracker_state.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kChainLengthMax = 4;
constexpr Nanoseconds kOtherViewMax = std::chrono::seconds(3);  // the SYN of the other view follows soon
constexpr std::int64_t kUnknownCost = std::int64_t{1} << 31;
constexpr std::int64_t kWrongStartCost = std::int64_t{1} << 33;
constexpr std::int64_t kWrongNetworkCost = std::int64_t{1} << 40;
// Numbers of both sides further off than this belong to another connection; in another VLAN or tunnel less
// will do.
constexpr std::int64_t kForeignDistance = std::int64_t{1} << 28;
constexpr std::int64_t kForeignDistanceOtherNetwork = std::int64_t{1} << 20;

bool is_other_network(const Flow& flow, const TcpSegment& segment) {
  if (flow.held) return segment.network() != flow.held->segments.front().segment.network();
  const DirectionState& state = flow.state(flow.direction_of(segment));
  return state.sent_any && state.network != segment.network();
}

std::int64_t distance_of(const DirectionState& state, std::uint32_t number) {
  return state.base_known ? std::abs(state.offset_of(number) - state.high) : kUnknownCost;
}

std::int64_t misfit_of(const Flow& flow, const TcpSegment& segment) {
  std::int64_t cost = is_other_network(flow, segment) ? kWrongNetworkCost : 0;
  if (flow.held) return cost + kUnknownCost;
  const Direction direction = flow.direction_of(segment);
  const DirectionState& state = flow.state(direction);
  const DirectionState& peer = flow.state(reverse(direction));
  if (!segment.flags.syn) {
    cost += distance_of(state, segment.sequence);
    return segment.flags.ack ? cost + distance_of(peer, segment.acknowledgement) : cost;
  }
  if (state.base_known && segment.sequence + 1 != state.base_seq) cost += kWrongStartCost;
  if (segment.flags.ack && (!peer.base_known || segment.acknowledgement != peer.base_seq))
    cost += kWrongStartCost;
  return cost;
}

}  // namespace

std::uint32_t TrackerState::choose_of_chain(std::uint32_t head, const TcpSegment& segment) const {
  std::uint32_t best = head;
  if (flows[head].older == kNoFlow) return best;
  std::int64_t least = misfit_of(flows[head], segment);
  for (std::uint32_t index = flows[head].older; index != kNoFlow; index = flows[index].older) {
    const std::int64_t misfit = misfit_of(flows[index], segment);
    if (misfit >= least) continue;
    least = misfit;
    best = index;
  }
  return best;
}

bool TrackerState::opens_beside(const Flow& flow, const TcpSegment& segment, bool has_ended) const {
  if (has_ended || flow.held) return false;
  if (is_other_network(flow, segment)) return true;
  return !flow.established && !segment.flags.ack && context.now - flow.last_time < kOtherViewMax;
}

bool TrackerState::is_foreign(const Flow& flow, const TcpSegment& segment) const {
  if (flow.held || segment.flags.syn || segment.flags.rst || !segment.flags.ack) return false;
  const Direction direction = flow.direction_of(segment);
  const DirectionState& state = flow.state(direction);
  const DirectionState& peer = flow.state(reverse(direction));
  if (!state.sent_any || !peer.sent_any || !state.base_known || !peer.base_known) return false;
  const std::int64_t limit =
      is_other_network(flow, segment) ? kForeignDistanceOtherNetwork : kForeignDistance;
  return distance_of(state, segment.sequence) > limit && distance_of(peer, segment.acknowledgement) > limit;
}

void TrackerState::link(const FlowKey& key, std::uint32_t index) {
  const auto key_of = [&](std::uint32_t at) -> const FlowKey& { return key_at(at); };
  if (const auto head = table.find(key, key_of)) {
    table.erase(key, *head);
    flows[index].older = *head;
  }
  table.insert(key, index);
  std::size_t length = 1;
  for (std::uint32_t at = index; flows[at].older != kNoFlow; at = flows[at].older)
    if (++length > kChainLengthMax) return close(flows[at].older);
}

void TrackerState::unlink(std::uint32_t index) {
  const FlowKey key = flows[index].key;
  const auto key_of = [&](std::uint32_t at) -> const FlowKey& { return key_at(at); };
  const std::uint32_t head = *table.find(key, key_of);
  if (head == index) {
    table.erase(key, index);
    if (flows[index].older != kNoFlow) table.insert(key, flows[index].older);
    return;
  }
  std::uint32_t newer = head;
  while (flows[newer].older != index) newer = flows[newer].older;
  flows[newer].older = flows[index].older;
}

// A SYN inside the window of a connection that lives earns a challenge, unless that end was not captured:
// then the SYN is answered, which proves it (RFC 5961, section 4). It waits for what comes next.
bool TrackerState::keep_for_proof(std::uint32_t index, const TcpSegment& segment) {
  Flow& flow = flows[index];
  if (flow.held || !segment.flags.syn) {
    settle_waiting_syns(index);
    return false;
  }
  const DirectionState& state = flow.state(flow.direction_of(segment));
  if (!segment.flags.ack) {
    const bool same =
        flow.waiting_syns && flow.waiting_syns->segments.front().segment.sequence == segment.sequence;
    if (!same) settle_waiting_syns(index);
    if (!flow.established || !state.base_known || segment.sequence + 1 == state.base_seq ||
        (same && flow.waiting_syns->segments.size() >= kChainLengthMax))
      return false;
    if (!flow.waiting_syns) flow.waiting_syns = std::make_unique<HeldSegments>();
    // Its bytes are not kept: a SYN that carries data (TCP Fast Open) is sent again with them when it
    // matters.
    HeldSegment copy{segment, {}};
    copy.segment.payload = {};
    flow.waiting_syns->segments.push_back(std::move(copy));
    return true;
  }
  if (flow.waiting_syns && flow.waiting_syns->segments.front().segment.source == segment.target &&
      flow.waiting_syns->segments.front().segment.sequence + 1 == segment.acknowledgement)
    return false;
  settle_waiting_syns(index);
  return false;
}

// Of a connection that begins beside or after the newest one of the same endpoints.
std::uint32_t TrackerState::wireshark_stream_of_next(const Flow& newest, const TcpSegment& segment,
                                                     bool source_is_lower) {
  const WiresharkNumbers& numbers = newest.wireshark;
  if (numbers.begins_stream(segment, source_is_lower)) return next_wireshark_stream++;
  return numbers.has_inner_syn ? numbers.inner_stream : numbers.stream;
}

bool TrackerState::proves_next_connection(const Flow& flow, const TcpSegment& segment) const {
  return flow.waiting_syns && segment.flags.syn && segment.flags.ack &&
         flow.waiting_syns->segments.front().segment.source == segment.target &&
         flow.waiting_syns->segments.front().segment.sequence + 1 == segment.acknowledgement;
}

void TrackerState::settle_waiting_syns(std::uint32_t index) {
  const std::unique_ptr<HeldSegments> waiting = std::move(flows[index].waiting_syns);
  if (!waiting) return;
  for (const HeldSegment& held : waiting->segments) process(index, held.segment);
}

}  // namespace plaintalk::analyzer
