// For those who want to hear about every single segment, beside what StreamSink tells: one call for each,
// after the rules have judged it. Nobody pays for it who does not ask.
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/stream/connection_record.hpp"
#include "analyzer/wire/tcp_segment.hpp"

namespace plaintalk::analyzer {

// Sequence numbers are relative as Wireshark shows them (0 is the SYN), but 64 bit: they neither wrap nor,
// for bytes below the first packet of a capture, become huge.
struct JudgedSegment {
  const TcpSegment& segment;
  ConnectionId connection{};
  Direction direction{};
  bool is_copy = false;  // rule 1: nothing but its numbers means anything
  std::int64_t sequence = 0;
  std::optional<std::int64_t> acknowledgement;  // when it has one
  std::int64_t first_byte = 1;                  // the number of offset 0 of its stream
  std::optional<std::uint8_t> window_shift;     // that holds for its window; 0 in a SYN; nothing: not known
  std::optional<std::int64_t> confirmed;        // of its own side's stream, by all that came before it
};

class SegmentSink {
 public:
  virtual ~SegmentSink() = default;
  virtual void segment(const JudgedSegment& segment) = 0;
};

}  // namespace plaintalk::analyzer
