// Rule 26: how a connection went, in the vocabularies of two tools that people know, so that results can be
// joined.
//   completeness  Wireshark's bits
//   history       Zeek's letters: s SYN, h SYN-ACK, a acknowledgement alone, d data, f FIN, r RST, c wrong
//                 checksum, t repeated data, g gap, w zero window, i FIN with RST, q SYN with FIN or RST;
//                 upper case = client. c, t, g and w are given at the 1st, 10th, 100th ... time, the others
//                 once a side. A ^ in front: the first packet came from the server
//   state         Zeek's conn_state
#include <algorithm>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

enum Completeness : std::uint8_t {
  with_syn = 1,
  with_syn_ack = 2,
  with_ack = 4,
  with_data = 8,
  with_fin = 16,
  with_rst = 32
};

constexpr std::size_t kHistorySizeMax = 256;

void add_letter(Flow& flow, Direction direction, char letter) {
  if (flow.history.size() >= kHistorySizeMax) return;
  const char upper = static_cast<char>(letter - 'a' + 'A');
  flow.history += direction == Direction::client_to_server ? upper : letter;
}

void add_letter_once(Flow& flow, Direction direction, char letter) {
  const std::uint32_t bit = std::uint32_t{1} << (letter - 'a');
  DirectionState& state = flow.state(direction);
  if ((state.history_seen & bit) != 0) return;
  state.history_seen |= bit;
  add_letter(flow, direction, letter);
}

bool is_power_of_ten(std::uint64_t count) {
  while (count >= 10 && count % 10 == 0) count /= 10;
  return count == 1;
}

void note_flags(Flow& flow, Direction direction, const TcpSegment& segment) {
  const TcpFlags& flags = segment.flags;
  const int special_count = int{flags.syn} + int{flags.fin} + int{flags.rst};
  if (special_count > 1) {
    add_letter_once(flow, direction, flags.fin && flags.rst ? 'i' : 'q');
  } else if (flags.syn) {
    add_letter_once(flow, direction, flags.ack ? 'h' : 's');
  } else if (flags.fin) {
    add_letter_once(flow, direction, 'f');
  } else if (flags.rst) {
    add_letter_once(flow, direction, 'r');
  } else if (segment.payload_size > 0) {
    add_letter_once(flow, direction, 'd');
  } else if (flags.ack) {
    add_letter_once(flow, direction, 'a');
  }
}

// Where one side of a connection stands.
enum class End : std::uint8_t { silent, partial, syn_sent, syn_ack_sent, established, closed, reset };

End end_of(const Flow& flow, Direction direction) {
  const DirectionState& state = flow.state(direction);
  const DirectionState& peer = flow.state(reverse(direction));
  if (state.reset) return End::reset;
  if (state.fin) return End::closed;
  if (!state.sent_any) return End::silent;
  // A SYN that was not captured is as good as seen when the SYN-ACK names it.
  if (!state.syn_seen && !state.base_from_syn) return End::partial;
  const bool answered = state.una_known && peer.sent_any;
  if (answered && (peer.syn_seen || peer.base_from_syn || state.high > 0)) return End::established;
  return direction == Direction::client_to_server ? End::syn_sent : End::syn_ack_sent;
}

std::string state_of(const Flow& flow) {
  // A reset when both have said that they are done, such as of a program that did not read everything, ends
  // nothing any more.
  if (flow.directions[0].fin && flow.directions[1].fin) return "SF";
  const End client = end_of(flow, Direction::client_to_server);
  const End server = end_of(flow, Direction::server_to_client);
  const bool client_is_open = client == End::silent || client == End::partial;
  const bool server_is_open = server == End::silent || server == End::partial;
  if (server == End::reset) {
    const bool no_data = flow.directions[0].bytes == 0 && flow.directions[1].bytes == 0;
    const bool rejected =
        client == End::syn_sent || client == End::syn_ack_sent || (client == End::reset && no_data);
    return rejected ? "REJ" : client_is_open ? "RSTRH" : "RSTR";
  }
  if (client == End::reset) {
    if (!server_is_open) return "RSTO";
    const bool only_syn = flow.directions[0].syn_seen && server == End::silent &&
                          flow.directions[0].bytes == 0 && !flow.directions[0].fin;
    return only_syn ? "RSTOS0" : "OTH";
  }
  if (client == End::closed) return server_is_open ? "SH" : "S2";
  if (server == End::closed) return client_is_open ? "SHR" : "S3";
  if (client == End::syn_sent && server == End::silent) return "S0";
  if (client == End::established && server == End::established) return "S1";
  return "OTH";
}

