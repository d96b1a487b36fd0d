// What most directions of connections never have, made when the first of it comes: bytes that wait behind a
// hole or for a receiver's word, counts of repeats, the odd handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "analyzer/stream/closed_window.hpp"
#include "analyzer/stream/overlap.hpp"
#include "analyzer/stream/scoreboard.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

// Bytes that wait above a hole.
struct OutOfOrderSegment {
  std::int64_t begin = 0;
  std::int64_t end = 0;             // by the size on the wire
  std::vector<std::uint8_t> bytes;  // captured; fewer than end - begin when the capture cut them
  std::uint64_t packet = 0;
  WallTime time;
  // The packet that opened the hole below this waiting.
  std::uint64_t hole_packet = 0;
  WallTime hole_time;
};

// By their beginning, disjoint. A map, for holes may come in any order, and the last may be the lowest.
class OutOfOrder {
 public:
  using Map = std::map<std::int64_t, OutOfOrderSegment>;
  using Place = Map::const_iterator;

  bool empty() const { return segments_.empty(); }
  std::size_t size() const { return segments_.size(); }
  const OutOfOrderSegment& front() const { return segments_.begin()->second; }
  Place begin() const { return segments_.begin(); }
  Place end() const { return segments_.end(); }
  // The lowest that ends above `offset`.
  Place ending_above(std::int64_t offset) const {
    const Place above = segments_.upper_bound(offset);
    if (above == segments_.begin()) return above;
    const Place below = std::prev(above);
    return below->second.end > offset ? below : above;
  }
  // The lowest that begins at `offset` or above.
  Place beginning_from(std::int64_t offset) const { return segments_.lower_bound(offset); }
  void add(OutOfOrderSegment segment) {
    const std::int64_t at = segment.begin;
    segments_.emplace(at, std::move(segment));
  }
  OutOfOrderSegment take(Place place) { return std::move(segments_.extract(place).mapped()); }
  OutOfOrderSegment take_front() { return take(segments_.begin()); }

 private:
  Map segments_;
};

// One byte sent into a closed window: it becomes data when the receiver takes it (rule 6).
struct WindowProbe {
  std::int64_t offset = 0;
  std::uint8_t byte = 0;
  bool is_captured = false;
  std::uint64_t packet = 0;
  WallTime time;
};

// A segment whose checksum is wrong in a direction where others are right: held until the receiver says that
// it took it.
struct UnverifiedSegment {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool fin = false;
  std::vector<std::uint8_t> bytes;
  std::uint64_t packet = 0;
  WallTime time;
};

// A packet that was taken for a copy at the same place, while a D-SACK may still say otherwise (rule 39).
struct SeenCopy {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::uint64_t packet = 0;
  WallTime time;
};

struct RareState {
  static constexpr std::size_t kCopyCountMax = 16;

  OutOfOrder out_of_order;           // above what has been delivered
  std::uint64_t waiting_bytes = 0;   // in out_of_order
  LinuxQueue receiver_queue;         // as the receiver has them, under that policy
  bool has_replaced = false;         // bytes of out_of_order by contradicting ones
  std::vector<StreamRange> missing;  // given up: late bytes are still recognised. Sorted, disjoint
  std::optional<WindowProbe> probe;
  std::vector<UnverifiedSegment> unverified;
  bool hole_timer_set = false;
  bool is_queued_for_limit = false;
  std::uint64_t bytes_before_start = 0;
  std::uint64_t bad_checksums = 0;
  WallTime window_closed_until;     // when a closed window opened again; meaningful with window_was_closed
  ClosedWindowWatch closed_window;  // its own, as a receiver
  bool syn_repeated = false;
  WallTime first_syn_time;  // meaningful with syn_repeated

  std::optional<std::uint32_t>
      other_base;  // of a second SYN-ACK with another ISN: the client's ACK will choose
  std::optional<Nanoseconds> crossed_answer;  // in a simultaneous open: from the peer's SYN to its answer

  // For the row of the connection; EndpointRecord says what they mean.
  std::uint64_t retransmitted_packets = 0;
  std::uint64_t retransmitted_bytes = 0;
  std::uint64_t out_of_order_packets = 0;
  std::uint64_t ambiguous_packets = 0;
  std::uint64_t duplicate_acks = 0;
  std::uint64_t zero_windows = 0;
  std::uint64_t keep_alives = 0;
  std::uint64_t truncated_bytes = 0;
  std::uint64_t damaged_packets = 0;

  // For history (rule 26).
  std::uint64_t repeat_count = 0;
  std::uint64_t gap_count = 0;
  std::uint64_t zero_window_count = 0;
  std::uint64_t bad_checksum_letters = 0;

  // For rule 1.
  std::uint32_t copy_point = 0;   // another observation point, at which copies were seen
  std::int64_t cut_copy_end = 0;  // how far the copies there have come
  std::uint64_t copy_count = 0;
  std::uint64_t doubled_count = 0;  // of the network (rule 39)
  std::vector<SeenCopy> copies;     // the latest

  // Whether any of it decides how the next packet is taken, or only counts and remembers.
  bool is_pending() const {
    return !out_of_order.empty() || !missing.empty() || probe || !unverified.empty() || other_base ||
           has_replaced;
  }
};

}  // namespace plaintalk::analyzer
