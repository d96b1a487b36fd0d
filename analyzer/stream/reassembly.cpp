#include "analyzer/stream/reassembly.hpp"

#include <algorithm>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kOutOfOrderCountMax = 8192;  // of one direction: also bounds the cost of inserting
constexpr std::size_t kMissingCountMax = 1024;
constexpr std::uint64_t kOutOfOrderOverhead = 224;  // what one costs besides its bytes

Bytes slice(const StreamPiece& piece, std::int64_t begin, std::int64_t end) {
  const auto captured = static_cast<std::int64_t>(piece.bytes.size());
  const std::int64_t from = std::clamp<std::int64_t>(begin - piece.begin, 0, captured);
  const std::int64_t to = std::clamp<std::int64_t>(end - piece.begin, from, captured);
  return piece.bytes.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

void report_gap(TrackerContext& context, Flow& flow, Direction direction, StreamRange range, GapCause cause,
                std::uint64_t packet, WallTime time) {
  if (range.end <= range.begin) return;
  if (cause != GapCause::truncated)
    note_counted(flow, direction, 'g', ++flow.state(direction).make_rare().gap_count);
  context.sink.gap({flow.id, direction, static_cast<std::uint64_t>(range.begin),
                    static_cast<std::uint64_t>(range.end - range.begin), cause, packet, time});
}

// REQUIRES piece.begin == state.next.
void deliver(TrackerContext& context, Flow& flow, Direction direction, const StreamPiece& piece) {
  DirectionState& state = flow.state(direction);
  state.next = piece.end;
  if (!piece.bytes.empty()) {
    context.sink.data(
        {flow.id, direction, static_cast<std::uint64_t>(piece.begin), piece.bytes, piece.packet, piece.time});
  }
  const std::int64_t captured_end = piece.begin + static_cast<std::int64_t>(piece.bytes.size());
  if (captured_end < piece.end) {
    state.make_rare().truncated_bytes += static_cast<std::uint64_t>(piece.end - captured_end);
    report_gap(context, flow, direction, {captured_end, piece.end}, GapCause::truncated, piece.packet,
               piece.time);
  }
}

void deliver_ready(TrackerContext& context, Flow& flow, Direction direction) {
  DirectionState& state = flow.state(direction);
  if (!state.is_waiting()) return;
  RareState& rare = state.make_rare();
  while (!rare.out_of_order.empty() && rare.out_of_order.front().begin == state.next) {
    const OutOfOrderSegment waiting = rare.out_of_order.take_front();
    deliver(context, flow, direction,
            {waiting.begin, waiting.end, waiting.bytes, waiting.packet, waiting.time});
    const std::uint64_t cost = waiting.bytes.size() + kOutOfOrderOverhead;
    rare.waiting_bytes -= cost;
    context.waiting_bytes -= cost;
  }
}

void add_waiting(TrackerContext& context, RareState& rare, OutOfOrderSegment waiting) {
  const std::uint64_t cost = waiting.bytes.size() + kOutOfOrderOverhead;
  rare.waiting_bytes += cost;
  context.waiting_bytes += cost;
  rare.out_of_order.add(std::move(waiting));
}

void insert_out_of_order(TrackerContext& context, DirectionState& state, const StreamPiece& piece) {
  RareState& rare = state.make_rare();
  const auto above = rare.out_of_order.beginning_from(piece.begin);
  OutOfOrderSegment waiting{
      piece.begin, piece.end, {piece.bytes.begin(), piece.bytes.end()}, piece.packet, piece.time, 0, {}};
  // Inside a hole: that hole is cut in two, and both parts were opened by the same packet.
  if (above != rare.out_of_order.end()) {
    waiting.hole_packet = above->second.hole_packet;
    waiting.hole_time = above->second.hole_time;
  } else if (state.claimed >= piece.begin) {  // the sender's number had opened it already
    waiting.hole_packet = state.loss->claim.packet;
    waiting.hole_time = state.loss->claim.time;
  } else {
    waiting.hole_packet = piece.packet;
    waiting.hole_time = piece.time;
  }
  add_waiting(context, rare, std::move(waiting));
}

// Where the receiver may still choose: what it has acknowledged is beyond that.
std::int64_t undecided_from(const DirectionState& state) {
  return state.una_known ? std::max(state.next, state.confirmed()) : state.next;
}

// The part of `waiting` in whose place the piece counts.
StreamRange replaced_part(OverlapPolicy policy, const DirectionState& state, const StreamPiece& piece,
                          const OutOfOrderSegment& waiting) {
  StreamRange common{std::max({piece.begin, waiting.begin, undecided_from(state)}),
                     std::min(piece.end, waiting.end)};
  if (policy == OverlapPolicy::linux_kernel) {
    // What continues the delivered bytes is read before the queue is.
    if (piece.begin > state.next)
      common.begin =
          std::max(common.begin, state.rare().receiver_queue.counts_from({piece.begin, piece.end}));
  } else if (!newer_segment_wins(policy, {piece.begin, piece.end}, {waiting.begin, waiting.end})) {
    common.end = common.begin;
  }
  common.end = std::max(common.begin, common.end);
  return common;
}

OutOfOrderSegment part_of(const OutOfOrderSegment& whole, std::int64_t begin, std::int64_t end) {
  const Bytes bytes = slice({whole.begin, whole.end, whole.bytes, whole.packet, whole.time}, begin, end);
  return {begin,          end, {bytes.begin(), bytes.end()}, whole.packet, whole.time, whole.hole_packet,
          whole.hole_time};
}

// Puts the bytes of the piece where they count more than what waits and differ from it.
void replace_waiting(TrackerContext& context, DirectionState& state, const StreamPiece& piece) {
  const OverlapPolicy policy = context.limits.overlap;
  if (policy == OverlapPolicy::first) return;
  std::int64_t at = std::max(piece.begin, undecided_from(state));
  while (at < piece.end) {
    const OutOfOrder& out_of_order = state.rare().out_of_order;
    const auto found = out_of_order.ending_above(at);
    if (found == out_of_order.end() || found->second.begin >= piece.end) return;
    const OutOfOrderSegment& waiting = found->second;
    at = waiting.end;
    StreamRange won = replaced_part(policy, state, piece, waiting);
    // Only what was captured of both can be compared.
    won.end = std::min({won.end, piece.begin + static_cast<std::int64_t>(piece.bytes.size()),
                        waiting.begin + static_cast<std::int64_t>(waiting.bytes.size())});
    if (won.begin >= won.end) continue;
    const Bytes newer = slice(piece, won.begin, won.end);
    const Bytes older =
        Bytes(waiting.bytes).subspan(static_cast<std::size_t>(won.begin - waiting.begin), newer.size());
    if (std::ranges::equal(newer, older)) continue;
    RareState& rare = state.make_rare();
    const OutOfOrderSegment whole = rare.out_of_order.take(found);
    const std::uint64_t cost = whole.bytes.size() + kOutOfOrderOverhead;
    rare.waiting_bytes -= cost;
    context.waiting_bytes -= cost;
    if (whole.begin < won.begin) add_waiting(context, rare, part_of(whole, whole.begin, won.begin));
    OutOfOrderSegment taken = part_of(whole, won.begin, won.end);
    taken.bytes.assign(newer.begin(), newer.end());
    taken.packet = piece.packet;
    taken.time = piece.time;
    add_waiting(context, rare, std::move(taken));
    if (won.end < whole.end) add_waiting(context, rare, part_of(whole, won.end, whole.end));
    rare.has_replaced = true;
    // What is delivered is what repeats are compared with.
    state.newest = context.history.append(state.newest, won.begin, newer,
                                          static_cast<std::uint32_t>(newer.size()), piece.packet, piece.time);
  }
}

void queue_at_receiver(TrackerContext& context, DirectionState& state, const StreamPiece& piece) {
  if (context.limits.overlap != OverlapPolicy::linux_kernel || !state.is_waiting()) return;
  LinuxQueue& queue = state.make_rare().receiver_queue;
  queue.read_to(undecided_from(state));
  if (piece.begin > state.next) queue.add({piece.begin, piece.end});
}

void add_missing(DirectionState& state, StreamRange range) {
  // Ranges are given up by rising offset, so the new one belongs at the end.
  std::vector<StreamRange>& missing = state.make_rare().missing;
  missing.push_back(range);
  if (missing.size() > kMissingCountMax) missing.erase(missing.begin());
}

// Takes [begin, end) out of `missing`; returns how many bytes of it were there.
std::int64_t fill_missing(RareState& rare, std::int64_t begin, std::int64_t end) {
  std::int64_t filled = 0;
  for (std::size_t index = 0; index < rare.missing.size();) {
    const StreamRange range = rare.missing[index];
    const StreamRange common{std::max(range.begin, begin), std::min(range.end, end)};
    if (common.begin >= common.end) {
      ++index;
      continue;
    }
    filled += common.end - common.begin;
    rare.bytes_before_start += static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, std::min<std::int64_t>(common.end, 0) - common.begin));
    rare.missing.erase(rare.missing.begin() + static_cast<std::ptrdiff_t>(index));
    const auto put_back = [&](StreamRange rest) {
      if (rest.begin >= rest.end) return;
      rare.missing.insert(rare.missing.begin() + static_cast<std::ptrdiff_t>(index), rest);
      ++index;
    };
    put_back({range.begin, common.begin});
    put_back({common.end, range.end});
  }
  return filled;
}

}  // namespace