EndpointRecord side_of(const Flow& flow, Direction direction) {
  const DirectionState& state = flow.state(direction);
  const RareState& rare = state.rare();
  EndpointRecord side;
  side.endpoint = direction == Direction::client_to_server ? flow.client() : flow.server();
  side.packets = state.packets;
  side.bytes = state.bytes;
  side.payload_bytes = state.payload_bytes;
  side.retransmitted_packets = rare.retransmitted_packets;
  side.retransmitted_bytes = rare.retransmitted_bytes;
  side.out_of_order_packets = rare.out_of_order_packets;
  side.ambiguous_packets = rare.ambiguous_packets;
  side.duplicate_acks = rare.duplicate_acks;
  side.doubled_packets = rare.doubled_count;
  side.zero_windows = rare.zero_windows;
  side.keep_alives = rare.keep_alives;
  side.truncated_bytes = rare.truncated_bytes;
  side.damaged_packets = rare.damaged_packets;
  side.traffic = state.traffic;
  side.has_fin = state.has_fin;
  side.has_rst = state.has_rst;
  return side;
}

void summarise_side(const Flow& flow, Direction direction, EndpointRecord& side) {
  const DirectionState& state = flow.state(direction);
  const std::int64_t end = state.fin ? std::max(*state.fin, state.next) : std::max(state.high, state.next);
  side.stream_size = static_cast<std::uint64_t>(std::max<std::int64_t>(end, 0));
  const std::uint64_t within = side.bytes - state.rare().bytes_before_start;
  side.gap_bytes = side.stream_size > within ? side.stream_size - within : 0;
  side.rtt = state.rtt.summary();
  side.stamped_rtt = state.rtt.stamped_summary();
  side.closed_windows = state.rare().closed_window.result();
}

}  // namespace

void note_history(Flow& flow, Direction direction, const TcpSegment& segment) {
  DirectionState& state = flow.state(direction);
  const TcpFlags& flags = segment.flags;
  const auto complete = [&](Completeness bit) {
    flow.completeness = static_cast<std::uint8_t>(flow.completeness | bit);
  };
  if (flags.syn) complete(flags.ack ? with_syn_ack : with_syn);
  if (flags.fin) complete(with_fin);
  if (flags.rst) complete(with_rst);
  if (segment.payload_size > 0) complete(with_data);
  if (flags.ack && !flags.syn && !flags.rst && direction == Direction::client_to_server) complete(with_ack);
  if (flow.history.empty() && direction == Direction::server_to_client) flow.history += '^';
  note_flags(flow, direction, segment);
  if (segment.checksum == ChecksumState::bad && is_power_of_ten(++state.make_rare().bad_checksum_letters))
    add_letter(flow, direction, 'c');
}

void note_counted(Flow& flow, Direction direction, char letter, std::uint64_t count) {
  if (is_power_of_ten(count)) add_letter(flow, direction, letter);
}

ConnectionRecord record_of(const Flow& flow, std::uint16_t server_port) {
  ConnectionRecord record;
  record.id = flow.id;
  record.start = flow.start;
  record.end = flow.end;
  record.client = side_of(flow, Direction::client_to_server);
  record.server = side_of(flow, Direction::server_to_client);
  record.role_reason = text_of(flow.role_reason, server_port);
  record.history = flow.history;
  record.completeness = flow.completeness;
  record.duplicate_capture_packets =
      flow.directions[0].rare().copy_count + flow.directions[1].rare().copy_count;
  record.handshake_rtt = flow.handshake_rtt;
  record.tunnel = flow.tunnel;
  record.first_ending = flow.first_ending;
  record.first_to_end = flow.first_to_end;
  record.wireshark_stream = flow.wireshark.stream;
  record.midstream = flow.midstream;
  record.evicted = flow.evicted;
  return record;
}

ConnectionRecord summarise(const Flow& flow, std::uint16_t server_port) {
  ConnectionRecord record = record_of(flow, server_port);
  summarise_side(flow, Direction::client_to_server, record.client);
  summarise_side(flow, Direction::server_to_client, record.server);
  record.state = state_of(flow);
  record.vantage = vantage_of(flow);
  return record;
}

const RareState DirectionState::kNothingRare;

}  // namespace plaintalk::analyzer
