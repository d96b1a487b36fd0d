// One captured packet as a row of the table `packets`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/stream/connection_record.hpp"
#include "analyzer/tables/table.hpp"
#include "analyzer/wire/tcp_segment.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

// Sequence numbers are those of JudgedSegment (segment_sink.hpp).
struct PacketResult {
  struct SackRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  std::uint64_t packet = 0;
  WallTime time;
  Nanoseconds since_start{0};  // of the capture; negative when its first packet is not the earliest
  std::uint32_t frame_bytes = 0;
  std::string no_segment;     // why no TCP segment could be read; then nothing below is known
  ConnectionId connection{};  // 0: not known
  Direction direction{};
  bool is_copy = false;
  std::uint32_t ip_bytes = 0;
  std::uint32_t payload_bytes = 0;
  TcpFlags flags;
  std::uint32_t raw_sequence = 0;
  std::uint32_t raw_acknowledgement = 0;
  std::int64_t sequence = 0;
  std::optional<std::int64_t> acknowledgement;
  std::uint16_t window = 0;
  std::optional<std::uint8_t> window_shift;  // that holds for its window
  std::uint8_t ttl = 0;
  std::optional<std::uint16_t> ip_id;
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> offered_shift;
  bool sack_permitted = false;
  std::uint8_t sack_count = 0;
  std::array<SackRange, 4> sack{};
  std::optional<std::uint32_t> timestamp_value;
  std::optional<std::uint32_t> timestamp_echo;
  std::optional<std::uint64_t> bytes_in_flight;
  std::optional<Nanoseconds> rtt;
  std::uint64_t acks_packet = 0;
  std::uint64_t acked_by_packet = 0;
  std::uint64_t first_pdu = 0;
  std::uint64_t last_pdu = 0;
  std::string verdicts;
};

Row row_of(const PacketResult& result);

// "SYN ACK", in the order in which people say them.
std::string flag_words(const TcpFlags& flags);

}  // namespace plaintalk::analyzer