std::int64_t seen_bytes(const DirectionState& state, std::int64_t begin, std::int64_t end) {
  std::int64_t seen = std::max<std::int64_t>(0, std::min(end, state.next) - begin);
  const RareState& rare = state.rare();
  for (const StreamRange& range : rare.missing)
    seen -= std::max<std::int64_t>(0, std::min(range.end, end) - std::max(range.begin, begin));
  for (auto waiting = rare.out_of_order.ending_above(begin);
       waiting != rare.out_of_order.end() && waiting->first < end; ++waiting)
    seen += std::max<std::int64_t>(0, std::min(waiting->second.end, end) - std::max(waiting->first, begin));
  return seen;
}

std::uint64_t accept(TrackerContext& context, Flow& flow, Direction direction, const StreamPiece& piece) {
  DirectionState& state = flow.state(direction);
  std::int64_t fresh = 0;
  std::int64_t at = piece.begin;
  if (at < state.next) {
    if (!state.pending().missing.empty())
      fresh += fill_missing(state.make_rare(), at, std::min(piece.end, state.next));
    at = std::min(state.next, piece.end);
  }
  if (state.is_waiting()) replace_waiting(context, state, piece);
  // The spaces between the segments, lowest first. Inserting moves the segments, so they are looked
  // up again for each space.
  while (at < piece.end) {
    const OutOfOrder& waiting = state.pending().out_of_order;
    const auto above = waiting.ending_above(at);
    const bool inside = above != waiting.end() && above->first <= at;
    if (inside) {
      at = above->second.end;
      continue;
    }
    const std::int64_t end = above == waiting.end() ? piece.end : std::min(piece.end, above->first);
    const StreamPiece part{at, end, slice(piece, at, end), piece.packet, piece.time, 0};
    fresh += end - at;
    if (at < piece.remember_below)
      state.newest = context.history.append(state.newest, at, part.bytes,
                                            static_cast<std::uint32_t>(end - at), piece.packet, piece.time);
    if (at == state.next) {
      deliver(context, flow, direction, part);
    } else {
      insert_out_of_order(context, state, part);
    }
    at = end;
  }
  state.high = std::max(state.high, piece.end);
  queue_at_receiver(context, state, piece);
  if (state.is_waiting()) {
    deliver_ready(context, flow, direction);
    while (state.is_waiting() && (state.rare().waiting_bytes > context.limits.direction_bytes_max ||
                                  state.rare().out_of_order.size() > kOutOfOrderCountMax)) {
      give_up_hole(context, flow, direction,
                   cause_of_hole(state) == GapCause::capture_loss ? GapCause::capture_loss
                                                                  : GapCause::skipped_by_limit,
                   piece.packet, piece.time);
    }
  }
  state.bytes += static_cast<std::uint64_t>(fresh);
  return static_cast<std::uint64_t>(fresh);
}

