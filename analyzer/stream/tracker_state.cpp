#include "analyzer/stream/tracker_state.hpp"

#include <algorithm>

#include "analyzer/stream/reassembly.hpp"
#include "analyzer/stream/roles.hpp"
#include "analyzer/stream/rules.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kHeldSegmentCountMax = 16;
constexpr std::size_t kHeldBytesMax = 65536;

bool has_ended(const Flow& flow) {
  return flow.is_closing || flow.directions[0].fin || flow.directions[1].fin || flow.directions[0].reset ||
         flow.directions[1].reset;
}

}  // namespace

Flow* TrackerState::resolve(Reference reference) {
  Flow& flow = flows[reference.index];
  return flow.generation == reference.generation ? &flow : nullptr;
}

void TrackerState::segment(const TcpSegment& segment) {
  check(segment.time == plausible_time(segment.time),
        "a segment's time is out of the range of plausible_time()");
  context.now = std::max(context.now, segment.time);
  run_timers();
  const FlowPlace* const expected = lookahead.take(segment.packet);
  const FlowPlace place = expected != nullptr ? *expected : FlowPlace::of(segment, table);
  const FlowKey& key = place.key;
  const bool source_is_lower = place.source_is_lower;
  const auto key_of = [&](std::uint32_t at) -> const FlowKey& {
    if (expected == nullptr && !is_attempt(at)) prefetch(&flows[at]);
    return key_at(at);
  };
  std::optional<std::uint32_t> head = table.find(key, place.hash, key_of);
  if (!head && HalfOpen::fits(segment)) return attempt(key, source_is_lower, segment);
  if (head && is_attempt(*head)) head = follow_attempt(*head & ~kAttemptMark);
  std::optional<std::uint32_t> index = head;
  if (head) {
    index = choose_of_chain(*head, segment);
    Flow& flow = flows[*index];
    if (proves_next_connection(flow, segment)) {
      const std::unique_ptr<HeldSegments> syns = std::move(flow.waiting_syns);
      const TcpSegment& syn = syns->segments.front().segment;
      const std::uint32_t stream = wireshark_stream_of_next(flows[*head], syn, !source_is_lower);
      close(*index);
      index = create(key, syn, stream);
      flows[*index].wireshark.note(syn, !source_is_lower);
      for (const HeldSegment& held : syns->segments) process(*index, held.segment);
    } else if (opens_next_incarnation(flow, segment)) {
      const std::uint32_t stream = wireshark_stream_of_next(flows[*head], segment, source_is_lower);
      if (!opens_beside(flow, segment, has_ended(flow))) close(*index);
      index = create(key, segment, stream);
    } else if (is_foreign(flow, segment)) {
      index = create(key, segment, wireshark_stream_of_next(flows[*head], segment, source_is_lower));
    } else {
      WiresharkNumbers& newest = flows[*head].wireshark;
      if (newest.begins_stream(segment, source_is_lower))
        newest.note_inner_syn(segment, next_wireshark_stream++);
      if (keep_for_proof(*index, segment)) return;
    }
  } else {
    index = create(key, segment, next_wireshark_stream++);
  }
  flows[*index].wireshark.note(segment, source_is_lower);
  if (flows[*index].held) {
    hold(*index, segment);
  } else {
    process(*index, segment);
  }
}

// Rule 18: does a SYN on a known pair of endpoints open another connection?
bool TrackerState::opens_next_incarnation(Flow& flow, const TcpSegment& segment) {
  if (!opens_connection(segment)) return false;
  if (flow.held) {
    if (belongs_to(flow.held->segments, segment)) return false;
    return true;
  }
  const Direction direction = flow.direction_of(segment);
  const DirectionState& state = flow.state(direction);
  if (!state.base_known) return false;
  const bool same_start = segment.sequence + 1 == state.base_seq;
  if (segment.flags.ack) {
    // The answer to the SYN that opened this connection belongs to it, also when it comes late.
    const DirectionState& opener = flow.state(reverse(direction));
    const bool answers = opener.syn_seen && segment.acknowledgement == opener.base_seq;
    return !same_start && !answers && state.base_from_own_packet && has_ended(flow);
  }
  // The same first sequence number after a refusal is the same attempt again; after a whole connection it is
  // another one.
  if (same_start)
    return state.syn_seen && has_ended(flow) &&
           (flow.established || flow.directions[0].fin || flow.directions[1].fin);
  if (!flow.established || has_ended(flow)) return true;
  // RFC 5961, section 4: inside the window of a living connection it only earns a challenge.
  const std::int64_t offset = state.offset_of(segment.sequence);
  const DirectionState& peer = flow.state(reverse(direction));
  const std::int64_t window = std::int64_t{peer.window} << (peer.shift_known ? peer.shift : 0);
  return offset < state.una || offset > state.una + window;
}

