// Everything that is kept about one connection while it is followed. A connection is two streams: each
// DirectionState is one sender with its sequence space, what has been seen of it, and what it last said as a
// receiver of the other direction's data.
//
// Offsets are stream offsets: 64 bit, 0 = the first byte after the SYN (or, when the capture began later,
// the lowest one seen). They are signed because bytes below the start of a capture do turn up.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/stream/byte_history.hpp"
#include "analyzer/stream/connection_record.hpp"
#include "analyzer/stream/flow_table.hpp"
#include "analyzer/stream/loss_state.hpp"
#include "analyzer/stream/rtt_estimator.hpp"
#include "analyzer/stream/wireshark_numbers.hpp"
#include "analyzer/wire/tcp_segment.hpp"

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

// The last packet was, for the rules that look one packet back.
enum class LastKind : std::uint8_t { none, other, keep_alive, zero_window_probe };

struct DirectionState {
  // The sequence space.
  bool base_known = false;
  bool base_from_syn = false;  // this side's own SYN was captured, or the peer's SYN-ACK named it
  bool base_from_own_packet = false;
  std::uint32_t base_seq = 0;  // sequence number of offset 0
  std::optional<std::uint32_t>
      other_base;  // of a second SYN-ACK with another ISN: the client's ACK will choose

  // What it sent.
  bool syn_seen = false;
  bool syn_ack_seen = false;
  WallTime syn_time;
  std::uint64_t syn_packet = 0;
  std::optional<Nanoseconds> crossed_answer;  // in a simultaneous open: from the peer's SYN to its answer
  bool sent_any = false;
  std::int64_t next = 0;     // everything below has been delivered or given up
  std::int64_t high = 0;     // end of the highest data byte
  std::int64_t claimed = 0;  // end of what its own bare acknowledgements say it had sent; may be below high
  std::optional<std::int64_t> fin;
  PacketSummary high_packet;
  std::vector<OutOfOrderSegment> out_of_order;  // sorted, disjoint, above next
  std::vector<StreamRange>
      missing;                      // given up, below next: late bytes are still recognised. Sorted, disjoint
  std::uint64_t waiting_bytes = 0;  // in out_of_order
  std::optional<WindowProbe> probe;
  std::vector<UnverifiedSegment> unverified;
  bool hole_timer_set = false;
  bool is_queued_for_limit = false;
  ByteHistory::Position newest = 0;
  RttEstimator rtt;
  WallTime last_time;
  std::uint64_t last_packet = 0;
  LastKind last_kind = LastKind::none;
  std::uint8_t ip_id_trust = 0;  // rises while the IP-ID counts up packet by packet
  std::uint64_t bytes_before_start = 0;
  std::uint64_t good_checksums = 0;
  std::uint64_t bad_checksums = 0;

  // What the other side has confirmed of it.
  bool una_known = false;
  std::int64_t una = 0;
  std::uint64_t una_packet = 0;
  std::int64_t ack_seen_high = 0;  // highest acknowledged byte never seen here, for rule 11
  std::int64_t reported_ack = 0;
  std::unique_ptr<LossState> loss;

  // What it said as a receiver.
  bool window_known = false;
  std::uint16_t window = 0;
  WallTime window_closed_until;  // when a closed window opened again; meaningful with window_was_closed
  bool window_was_closed = false;
  bool shift_known = false;
  std::uint8_t shift = 0;
  std::optional<std::uint8_t> offered_shift;
  std::optional<std::uint16_t> mss;
  bool sack_permitted = false;
  unsigned duplicate_run = 0;
  std::uint64_t duplicate_first_packet = 0;

  // For conn_state and history (rule 26).
  std::uint32_t history_seen = 0;
  std::uint64_t repeat_count = 0;
  std::uint64_t gap_count = 0;
  std::uint64_t zero_window_count = 0;
  std::uint64_t bad_checksum_letters = 0;
  bool reset = false;

  // For rule 1.
  std::uint32_t top_sequence = 0;
  std::uint32_t top_acknowledgement = 0;
  std::uint32_t first_point = 0;  // the observation point of its first packet
  std::uint32_t copy_point = 0;   // another one, at which copies were seen
  std::int64_t cut_copy_end = 0;  // how far the copies there have come
  std::uint64_t copy_count = 0;
  std::uint32_t network = 0;  // of its first packet
  std::uint16_t last_ip_id = 0;
  bool ip_id_varies = false;
  bool numbers_known = false;

  // Where the next byte or pure acknowledgement belongs: after the FIN if that has been sent.
  std::int64_t sequence_end() const { return fin && *fin <= high ? *fin + 1 : high; }
  // The number of the next byte as the sender itself sees it.
  std::int64_t send_next() const { return std::max(sequence_end(), claimed); }
  // What the receiver has confirmed beyond doubt.
  std::int64_t confirmed() const { return loss && loss->doubtful ? loss->doubtful->una_before : una; }
  LossState& losses() {
    if (!loss) loss = std::make_unique<LossState>();
    return *loss;
  }
  // The offset nearest to what is known already (RFC 9293, section 3.4: all arithmetic modulo 2^32).
  std::int64_t offset_of(std::uint32_t sequence) const {
    const std::uint32_t reference = base_seq + static_cast<std::uint32_t>(high);
    return high + static_cast<std::int32_t>(sequence - reference);
  }
};

// A copy of a segment of a connection whose beginning was not captured (rule 35).
struct HeldSegment {
  TcpSegment segment;
  std::vector<std::uint8_t> bytes;
};

struct HeldSegments {
  std::vector<HeldSegment> segments;
  std::size_t bytes = 0;
};

inline constexpr std::uint32_t kNoFlow = ~std::uint32_t{0};

struct Flow {
  FlowKey key;
  bool client_is_lower = false;
  bool is_open = false;     // the sink has been told
  bool is_closing = false;  // both ends are done; it lingers for stragglers
  bool established = false;
  bool is_simultaneous = false;  // a SYN from each side, before either had seen the other's
  std::uint32_t generation = 0;  // of the slot, so that a queued timer knows that its connection is gone
  WallTime last_time;
  std::unique_ptr<HeldSegments> held;
  std::unique_ptr<HeldSegments> waiting_syns;  // inside this connection, or of the next one
  std::uint32_t older = kNoFlow;               // the next connection of the same endpoints
  WiresharkNumbers wireshark;
  std::array<DirectionState, 2> directions;
  ConnectionRecord report;

  DirectionState& state(Direction direction) { return directions[static_cast<std::size_t>(direction)]; }
  const DirectionState& state(Direction direction) const {
    return directions[static_cast<std::size_t>(direction)];
  }
  EndpointRecord& side(Direction direction) {
    return direction == Direction::client_to_server ? report.client : report.server;
  }
};

}  // namespace plaintalk::analyzer
