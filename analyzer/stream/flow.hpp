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
#include <string>
#include <vector>

#include "analyzer/stream/byte_history.hpp"
#include "analyzer/stream/connection_record.hpp"
#include "analyzer/stream/flow_table.hpp"
#include "analyzer/stream/loss_state.hpp"
#include "analyzer/stream/prefetch.hpp"
#include "analyzer/stream/rare_state.hpp"
#include "analyzer/stream/role_reason.hpp"
#include "analyzer/stream/rtt_estimator.hpp"
#include "analyzer/stream/wireshark_numbers.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

// The last packet was, for the rules that look one packet back.
enum class LastKind : std::uint8_t { none, other, keep_alive, zero_window_probe };

// In the order of use: what every packet touches comes first, and all of it fits few cache lines, for with
// thousands of connections each packet finds its own out of the cache.
struct DirectionState {
  // What it sent. Offsets are of its stream.
  std::int64_t next = 0;     // everything below has been delivered or given up
  std::int64_t high = 0;     // end of the highest data byte
  std::int64_t claimed = 0;  // end of what its own bare acknowledgements say it had sent; may be below high
  std::optional<std::int64_t> fin;
  ByteHistory::Position newest = 0;
  PacketSummary high_packet;
  WallTime last_time;
  std::uint64_t last_packet = 0;
  // What the other side has confirmed of it.
  std::int64_t una = 0;
  std::uint64_t una_packet = 0;
  std::int64_t ack_seen_high = 0;  // highest acknowledged byte never seen here, for rule 11
  std::int64_t reported_ack = 0;
  RttEstimator rtt;
  std::unique_ptr<LossState> loss;

  std::uint64_t packets = 0;        // without duplicate captures
  std::uint64_t bytes = 0;          // unique stream bytes really seen
  std::uint64_t payload_bytes = 0;  // all payload on the wire, repeats included
  std::uint64_t good_checksums = 0;

  std::uint32_t base_seq = 0;      // sequence number of offset 0
  std::uint32_t top_sequence = 0;  // for rule 1, as the next four
  std::uint32_t top_acknowledgement = 0;
  std::uint32_t first_point = 0;  // the observation point of its first packet
  std::uint32_t network = 0;      // of its first packet
  std::uint16_t last_ip_id = 0;
  std::uint16_t window = 0;        // what it said as a receiver
  std::uint32_t history_seen = 0;  // letters of rule 26
  std::uint32_t duplicate_run = 0;
  std::uint8_t shift = 0;
  std::optional<std::uint8_t> offered_shift;
  std::uint8_t ip_id_trust = 0;  // rises while the IP-ID counts up packet by packet
  LastKind last_kind = LastKind::none;

  bool base_known : 1 = false;
  bool base_from_syn : 1 = false;  // this side's own SYN was captured, or the peer's SYN-ACK named it
  bool base_from_own_packet : 1 = false;
  bool syn_seen : 1 = false;
  bool syn_ack_seen : 1 = false;
  bool syn_is_answered : 1 = false;  // it is known which of its SYNs, the latest
  bool sent_any : 1 = false;
  bool una_known : 1 = false;
  bool window_known : 1 = false;
  bool window_was_closed : 1 = false;
  bool shift_known : 1 = false;
  bool sack_permitted : 1 = false;
  bool numbers_known : 1 = false;
  bool ip_id_varies : 1 = false;
  bool reset : 1 = false;
  bool has_fin : 1 = false;
  bool has_rst : 1 = false;
  bool has_pending : 1 = false;  // false: nothing in rare_ decides about the next packet

  WallTime syn_time;  // of the latest
  std::uint64_t syn_packet = 0;
  TrafficRecord traffic;

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
  // What most directions never have: to look at, and to change.
  const RareState& rare() const { return rare_ ? *rare_ : kNothingRare; }
  RareState& make_rare() {
    if (!rare_) rare_ = std::make_unique<RareState>();
    has_pending = true;
    return *rare_;
  }
  // The same for what decides about the next packet, without a look at it where nothing does.
  const RareState& pending() const { return has_pending ? *rare_ : kNothingRare; }
  // Of a packet all is done. Until make_rare() is called again, nothing changes in it.
  void note_pending() {
    if (has_pending) has_pending = rare_->is_pending();
  }
  // Has those parts fetched that stand elsewhere.
  void prefetch_cold() const {
    rtt.prefetch();
    prefetch(loss.get());
    if (has_pending) prefetch(rare_.get());
  }
  bool is_waiting() const { return !pending().out_of_order.empty(); }
  // The offset nearest to what is known already (RFC 9293, section 3.4: all arithmetic modulo 2^32).
  std::int64_t offset_of(std::uint32_t sequence) const {
    const std::uint32_t reference = base_seq + static_cast<std::uint32_t>(high);
    return high + static_cast<std::int32_t>(sequence - reference);
  }

 private:
  static const RareState kNothingRare;
  std::unique_ptr<RareState> rare_;
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
  ConnectionId id{};
  WallTime start;
  WallTime end;
  WallTime last_time;
  std::uint32_t generation = 0;   // of the slot, so that a queued timer knows that its connection is gone
  std::uint32_t older = kNoFlow;  // the next connection of the same endpoints
  std::unique_ptr<HeldSegments> held;
  std::unique_ptr<HeldSegments> waiting_syns;  // inside this connection, or of the next one
  std::optional<Nanoseconds> handshake_rtt;
  bool client_is_lower : 1 = false;
  bool is_open : 1 = false;     // the sink has been told
  bool is_closing : 1 = false;  // both ends are done; it lingers for stragglers
  bool established : 1 = false;
  bool is_simultaneous : 1 = false;  // a SYN from each side, before either had seen the other's
  bool midstream : 1 = false;        // the capture began after the connection did
  bool evicted : 1 = false;          // given up because of a budget
  RoleReason role_reason{};
  Ending first_ending = Ending::none;
  Direction first_to_end{};
  Tunnel tunnel;                  // of its first packet
  std::uint8_t completeness = 0;  // Wireshark's bits
  std::string history;            // Zeek's letters
  WiresharkNumbers wireshark;
  std::array<DirectionState, 2> directions;

  DirectionState& state(Direction direction) { return directions[static_cast<std::size_t>(direction)]; }
  const DirectionState& state(Direction direction) const {
    return directions[static_cast<std::size_t>(direction)];
  }
  void note_ending(Direction direction, Ending ending) {
    if (first_ending != Ending::none) return;
    first_ending = ending;
    first_to_end = direction;
  }
  Endpoint client() const { return key.endpoint(client_is_lower); }
  Endpoint server() const { return key.endpoint(!client_is_lower); }
  // REQUIRES: it is a segment of these endpoints, and the roles are known.
  Direction direction_of(const TcpSegment& segment) const {
    return key.is_lower(segment.source, segment.target) == client_is_lower ? Direction::client_to_server
                                                                           : Direction::server_to_client;
  }
};

// What the layers above are told of it, without what only its end shows.
ConnectionRecord record_of(const Flow& flow, std::uint16_t server_port);

}  // namespace plaintalk::analyzer