std::uint32_t TrackerState::create(const FlowKey& key, const TcpSegment& first,
                                   std::uint32_t wireshark_stream) {
  make_room_for_one_more();
  const std::uint32_t index = flows.take();
  Flow& flow = flows[index];
  flow.key = key;
  flow.id = ConnectionId{next_id++};
  flow.tunnel = first.tunnel;
  flow.wireshark.stream = wireshark_stream;
  flow.start = flow.end = flow.last_time = first.time;
  link(key, index);
  idle_queue.push({context.now, index, flow.generation});
  if (opens_connection(first)) {
    const ConnectionRoles roles = roles_by_syn(first);
    open(flow, roles.client, roles.server, roles.reason);
  } else {
    flow.held = std::make_unique<HeldSegments>();
    held_flows.push_back({context.now + context.limits.midstream_wait, reference_to(index), {}});
  }
  return index;
}

void TrackerState::open(Flow& flow, const Endpoint& client, const Endpoint& server, RoleReason reason) {
  flow.role_reason = reason;
  flow.client_is_lower = flow.key.is_lower(client, server);
  flow.is_open = true;
  context.sink.opened(record_of(flow, context.limits.server_port));
}

void TrackerState::hold(std::uint32_t index, const TcpSegment& segment) {
  HeldSegments& held = *flows[index].held;
  HeldSegment copy{segment, {segment.payload.begin(), segment.payload.end()}};
  const std::size_t size = sizeof copy + copy.bytes.size();
  held.bytes += size;
  context.waiting_bytes += size;
  // A SYN belongs before everything else of its connection.
  const bool first = opens_connection(segment) && !held.segments.empty();
  held.segments.insert(first ? held.segments.begin() : held.segments.end(), std::move(copy));
  flows[index].last_time = context.now;
  if (held.segments.size() >= kHeldSegmentCountMax || held.bytes > kHeldBytesMax || opens_connection(segment))
    decide_roles(index);
  keep_within_limits();
}

void TrackerState::decide_roles(std::uint32_t index) {
  Flow& flow = flows[index];
  const std::unique_ptr<HeldSegments> held = std::move(flow.held);
  context.waiting_bytes -= held->bytes;
  const ConnectionRoles roles = choose_roles(held->segments, context.limits.server_port);
  flow.client_is_lower = flow.key.is_lower(roles.client, roles.server);
  choose_bases(flow, held->segments);
  open(flow, roles.client, roles.server, roles.reason);
  for (HeldSegment& segment : held->segments) {
    segment.segment.payload = segment.bytes;
    process(index, segment.segment);
  }
}

void TrackerState::process(std::uint32_t index, const TcpSegment& segment) {
  Flow& flow = flows[index];
  const bool was_closing = flow.is_closing;
  const Direction direction = flow.direction_of(segment);
  const bool is_copy = apply_rules(context, flow, direction, segment);
  if (context.segments != nullptr) tell_segment(*context.segments, flow, direction, segment, is_copy);
  for (DirectionState& state : flow.directions) state.note_pending();
  flow.last_time = context.now;
  if (flow.is_closing && !was_closing) {
    for (DirectionState& state : flow.directions) state.rtt.shrink();
    closing_flows.push_back({context.now + context.limits.closed_linger, reference_to(index), {}});
  }
  follow_up(index);
}

