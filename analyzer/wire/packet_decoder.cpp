#include "analyzer/wire/packet_decoder.hpp"

#include "analyzer/wire/ipv4_view.hpp"
#include "analyzer/wire/ipv6_view.hpp"
#include "analyzer/wire/link_layer.hpp"
#include "analyzer/wire/protocol_numbers.hpp"
#include "analyzer/wire/skip_reason.hpp"
#include "analyzer/wire/tcp_view.hpp"
#include "analyzer/wire/tunnel.hpp"
#include "base/internet_checksum.hpp"

namespace plaintalk::analyzer {
namespace {

// What the IP layer tells the TCP layer.
struct Transport {
  IpAddress source;
  IpAddress target;
  IpAddress checksum_target;
  std::uint8_t protocol = 0;
  Bytes payload;
  std::size_t wire_size = 0;
  std::size_t ip_size = 0;
  std::uint16_t ip_id = 0;
  std::uint8_t ttl = 0;
  bool ip_header_damaged = false;
  bool is_later_fragment = false;  // its payload does not start with the header of the next protocol
};

// Protocols whose fragments are put together: what may lead to TCP.
bool leads_to_tcp(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::tcp:
    case ip_protocol::ipv4:
    case ip_protocol::ipv6:
    case ip_protocol::gre:
    case ip_protocol::ethernet:
    case ip_protocol::mpls: return true;
    default: return false;
  }
}

// Offloading leaves the sum of the pseudo-header in the field for the card to add the rest (with and without
// the length, by driver).
ChecksumState checksum_state(const Transport& transport, const TcpView& tcp) {
  if (transport.ip_header_damaged) return ChecksumState::bad;
  if (tcp.all().size() < transport.wire_size) return ChecksumState::unknown;
  const auto size = static_cast<std::uint32_t>(transport.wire_size);
  const std::uint16_t pseudo =
      pseudo_header_sum(transport.source, transport.checksum_target, ip_protocol::tcp, size);
  if (ones_complement_sum(tcp.all(), pseudo) == 0xffff) return ChecksumState::good;
  const std::uint16_t field = tcp.checksum();
  const bool partial =
      field == pseudo ||
      field == pseudo_header_sum(transport.source, transport.checksum_target, ip_protocol::tcp, 0) ||
      field == 0;
  return partial ? ChecksumState::not_filled_in : ChecksumState::bad;
}

}  // namespace

struct PacketDecoder::State {
  using Result = std::expected<Transport, SkipReason>;

  // What is known about the packet at hand on the way down.
  struct Descent {
    std::uint64_t packet = 0;
    WallTime time;
    Tunnel tunnel;
    std::uint64_t packet_count = 1;  // that brought what is looked at: several where it came in fragments
  };

  explicit State(OverlapPolicy fragments) : defragmenter(limits_of(fragments)) {}
  static Defragmenter::Limits limits_of(OverlapPolicy fragments) {
    Defragmenter::Limits limits;
    limits.overlap = fragments;
    return limits;
  }

  // A frame with several packets, as far as they were not yet asked for.
  struct Aggregate {
    NetworkPacket frame;
    Descent descent;
    std::uint32_t interface = 0;
    bool has_parts = false;
  };

  SkipCounter skipped;
  SkipReason last_skip;
  std::optional<Aggregate> aggregate;
  Defragmenter defragmenter;
  std::uint64_t used_fragment_count = 0;

  Result through_ip(const NetworkPacket& packet, Descent& descent) {
    if (packet.bytes.empty()) return no_segment(Skip::ipv4_header_cut);
    const std::uint32_t version = packet.bytes[0] >> 4U;
    if (version == 4) return through_ipv4(packet, descent);
    if (version == 6) return through_ipv6(packet, descent);
    return no_segment(Skip::ip_version, version);
  }

