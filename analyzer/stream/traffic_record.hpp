// Sizes, windows and times of what one side of a connection sent, packet by packet: what rule 23 and the
// columns of connections need. Copies are not counted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

struct TrafficRecord {
  std::uint64_t frame_bytes = 0;
  std::uint64_t ip_bytes = 0;
  std::uint64_t pure_acks = 0;
  std::uint64_t data_packets = 0;
  std::uint32_t payload_min = 0;  // of those
  std::uint32_t payload_max = 0;
  WallTime first_data;
  WallTime last_data;
  // Windows in bytes, of packets other than SYN and RST, where the scale is known.
  std::uint64_t window_count = 0;
  std::uint64_t window_sum = 0;
  std::uint32_t window_min = 0;
  std::uint32_t window_max = 0;
  std::optional<std::uint64_t> in_flight_max;  // sent and not acknowledged, without what is so selectively
  // From its SYN.
  std::optional<std::uint32_t> first_sequence;
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  std::optional<bool> has_sack_permitted;
  std::optional<bool> has_timestamps;
  std::uint8_t ttl = 0;                // of its first packet
  bool has_unfilled_checksum = false;  // left to the network card: captured before it
  std::uint32_t syn_stamp = 0;         // of its latest SYN

  void note(const TcpSegment& segment, std::optional<std::uint8_t> window_shift) {
    if (ttl == 0) ttl = segment.ttl;
    has_unfilled_checksum |= segment.checksum == ChecksumState::not_filled_in;
    frame_bytes += segment.frame_size;
    ip_bytes += segment.ip_size;
    const TcpFlags& flags = segment.flags;
    if (segment.payload_size > 0 && !flags.rst) {
      payload_min = data_packets == 0 ? segment.payload_size : std::min(payload_min, segment.payload_size);
      payload_max = std::max(payload_max, segment.payload_size);
      first_data = data_packets == 0 ? segment.time : std::min(first_data, segment.time);
      last_data = data_packets == 0 ? segment.time : std::max(last_data, segment.time);
      ++data_packets;
    } else if (flags.ack && !flags.syn && !flags.fin && !flags.rst) {
      ++pure_acks;
    }
    if (!window_shift || flags.syn || flags.rst) return;
    const std::uint32_t window = std::uint32_t{segment.window} << *window_shift;
    window_min = window_count == 0 ? window : std::min(window_min, window);
    window_max = std::max(window_max, window);
    window_sum += window;
    ++window_count;
  }

  void note_syn(const TcpSegment& segment) {
    first_sequence = segment.sequence;
    mss = segment.mss;
    window_scale = segment.window_shift;
    has_sack_permitted = segment.sack_permitted;
    has_timestamps = segment.timestamp_value.has_value();
    syn_stamp = segment.timestamp_value.value_or(0);
  }
};

}  // namespace plaintalk::analyzer