// Files the directions that wait behind a hole with those who will end the waiting.
void TrackerState::follow_up(std::uint32_t index) {
  Flow& flow = flows[index];
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    DirectionState& state = flow.state(direction);
    if (!state.is_waiting()) continue;
    RareState& rare = state.make_rare();
    if (!rare.hole_timer_set && state.una_known && state.una > state.next) {
      rare.hole_timer_set = true;
      hole_timers.push_back({context.now + context.limits.hole_grace, reference_to(index), direction});
    }
    if (!rare.is_queued_for_limit) {
      rare.is_queued_for_limit = true;
      waiting_directions.push_back({context.now, reference_to(index), direction});
    }
  }
  keep_within_limits();
}

void TrackerState::run_timers() {
  while (!held_flows.empty() && held_flows.front().deadline <= context.now) {
    const Reference reference = held_flows.front().flow;
    held_flows.pop_front();
    if (const Flow* flow = resolve(reference); flow != nullptr && flow->held) decide_roles(reference.index);
  }
  while (!hole_timers.empty() && hole_timers.front().deadline <= context.now) {
    const Timer timer = hole_timers.front();
    hole_timers.pop_front();
    fire_hole_timer(timer);
  }
  while (attempts.size() > 0 &&
         context.now - attempts.at(attempts.first()).seen >= context.limits.attempt_wait)
    give_up_attempt(attempts.first(), false);
  while (!closing_flows.empty() && (closing_flows.front().deadline <= context.now ||
                                    closing_flows.size() > context.limits.closed_count_max)) {
    const Timer timer = closing_flows.front();
    // Asked before the entry is taken out: at the bound an entry that went back in would make room for itself
    // for ever.
    const bool is_over = closing_flows.size() > context.limits.closed_count_max;
    closing_flows.pop_front();
    const Flow* const flow = resolve(timer.flow);
    // A refused attempt may have been made again in the meantime.
    if (flow == nullptr || !flow->is_closing) continue;
    if (!is_over && flow->last_time + context.limits.closed_linger > context.now) {
      closing_flows.push_back({context.now + context.limits.closed_linger, timer.flow, {}});
    } else {
      close(timer.flow.index);
    }
  }
}

void TrackerState::fire_hole_timer(const Timer& timer) {
  Flow* const flow = resolve(timer.flow);
  if (flow == nullptr) return;
  DirectionState& state = flow->state(timer.direction);
  state.make_rare().hole_timer_set = false;
  const auto is_old = [&] {
    return context.now - state.rare().out_of_order.front().hole_time >= context.limits.hole_grace;
  };
  while (state.is_waiting() && state.una > state.next && is_old())
    give_up_hole(context, *flow, timer.direction, GapCause::capture_loss, state.una_packet, context.now);
  follow_up(timer.flow.index);
}

void TrackerState::keep_within_limits() {
  while (context.waiting_bytes > context.limits.total_bytes_max) {
    if (!waiting_directions.empty()) {
      const Timer oldest = waiting_directions.front();
      waiting_directions.pop_front();
      Flow* const flow = resolve(oldest.flow);
      if (flow == nullptr) continue;
      DirectionState& state = flow->state(oldest.direction);
      state.make_rare().is_queued_for_limit = false;
      if (!state.is_waiting()) continue;
      give_up_hole(context, *flow, oldest.direction, GapCause::skipped_by_limit, state.last_packet,
                   context.now);
      if (!state.is_waiting()) continue;
      state.make_rare().is_queued_for_limit = true;
      waiting_directions.push_back(oldest);
    } else if (!held_flows.empty()) {
      const Reference reference = held_flows.front().flow;
      held_flows.pop_front();
      if (const Flow* flow = resolve(reference); flow != nullptr && flow->held) decide_roles(reference.index);
    } else {
      return;
    }
  }
}

void TrackerState::make_room_for_one_more() {
  if (idle_queue.size() > 2 * flows.size() + 4096)
    idle_queue.compact([&](const IdleQueue::Entry& entry) { return activity_of(entry); });
  while (flow_count() >= std::max<std::size_t>(context.limits.connection_count_max, 1) &&
         give_up_longest_idle()) {
  }
}