  Result through_ipv4(const NetworkPacket& packet, Descent& descent) {
    const auto ip = Ipv4View::parse(packet.bytes, packet.wire_size);
    if (!ip) return std::unexpected(ip.error());
    Transport transport;
    transport.source = ip->source();
    transport.target = ip->target();
    transport.checksum_target = ip->final_target();
    transport.protocol = ip->protocol();
    transport.payload = ip->payload();
    transport.wire_size = ip->payload_wire_size();
    transport.ip_size = ip->total_size();
    transport.ip_id = ip->identification();
    transport.ttl = ip->ttl();
    // A checksum of 0 is one that the card was to fill in.
    transport.ip_header_damaged = ip->header_checksum() != 0 && ones_complement_sum(ip->header()) != 0xffff;
    transport.is_later_fragment = ip->fragment_offset() != 0;
    if (!ip->is_fragment()) return transport;
    const DatagramKey key{transport.source, transport.target, ip->identification(),
                          network_of(packet.vlan, descent.tunnel), ip->protocol()};
    if (!is_worth_waiting(transport, key)) return transport;
    // From here on `ip` may be gone: it lies in what held the datagram around it.
    const std::size_t header_size = ip->header_size();
    const FragmentPiece piece{ip->fragment_offset(), ip->more_fragments(), ip->protocol(),
                              transport.payload,     transport.wire_size,  descent.packet,
                              descent.packet_count};
    if (const auto trouble = defragment(key, piece, descent)) {
      // A first fragment that cannot be part of any datagram still shows its header.
      if (trouble->kind == Skip::fragment_bad && piece.offset == 0) return transport;
      return std::unexpected(*trouble);
    }
    transport.is_later_fragment = false;
    transport.payload = defragmenter.datagram().bytes;
    transport.wire_size = defragmenter.datagram().wire_size;
    transport.ip_size = header_size + transport.wire_size;
    return transport;
  }

  // Datagrams of UDP only where the first fragment shows that there is a tunnel inside.
  bool is_worth_waiting(const Transport& transport, const DatagramKey& key) const {
    if (leads_to_tcp(transport.protocol)) return true;
    if (transport.protocol != ip_protocol::udp) return false;
    if (transport.is_later_fragment) return defragmenter.is_waiting(key);
    return open_tunnel(transport.protocol, transport.payload, transport.wire_size).has_value();
  }

  Result through_ipv6(const NetworkPacket& packet, Descent& descent) {
    auto ip = Ipv6View::parse(packet.bytes, packet.wire_size);
    if (!ip) return std::unexpected(ip.error());
    if (ip->fragment()) {
      const DatagramKey key{ip->source(), ip->target(), ip->fragment()->identification,
                            network_of(packet.vlan, descent.tunnel), 0};
      const FragmentPiece piece{ip->fragment()->offset, ip->fragment()->more,    ip->protocol(),
                                ip->payload(),          ip->payload_wire_size(), descent.packet,
                                descent.packet_count};
      if (const auto trouble = defragment(key, piece, descent)) return std::unexpected(*trouble);
      const Defragmenter::Datagram& whole = defragmenter.datagram();
      ip = Ipv6View::parse_reassembled(*ip, whole.next_header, whole.bytes, whole.wire_size);
      if (!ip) return std::unexpected(ip.error());
    }
    Transport transport;
    transport.source = ip->source();
    transport.target = ip->target();
    transport.checksum_target = ip->final_target();
    transport.protocol = ip->protocol();
    transport.payload = ip->payload();
    transport.wire_size = ip->payload_wire_size();
    transport.ip_size = ip->total_size();
    transport.ttl = ip->hop_limit();
    return transport;
  }

  std::optional<SkipReason> defragment(const DatagramKey& key, const FragmentPiece& piece, Descent& descent) {
    switch (defragmenter.add(key, piece, descent.time)) {
      case Defragmenter::Verdict::complete: {
        // The others were counted as incomplete until now.
        const std::uint64_t others = defragmenter.datagram().packet_count - descent.packet_count;
        skipped.take_back({Skip::fragment_waiting, 0, descent.tunnel.kind}, others);
        descent.packet_count += others;
        return std::nullopt;
      }
      case Defragmenter::Verdict::waiting: return SkipReason{Skip::fragment_waiting};
      case Defragmenter::Verdict::lost: return SkipReason{Skip::fragment_overlap};
      case Defragmenter::Verdict::bad: break;
    }
    return SkipReason{Skip::fragment_bad};
  }

