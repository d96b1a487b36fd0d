// Puts the bytes of one direction in order: what is next goes to the sink, what is above a hole waits, what
// is below is a repeat. Every byte that was ever reported, missing or waiting is in exactly one of:
// delivered, `missing`, `out_of_order`. Where a piece contradicts bytes that wait, overlap.hpp decides.
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/stream/tracker_context.hpp"

namespace plaintalk::analyzer {

struct StreamPiece {
  std::int64_t begin = 0;
  std::int64_t end = 0;  // by the size on the wire
  Bytes bytes;           // captured, from begin on
  std::uint64_t packet = 0;
  WallTime time;
  std::int64_t remember_below = 0;  // new bytes below this go to the shared history
};

// How many bytes of the range have been seen before.
std::int64_t seen_bytes(const DirectionState& state, std::int64_t begin, std::int64_t end);

// Takes a piece in: the bytes that are new, and those that count more than what waits in their place. Other
// repeats are left out.
std::uint64_t accept(TrackerContext& context, Flow& flow, Direction direction, const StreamPiece& piece);

// Stops waiting for the lowest hole. REQUIRES: out_of_order is not empty.
void give_up_hole(TrackerContext& context, Flow& flow, Direction direction, GapCause cause,
                  std::uint64_t packet, WallTime time);

// Why the lowest hole is open, by what the other side has said.
GapCause cause_of_hole(const DirectionState& state);

// At the end: gives up every hole and reports what was sent but never seen.
void release_all(TrackerContext& context, Flow& flow, Direction direction);

// The bytes in which a piece contradicts what was seen there before (rule 20).
struct ByteConflict {
  std::int64_t offset = 0;
  std::int64_t end = 0;  // of the last byte that differs
  std::uint8_t earlier = 0;
  std::uint8_t later = 0;
  std::uint64_t packet = 0;  // that brought the earlier one
  bool is_waiting = false;   // not delivered or acknowledged yet
  bool later_counts = false;
};
std::optional<ByteConflict> find_conflict(const TrackerContext& context, const DirectionState& state,
                                          const StreamPiece& piece);

}  // namespace plaintalk::analyzer