std::optional<WallTime> TrackerState::activity_of(const IdleQueue::Entry& entry) {
  const Flow* const flow = resolve({entry.index, entry.generation});
  return flow == nullptr ? std::nullopt : std::optional(flow->last_time);
}

// False when there is none.
bool TrackerState::give_up_longest_idle() {
  const auto idle =
      idle_queue.take_longest_idle([&](const IdleQueue::Entry& entry) { return activity_of(entry); });
  if (attempts.size() > 0 && (!idle || attempts.at(attempts.first()).seen <= idle->active)) {
    if (idle) idle_queue.push(*idle);
    give_up_attempt(attempts.first(), true);
    return true;
  }
  if (!idle) return false;
  if (flows[idle->index].held) decide_roles(idle->index);
  flows[idle->index].evicted = true;
  close(idle->index);
  return true;
}

void TrackerState::close(std::uint32_t index) {
  if (flows[index].held) decide_roles(index);
  settle_waiting_syns(index);
  Flow& flow = flows[index];
  for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
    accept_unjudged_segments(context, flow, direction);
    flush_undecided(context, flow, direction);
    if (const auto& loss = flow.state(direction).loss) context.sacked_range_count -= loss->sacked.size();
    release_all(context, flow, direction);
  }
  context.sink.closed(summarise(flow, context.limits.server_port));
  unlink(index);
  flows.give_back(index);
}

// The packet is as good as processed: nothing speaks of a SYN by itself.
void TrackerState::attempt(const FlowKey& key, bool source_is_lower, const TcpSegment& syn) {
  make_room_for_one_more();
  const ConnectionId id{next_id++};
  table.insert(
      key, attempts.add(key, source_is_lower, id, syn, context.now, next_wireshark_stream++) | kAttemptMark);
  context.packets.add(SeenPacket::of(id, Direction::client_to_server, syn));
  // Its number is the one that counts as 0.
  if (context.segments != nullptr)
    context.segments->segment({.segment = syn,
                               .connection = id,
                               .direction = Direction::client_to_server,
                               .is_copy = false,
                               .sequence = 0,
                               .acknowledgement = {},
                               .first_byte = 1,
                               .window_shift = std::uint8_t{0},
                               .confirmed = {}});
}

// It becomes a whole connection, as if it had been one since its SYN.
std::uint32_t TrackerState::follow_attempt(std::uint32_t place) {
  const HalfOpen::Attempt attempt = attempts.take(place);
  table.erase(attempt.key, place | kAttemptMark);
  const std::uint32_t index = flows.take();
  Flow& flow = flows[index];
  flow.key = attempt.key;
  flow.id = attempt.id;
  flow.tunnel = attempt.tunnel;
  flow.start = flow.end = attempt.time;
  flow.last_time = attempt.seen;
  table.insert(attempt.key, index);
  idle_queue.push({attempt.seen, index, flow.generation});
  const TcpSegment syn = attempt.segment();
  flow.wireshark.stream = attempt.wireshark_stream;
  flow.wireshark.note(syn, attempt.source_is_lower);
  const ConnectionRoles roles = roles_by_syn(syn);
  open(flow, roles.client, roles.server, roles.reason);
  repeat_first(context, flow, Direction::client_to_server, syn);
  return index;
}

void TrackerState::give_up_attempt(std::uint32_t place, bool is_evicted) {
  const std::uint32_t index = follow_attempt(place);
  flows[index].evicted = is_evicted;
  close(index);
}

void TrackerState::finish() {
  std::vector<std::pair<ConnectionId, std::uint32_t>> open_flows;
  for (const std::uint32_t index : flows.in_use()) open_flows.emplace_back(flows[index].id, index);
  std::ranges::sort(open_flows);
  const auto give_up_attempts_before = [&](std::uint64_t id) {
    while (attempts.size() > 0 && static_cast<std::uint64_t>(attempts.at(attempts.first()).id) < id)
      give_up_attempt(attempts.first(), false);
  };
  for (const auto& [id, index] : open_flows) {
    give_up_attempts_before(static_cast<std::uint64_t>(id));
    close(index);
  }
  give_up_attempts_before(next_id);
}

}  // namespace plaintalk::analyzer