GapCause cause_of_hole(const DirectionState& state) {
  if (!state.base_from_syn && state.next == 0) return GapCause::before_start;
  return state.una_known && state.una > state.next ? GapCause::capture_loss : GapCause::open;
}

void give_up_hole(TrackerContext& context, Flow& flow, Direction direction, GapCause cause,
                  std::uint64_t packet, WallTime time) {
  DirectionState& state = flow.state(direction);
  const StreamRange hole{state.next, state.rare().out_of_order.front().begin};
  report_gap(context, flow, direction, hole, cause, packet, time);
  add_missing(state, hole);
  state.next = hole.end;
  deliver_ready(context, flow, direction);
}

void release_all(TrackerContext& context, Flow& flow, Direction direction) {
  DirectionState& state = flow.state(direction);
  while (state.is_waiting())
    give_up_hole(context, flow, direction, cause_of_hole(state), state.last_packet, flow.last_time);
  // Acknowledged beyond all that was seen. One byte more is the FIN, as a rule, and no data.
  const std::int64_t end = state.fin ? std::min(*state.fin, state.una) : state.una;
  const bool only_a_fin = !state.fin && state.una == state.high + 1;
  if (state.una_known && end > state.next && !only_a_fin) {
    report_gap(context, flow, direction, {state.next, end}, GapCause::capture_loss, state.una_packet,
               flow.last_time);
    add_missing(state, {state.next, end});
    state.next = end;
  }
  // A FIN was seen above the last byte: what lies between was sent as well.
  if (state.fin && *state.fin > state.next) {
    report_gap(context, flow, direction, {state.next, *state.fin}, GapCause::open, state.last_packet,
               flow.last_time);
    add_missing(state, {state.next, *state.fin});
    state.next = *state.fin;
  }
  // The sender's own number says that there was more.
  if (!state.fin && state.claimed > state.next) {
    report_gap(context, flow, direction, {state.next, state.claimed}, GapCause::open,
               state.loss->claim.packet, flow.last_time);
    add_missing(state, {state.next, state.claimed});
    state.next = state.claimed;
  }
}

