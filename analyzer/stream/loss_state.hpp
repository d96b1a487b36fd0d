// What is known about one sender's losses. Most connections have none, so it is made when the first sign
// comes: a selective or a duplicate acknowledgement, a repeat, a number that nothing captured explains.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/stream/scoreboard.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

// A packet, as far as later ones are compared with it.
struct PacketSummary {
  std::uint64_t packet = 0;
  WallTime time;
  std::uint16_t ip_id = 0;
  std::optional<std::uint32_t> timestamp;
};

// New data that had been acknowledged when it was captured. Whether the capture is late or the
// acknowledgement wrong is known when the receiver acknowledges again.
struct LateSegment {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::uint64_t packet = 0;
  WallTime time;
};

// An acknowledgement above everything that is known to have been sent (rules 11 and 37).
struct DoubtfulAck {
  std::int64_t offset = 0;
  PacketSummary packet;
  // What was confirmed before it.
  std::int64_t una_before = 0;
  std::uint64_t una_packet_before = 0;
  std::optional<std::int64_t> fin_before;  // an end that it contradicts
  std::vector<LateSegment> late;
};

struct LossState {
  static constexpr std::size_t kLateCountMax = 16;

  Scoreboard sacked;
  // The last acknowledgement that told something: one that moved, a new selective block, a D-SACK or a
  // duplicate.
  std::uint64_t news_packet = 0;
  WallTime news_time;
  std::optional<StreamRange> duplicate_sack;  // of that acknowledgement
  // A timer or a fast retransmission began repeating everything below this.
  enum class Recovery : std::uint8_t { none, fast, timeout } recovery = Recovery::none;
  std::int64_t recovery_end = 0;
  std::uint64_t recovery_packet = 0;
  // The packet that showed by its own number that bytes below `claimed` had been sent (rule 10).
  PacketSummary claim;
  std::optional<DoubtfulAck> doubtful;
};

}  // namespace plaintalk::analyzer
