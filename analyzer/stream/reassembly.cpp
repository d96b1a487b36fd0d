#include "analyzer/stream/reassembly.hpp"

#include <algorithm>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kIslandCountMax = 8192;  // of one direction: also bounds the cost of inserting
constexpr std::size_t kMissingCountMax = 1024;
constexpr std::uint64_t kIslandOverhead = 128;  // what an island costs besides its octets
constexpr int kHistoryStepsMax = 512;

Bytes slice(const StreamPiece& piece, std::int64_t begin, std::int64_t end) {
  const auto captured = static_cast<std::int64_t>(piece.octets.size());
  const std::int64_t from = std::clamp<std::int64_t>(begin - piece.begin, 0, captured);
  const std::int64_t to = std::clamp<std::int64_t>(end - piece.begin, from, captured);
  return piece.octets.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
}

void report_gap(TrackerContext& context, Flow& flow, Direction direction, OctetRange range, GapCause cause,
                std::uint64_t packet, WallTime time) {
  if (range.end <= range.begin) return;
  if (cause != GapCause::truncated) note_counted(flow, direction, 'g', ++flow.half(direction).gap_count);
  context.sink.gap({flow.report.id, direction, static_cast<std::uint64_t>(range.begin),
                    static_cast<std::uint64_t>(range.end - range.begin), cause, packet, time});
}

// REQUIRES piece.begin == half.next.
void deliver(TrackerContext& context, Flow& flow, Direction direction, const StreamPiece& piece) {
  Half& half = flow.half(direction);
  half.next = piece.end;
  if (!piece.octets.empty()) {
    context.sink.data({flow.report.id, direction, static_cast<std::uint64_t>(piece.begin), piece.octets,
                       piece.packet, piece.time});
  }
  const std::int64_t captured_end = piece.begin + static_cast<std::int64_t>(piece.octets.size());
  if (captured_end < piece.end) {
    flow.side(direction).truncated_bytes += static_cast<std::uint64_t>(piece.end - captured_end);
    report_gap(context, flow, direction, {captured_end, piece.end}, GapCause::truncated, piece.packet,
               piece.time);
  }
}

void deliver_ready(TrackerContext& context, Flow& flow, Direction direction) {
  Half& half = flow.half(direction);
  std::size_t count = 0;
  while (count < half.islands.size() && half.islands[count].begin == half.next) {
    const Island& island = half.islands[count++];
    deliver(context, flow, direction, {island.begin, island.end, island.octets, island.packet, island.time});
    const std::uint64_t cost = island.octets.size() + kIslandOverhead;
    half.waiting_bytes -= cost;
    context.waiting_bytes -= cost;
  }
  half.islands.erase(half.islands.begin(), half.islands.begin() + static_cast<std::ptrdiff_t>(count));
}

void insert_island(TrackerContext& context, Half& half, const StreamPiece& piece) {
  const auto above = std::ranges::lower_bound(half.islands, piece.begin, {}, &Island::begin);
  Island island{piece.begin, piece.end, {piece.octets.begin(), piece.octets.end()}, piece.packet, piece.time,
                0,           {}};
  // Inside a hole: that hole is cut in two, and both parts were opened by the same packet.
  island.hole_packet = above == half.islands.end() ? piece.packet : above->hole_packet;
  island.hole_time = above == half.islands.end() ? piece.time : above->hole_time;
  const std::uint64_t cost = island.octets.size() + kIslandOverhead;
  half.waiting_bytes += cost;
  context.waiting_bytes += cost;
  half.islands.insert(above, std::move(island));
}

void add_missing(Half& half, OctetRange range) {
  // Ranges are given up by rising offset, so the new one belongs at the end.
  half.missing.push_back(range);
  if (half.missing.size() > kMissingCountMax) half.missing.erase(half.missing.begin());
}

// Takes [begin, end) out of `missing`; returns how many octets of it were there.
std::int64_t fill_missing(Half& half, std::int64_t begin, std::int64_t end, std::uint64_t& before_start) {
  std::int64_t filled = 0;
  for (std::size_t index = 0; index < half.missing.size();) {
    const OctetRange range = half.missing[index];
    const OctetRange common{std::max(range.begin, begin), std::min(range.end, end)};
    if (common.begin >= common.end) {
      ++index;
      continue;
    }
    filled += common.end - common.begin;
    before_start += static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, std::min<std::int64_t>(common.end, 0) - common.begin));
    half.missing.erase(half.missing.begin() + static_cast<std::ptrdiff_t>(index));
    const auto put_back = [&](OctetRange rest) {
      if (rest.begin >= rest.end) return;
      half.missing.insert(half.missing.begin() + static_cast<std::ptrdiff_t>(index), rest);
      ++index;
    };
    put_back({range.begin, common.begin});
    put_back({common.end, range.end});
  }
  return filled;
}

}  // namespace

std::int64_t seen_octets(const Half& half, std::int64_t begin, std::int64_t end) {
  std::int64_t seen = std::max<std::int64_t>(0, std::min(end, half.next) - begin);
  for (const OctetRange& range : half.missing)
    seen -= std::max<std::int64_t>(0, std::min(range.end, end) - std::max(range.begin, begin));
  for (const Island& island : half.islands) {
    if (island.begin >= end) break;
    seen += std::max<std::int64_t>(0, std::min(island.end, end) - std::max(island.begin, begin));
  }
  return seen;
}

