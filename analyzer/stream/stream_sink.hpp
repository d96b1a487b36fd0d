// What the stream layer tells those above it, in an order that can be relied on: opened, then per direction
// contiguous data and gaps by rising offset, acknowledgements as they are seen, then closed. Offsets count
// the payload bytes of one direction from 0 (64 bit, no wrap).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/stream/connection_record.hpp"
#include "base/bytes.hpp"

namespace plaintalk::analyzer {

struct StreamData {
  ConnectionId connection{};
  Direction direction{};
  std::uint64_t offset = 0;
  Bytes bytes;               // new bytes only, in order; borrowed for the call
  std::uint64_t packet = 0;  // that brought these bytes first
  WallTime time;             // of that packet: earlier than the call when it had to wait for a hole to fill
};

enum class GapCause : std::uint8_t {
  truncated,
  capture_loss,
  open,
  skipped_by_limit,
  before_start,
};
std::string_view name_of(GapCause cause);

struct StreamGap {
  ConnectionId connection{};
  Direction direction{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  GapCause cause{};
  std::uint64_t packet = 0;  // the packet that made us give up waiting
  WallTime time;
};

struct StreamAck {
  ConnectionId connection{};
  Direction direction{};     // of the data that is acknowledged, not of the packet
  std::uint64_t offset = 0;  // everything below has arrived
  std::uint64_t packet = 0;
  WallTime time;
};

// One verdict of the TCP rules (docs/TCP_RULES.md): a row of tcp_events.csv.
struct TcpEvent {
  WallTime time;
  std::uint64_t packet = 0;
  ConnectionId connection{};
  Direction direction{};     // of the packet classified
  std::string_view verdict;  // "retransmission", "fast retransmission", "spurious retransmission",
                             // "out-of-order", "duplicate ack", "zero window", ...
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  unsigned rule = 0;
  std::string_view confidence;  // "certain", "likely", "ambiguous"
  std::string evidence;  // words with packet numbers: "same bytes in packet 12; acknowledged by packet 15"
};

class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void opened(const ConnectionRecord& connection) = 0;
  virtual void data(const StreamData& data) = 0;
  virtual void gap(const StreamGap& gap) = 0;
  virtual void acknowledged(const StreamAck& ack) = 0;
  virtual void event(const TcpEvent& event) = 0;
  // Whether anybody reads the evidence of events of this rule; it is left empty otherwise.
  virtual bool wants_evidence(unsigned) const { return true; }
  // Both streams have ended or the capture has. `connection` is complete now.
  virtual void closed(const ConnectionRecord& connection) = 0;
};

}  // namespace plaintalk::analyzer
