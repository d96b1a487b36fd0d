// What is known about one TCP connection: the record behind a row of connections.csv.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/stream/closed_window.hpp"
#include "analyzer/stream/traffic_record.hpp"
#include "analyzer/stream/vantage.hpp"
#include "analyzer/wire/tcp_segment.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

// Counts connections from 1 in the order of their first packet.
enum class ConnectionId : std::uint64_t {};

enum class Direction : std::uint8_t { client_to_server, server_to_client };
constexpr Direction reverse(Direction direction) {
  return direction == Direction::client_to_server ? Direction::server_to_client : Direction::client_to_server;
}

// RTT samples of one sender's data, by Karn's rule (analysis: RFC 6298): time from a segment to the
// acknowledgement that covers its end.
struct RttSummary {
  std::uint64_t count = 0;
  Nanoseconds min{0};
  Nanoseconds mean{0};
  Nanoseconds p95{0};
  Nanoseconds max{0};
};

struct EndpointRecord {
  Endpoint endpoint;
  std::uint64_t packets = 0;        // without duplicate captures
  std::uint64_t bytes = 0;          // unique stream bytes really seen
  std::uint64_t payload_bytes = 0;  // all payload on the wire, repeats included
  std::uint64_t retransmitted_packets = 0;
  std::uint64_t retransmitted_bytes = 0;
  std::uint64_t out_of_order_packets = 0;
  std::uint64_t ambiguous_packets = 0;  // retransmission or out-of-order: the capture cannot tell
  std::uint64_t duplicate_acks = 0;
  std::uint64_t doubled_packets = 0;  // by the network (rule 39): further copies, not in `packets`
  std::uint64_t zero_windows = 0;
  std::uint64_t keep_alives = 0;
  std::uint64_t gap_bytes = 0;  // never seen, below what the sender is known to have sent
  std::uint64_t truncated_bytes =
      0;  // counted in `bytes` by their size on the wire, but cut off by the capture
  std::uint64_t damaged_packets =
      0;  // wrong checksum where others are right, and never confirmed by the receiver
  std::uint64_t stream_size = 0;  // highest offset known to have been sent
  bool has_fin = false;
  bool has_rst = false;
  RttSummary rtt;
  RttSummary stamped_rtt;  // by time stamps, of what was sent again (rule 22)
  ClosedWindows closed_windows;
  TrafficRecord traffic;
};

// How the first side that ended its stream did it.
enum class Ending : std::uint8_t { none, fin, rst };

struct ConnectionRecord {
  ConnectionId id{};
  std::uint32_t wireshark_stream = 0;  // tcp.stream (wireshark_numbers.hpp)
  WallTime start;
  WallTime end;
  EndpointRecord client;
  EndpointRecord server;
  std::string role_reason;    // "syn", "syn-ack", "greeting", "client verb", "port 7777", "lower port"
  std::string state;          // Zeek's conn_state: S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH
  std::string history;        // Zeek's letters, upper case = client
  unsigned completeness = 0;  // Wireshark's bits: SYN 1, SYN-ACK 2, ACK 4, DATA 8, FIN 16, RST 32
  std::uint64_t duplicate_capture_packets = 0;
  std::optional<Nanoseconds> handshake_rtt;
  Vantage vantage;
  Tunnel tunnel;  // of its first packet
  Ending first_ending = Ending::none;
  Direction first_to_end{};
  bool midstream = false;  // the capture began after the connection did
  bool evicted = false;    // given up because of a budget

  void note_ending(Direction direction, Ending ending) {
    if (first_ending != Ending::none) return;
    first_ending = ending;
    first_to_end = direction;
  }
  const EndpointRecord& side(Direction direction) const {
    return direction == Direction::client_to_server ? client : server;
  }
};

}  // namespace plaintalk::analyzer