  // Down to TCP, through any tunnels on the way; `packet` becomes the innermost one.
  Result descend(NetworkPacket& packet, Descent& descent) {
    for (;;) {
      Result transport = through_ip(packet, descent);
      if (!transport || transport->protocol == ip_protocol::tcp) return transport;
      if (transport->is_later_fragment) return no_segment(Skip::ip_protocol, transport->protocol);
      const auto opened = open_tunnel(transport->protocol, transport->payload, transport->wire_size);
      if (!opened) return no_segment(Skip::ip_protocol, transport->protocol);
      if (!*opened) return std::unexpected(opened->error());
      if (descent.tunnel.depth == kTunnelDepthMax) return no_segment(Skip::tunnel_too_deep);
      const TunnelPayload& inside = **opened;
      descent.tunnel = {inside.kind, inside.id, static_cast<std::uint8_t>(descent.tunnel.depth + 1)};
      const auto network = network_packet_inside(inside.ethertype, inside.bytes, inside.wire_size, packet);
      if (!network) return std::unexpected(network.error());
      packet = *network;
    }
  }

  std::nullopt_t skip(SkipReason reason, const Descent& descent) {
    reason.inside = descent.tunnel.kind;
    skipped.add(reason, descent.packet_count);
    last_skip = reason;
    return std::nullopt;
  }

  std::optional<TcpSegment> segment_of(NetworkPacket& network, Descent& descent, std::uint32_t interface) {
    const auto transport = descend(network, descent);
    if (!transport) return skip(transport.error(), descent);
    const auto tcp = TcpView::parse(transport->payload, transport->wire_size);
    if (!tcp) return skip(tcp.error(), descent);
    used_fragment_count += descent.packet_count - 1;
    TcpSegment segment;
    segment.packet = descent.packet;
    segment.time = descent.time;
    segment.interface = interface;
    segment.observation_point = network.observation_point;
    segment.vlan = network.vlan;
    segment.tunnel = descent.tunnel;
    segment.source = {transport->source, tcp->source_port()};
    segment.target = {transport->target, tcp->target_port()};
    segment.sequence = tcp->sequence();
    segment.acknowledgement = tcp->acknowledgement();
    segment.flags = tcp->flags();
    segment.window = tcp->window();
    segment.payload = tcp->payload();
    segment.payload_size = static_cast<std::uint32_t>(tcp->payload_wire_size());
    segment.urgent_pointer = tcp->urgent_pointer();
    segment.options_cut = tcp->header_size() > tcp->all().size();
    if (const Bytes options = tcp->options(); !options.empty()) read_tcp_options(options, segment);
    segment.ip_id = transport->ip_id;
    segment.ttl = transport->ttl;
    segment.frame_size = network.frame_size;
    segment.ip_size = static_cast<std::uint32_t>(transport->ip_size);
    segment.checksum = checksum_state(*transport, *tcp);
    segment.checksum_field = tcp->checksum();
    return segment;
  }
};

PacketDecoder::PacketDecoder(OverlapPolicy fragments) : state_(std::make_unique<State>(fragments)) {}
PacketDecoder::~PacketDecoder() = default;

const std::map<std::string, std::uint64_t>& PacketDecoder::skipped() const {
  return state_->skipped.by_name();
}

std::uint64_t PacketDecoder::used_fragment_count() const { return state_->used_fragment_count; }
const FragmentConflicts& PacketDecoder::fragment_conflicts() const {
  return state_->defragmenter.conflicts();
}
SkipReason PacketDecoder::last_skip() const { return state_->last_skip; }

std::optional<TcpSegment> PacketDecoder::decode(const PacketRecord& record) {
  state_->aggregate.reset();
  State::Descent descent{record.number, plausible_time(record.time), {}, 1};
  auto network = network_packet_of(record);
  if (!network) return state_->skip(network.error(), descent);
  if (network->aggregate.empty()) return state_->segment_of(*network, descent, record.interface);
  state_->aggregate = State::Aggregate{*network, descent, record.interface, false};
  if (auto segment = decode_further()) return segment;
  // Not even the first part can be read.
  if (!state_->aggregate->has_parts) state_->skip({Skip::wifi_aggregate}, descent);
  return std::nullopt;
}

std::optional<TcpSegment> PacketDecoder::decode_further() {
  if (!state_->aggregate) return std::nullopt;
  State::Aggregate& aggregate = *state_->aggregate;
  while (auto network = take_packet(aggregate.frame)) {
    aggregate.has_parts = true;
    State::Descent descent = aggregate.descent;
    if (auto segment = *network ? state_->segment_of(**network, descent, aggregate.interface)
                                : state_->skip(network->error(), descent))
      return segment;
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