std::uint64_t accept(TrackerContext& context, Flow& flow, Direction direction, const StreamPiece& piece) {
  Half& half = flow.half(direction);
  std::int64_t fresh = 0;
  std::int64_t at = piece.begin;
  if (at < half.next) {
    if (!half.missing.empty())
      fresh += fill_missing(half, at, std::min(piece.end, half.next), half.bytes_before_start);
    at = std::min(half.next, piece.end);
  }
  // The spaces between the islands, lowest first. Inserting moves the islands, so they are looked up again
  // for each space.
  while (at < piece.end) {
    const auto above = std::ranges::upper_bound(half.islands, at, {}, &Island::end);
    const bool inside = above != half.islands.end() && above->begin <= at;
    if (inside) {
      at = above->end;
      continue;
    }
    const std::int64_t end = above == half.islands.end() ? piece.end : std::min(piece.end, above->begin);
    const StreamPiece part{at, end, slice(piece, at, end), piece.packet, piece.time};
    fresh += end - at;
    if (at == half.next) {
      deliver(context, flow, direction, part);
    } else {
      insert_island(context, half, part);
    }
    at = end;
  }
  half.high = std::max(half.high, piece.end);
  if (!half.islands.empty()) {
    deliver_ready(context, flow, direction);
    while (!half.islands.empty() && (half.waiting_bytes > context.limits.direction_bytes_max ||
                                     half.islands.size() > kIslandCountMax)) {
      give_up_hole(
          context, flow, direction,
          cause_of_hole(half) == GapCause::capture_loss ? GapCause::capture_loss : GapCause::skipped_by_limit,
          piece.packet, piece.time);
    }
  }
  flow.side(direction).bytes += static_cast<std::uint64_t>(fresh);
  return static_cast<std::uint64_t>(fresh);
}

GapCause cause_of_hole(const Half& half) {
  if (!half.base_from_syn && half.next == 0) return GapCause::before_start;
  return half.una_known && half.una > half.next ? GapCause::capture_loss : GapCause::open;
}

void give_up_hole(TrackerContext& context, Flow& flow, Direction direction, GapCause cause,
                  std::uint64_t packet, WallTime time) {
  Half& half = flow.half(direction);
  const OctetRange hole{half.next, half.islands.front().begin};
  report_gap(context, flow, direction, hole, cause, packet, time);
  add_missing(half, hole);
  half.next = hole.end;
  deliver_ready(context, flow, direction);
}

void release_all(TrackerContext& context, Flow& flow, Direction direction) {
  Half& half = flow.half(direction);
  while (!half.islands.empty())
    give_up_hole(context, flow, direction, cause_of_hole(half), half.last_packet, flow.last_time);
  // Acknowledged beyond all that was seen. One octet more is the FIN, as a rule, and no data.
  const std::int64_t end = half.fin ? std::min(*half.fin, half.una) : half.una;
  const bool only_a_fin = !half.fin && half.una == half.high + 1;
  if (half.una_known && end > half.next && !only_a_fin) {
    report_gap(context, flow, direction, {half.next, end}, GapCause::capture_loss, half.una_packet,
               flow.last_time);
    add_missing(half, {half.next, end});
    half.next = end;
  }
  // A FIN was seen above the last octet: what lies between was sent as well.
  if (half.fin && *half.fin > half.next) {
    report_gap(context, flow, direction, {half.next, *half.fin}, GapCause::open, half.last_packet,
               flow.last_time);
    add_missing(half, {half.next, *half.fin});
    half.next = *half.fin;
  }
}

std::optional<OctetConflict> find_conflict(const TrackerContext& context, const Half& half,
                                           const StreamPiece& piece) {
  const auto compare = [&](std::int64_t begin, Bytes kept,
                           std::uint64_t packet) -> std::optional<OctetConflict> {
    const std::int64_t from = std::max(begin, piece.begin);
    const std::int64_t to = std::min(begin + static_cast<std::int64_t>(kept.size()),
                                     piece.begin + static_cast<std::int64_t>(piece.octets.size()));
    if (from >= to) return std::nullopt;
    const Bytes a = kept.subspan(static_cast<std::size_t>(from - begin), static_cast<std::size_t>(to - from));
    const Bytes b = piece.octets.subspan(static_cast<std::size_t>(from - piece.begin), a.size());
    const auto [left, right] = std::ranges::mismatch(a, b);
    if (left == a.end()) return std::nullopt;
    return OctetConflict{from + (left - a.begin()), *left, *right, packet};
  };
  for (const Island& island : half.islands) {
    if (island.begin >= piece.end) break;
    if (auto conflict = compare(island.begin, island.octets, island.packet)) return conflict;
  }
  ByteHistory::Position position = half.newest;
  int below_count = 0;
  for (int step = 0; step < kHistoryStepsMax && context.history.is_held(position); ++step) {
    const ByteHistory::Record record = context.history.record(position);
    const bool is_below = record.begin + std::int64_t{record.wire_size} <= piece.begin;
    if (is_below && ++below_count > ByteHistory::kBelowCountMax) break;
    if (auto conflict = compare(record.begin, context.history.octets(position), record.packet))
      return conflict;
    position = record.previous;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