std::optional<ByteConflict> find_conflict(const TrackerContext& context, const DirectionState& state,
                                          const StreamPiece& piece) {
  const auto compare = [&](std::int64_t begin, Bytes earlier,
                           std::uint64_t packet) -> std::optional<ByteConflict> {
    const std::int64_t from = std::max(begin, piece.begin);
    const std::int64_t to = std::min(begin + static_cast<std::int64_t>(earlier.size()),
                                     piece.begin + static_cast<std::int64_t>(piece.bytes.size()));
    if (from >= to) return std::nullopt;
    const Bytes a =
        earlier.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
    const Bytes b = piece.bytes.subspan(static_cast<std::size_t>(from - piece.begin), a.size());
    const auto [left, right] = std::ranges::mismatch(a, b);
    if (left == a.end()) return std::nullopt;
    std::int64_t end = to;
    while (a[static_cast<std::size_t>(end - from) - 1] == b[static_cast<std::size_t>(end - from) - 1]) --end;
    return ByteConflict{from + (left - a.begin()), end, *left, *right, packet, false, false};
  };
  const OutOfOrder& out_of_order = state.rare().out_of_order;
  for (auto waiting = out_of_order.ending_above(piece.begin);
       waiting != out_of_order.end() && waiting->first < piece.end; ++waiting) {
    auto conflict = compare(waiting->first, waiting->second.bytes, waiting->second.packet);
    if (!conflict) continue;
    const StreamRange won = replaced_part(context.limits.overlap, state, piece, waiting->second);
    conflict->is_waiting = conflict->offset >= undecided_from(state);
    conflict->later_counts = won.begin <= conflict->offset && conflict->offset < won.end;
    return conflict;
  }
  ByteHistory::Position position = state.newest;
  int below_count = 0;
  for (int step = 0; step < ByteHistory::kStepsMax && context.history.is_held(position); ++step) {
    const ByteHistory::Record record = context.history.record(position);
    const bool is_below = record.begin + std::int64_t{record.wire_size} <= piece.begin;
    if (is_below && ++below_count > ByteHistory::kBelowCountMax) break;
    const auto conflict = compare(record.begin, context.history.bytes(position), record.packet);
    // A version that was replaced while it waited is not what later ones are measured by.
    if (conflict && (!state.rare().has_replaced || context.history.find(state.newest, conflict->offset,
                                                                        ByteHistory::kStepsMax) == position))
      return conflict;
    position = record.previous;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
