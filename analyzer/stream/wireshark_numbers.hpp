// How Wireshark numbers what is followed here, so that results can be joined with it: the number of the
// stream (tcp.stream) and, for each side, the sequence number that it shows as 0.
//
// Wireshark (4.0, asked with hand-made captures) begins another stream with a SYN whose number is not the one
// that the last stream of the same endpoints began with, and only then: a whole new connection that begins
// with the same number goes on in the same stream. Where connections are told apart more finely here (VLANs,
// numbers, ends), several have the same stream.
#pragma once

#include <array>
#include <cstdint>

#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

struct WiresharkNumbers {
  std::uint32_t stream = 0;
  // Of the lower and the higher endpoint.
  std::array<std::uint32_t, 2> base{};
  std::array<bool, 2> is_base_known{};
  // A SYN inside the connection, which continues here, began a stream there.
  bool has_inner_syn = false;
  std::uint32_t inner_syn = 0;
  std::uint32_t inner_stream = 0;

  bool begins_stream(const TcpSegment& segment, bool source_is_lower) const {
    if (!segment.flags.syn || segment.flags.ack || !is_base_known[source_is_lower ? 0 : 1]) return false;
    return segment.sequence != (has_inner_syn ? inner_syn : base[source_is_lower ? 0 : 1]);
  }

  void note_inner_syn(const TcpSegment& segment, std::uint32_t number) {
    has_inner_syn = true;
    inner_syn = segment.sequence;
    inner_stream = number;
  }

  // Every segment, in the order of the capture.
  void note(const TcpSegment& segment, bool source_is_lower) {
    const std::size_t own = source_is_lower ? 0 : 1;
    if (is_base_known[own] && is_base_known[1 - own]) return;
    if (!is_base_known[own]) {
      is_base_known[own] = true;
      base[own] = segment.flags.syn ? segment.sequence : segment.sequence - 1;
    }
    if (!is_base_known[1 - own] && segment.flags.ack) {
      is_base_known[1 - own] = true;
      base[1 - own] = segment.acknowledgement - 1;
    }
  }
};

}  // namespace plaintalk::analyzer
