#include "analyzer/wire/packet_decoder.hpp"

#include "analyzer/wire/defragmenter.hpp"
#include "analyzer/wire/ipv4_view.hpp"
#include "analyzer/wire/ipv6_view.hpp"
#include "analyzer/wire/link_layer.hpp"
#include "analyzer/wire/skip_reason.hpp"
#include "analyzer/wire/tcp_view.hpp"
#include "analyzer/wire/udp_tunnel.hpp"
#include "base/internet_checksum.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kProtocolUdp = 17;

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

SkipReason reason_of_other(const Transport& transport) {
  if (transport.protocol == kProtocolUdp && !transport.is_later_fragment)
    if (const auto tunnel = udp_tunnel_of(transport.payload)) return {Skip::udp_tunnel, *tunnel};
  return {Skip::ip_protocol, transport.protocol};
}

// Offloading leaves the sum of the pseudo-header in the field for the card to add the rest (with and without
// the length, by driver).
ChecksumState checksum_state(const Transport& transport, const TcpView& tcp) {
  if (transport.ip_header_damaged) return ChecksumState::bad;
  if (tcp.all().size() < transport.wire_size) return ChecksumState::unknown;
  const auto size = static_cast<std::uint32_t>(transport.wire_size);
  const std::uint16_t pseudo =
      pseudo_header_sum(transport.source, transport.checksum_target, kProtocolTcp, size);
  if (ones_complement_sum(tcp.all(), pseudo) == 0xffff) return ChecksumState::good;
  const std::uint16_t field = tcp.checksum();
  const bool partial =
      field == pseudo ||
      field == pseudo_header_sum(transport.source, transport.checksum_target, kProtocolTcp, 0) || field == 0;
  return partial ? ChecksumState::not_filled_in : ChecksumState::bad;
}

}  // namespace

struct PacketDecoder::State {
  using Result = std::expected<Transport, SkipReason>;

  SkipCounter skipped;
  Defragmenter defragmenter;

  Result through_ip(const NetworkPacket& packet, WallTime time) {
    if (packet.bytes.empty()) return std::unexpected(SkipReason{Skip::ipv4_header_cut});
    const std::uint32_t version = packet.bytes[0] >> 4U;
    if (version == 4) return through_ipv4(packet, time);
    if (version == 6) return through_ipv6(packet, time);
    return std::unexpected(SkipReason{Skip::ip_version, version});
  }

  Result through_ipv4(const NetworkPacket& packet, WallTime time) {
    const auto ip = Ipv4View::parse(packet.bytes, packet.wire_size);
    if (!ip) return std::unexpected(ip.error());
    Transport transport;
    transport.source = ip->source();
    transport.target = transport.checksum_target = ip->target();
    transport.protocol = ip->protocol();
    transport.payload = ip->payload();
    transport.wire_size = ip->payload_wire_size();
    transport.ip_size = ip->total_size();
    transport.ip_id = ip->identification();
    transport.ttl = ip->ttl();
    // A checksum of 0 is one that the card was to fill in.
    transport.ip_header_damaged = ip->header_checksum() != 0 && ones_complement_sum(ip->header()) != 0xffff;
    transport.is_later_fragment = ip->fragment_offset() != 0;
    if (!ip->is_fragment() || ip->protocol() != kProtocolTcp) return transport;
    const DatagramKey key{transport.source, transport.target, ip->identification(), ip->protocol()};
    const FragmentPiece piece{ip->fragment_offset(), ip->more_fragments(), ip->protocol(), transport.payload,
                              transport.wire_size};
    if (const auto trouble = defragment(key, piece, time)) {
      // A first fragment that cannot be part of any datagram still shows its header.
      if (trouble->kind == Skip::fragment_bad && piece.offset == 0) return transport;
      return std::unexpected(*trouble);
    }
    transport.is_later_fragment = false;
    transport.payload = defragmenter.datagram().bytes;
    transport.wire_size = defragmenter.datagram().wire_size;
    transport.ip_size = ip->header_size() + transport.wire_size;
    return transport;
  }

  Result through_ipv6(const NetworkPacket& packet, WallTime time) {
    auto ip = Ipv6View::parse(packet.bytes, packet.wire_size);
    if (!ip) return std::unexpected(ip.error());
    if (ip->fragment()) {
      const DatagramKey key{ip->source(), ip->target(), ip->fragment()->identification, 0};
      const FragmentPiece piece{ip->fragment()->offset, ip->fragment()->more, ip->protocol(), ip->payload(),
                                ip->payload_wire_size()};
      if (const auto trouble = defragment(key, piece, time)) return std::unexpected(*trouble);
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

  std::optional<SkipReason> defragment(const DatagramKey& key, const FragmentPiece& piece, WallTime time) {
    switch (defragmenter.add(key, piece, time)) {
      case Defragmenter::Verdict::complete: return std::nullopt;
      case Defragmenter::Verdict::waiting: return SkipReason{Skip::fragment_waiting};
      case Defragmenter::Verdict::bad: break;
    }
    return SkipReason{Skip::fragment_bad};
  }
};

PacketDecoder::PacketDecoder() : state_(std::make_unique<State>()) {}
PacketDecoder::~PacketDecoder() = default;

const std::map<std::string, std::uint64_t>& PacketDecoder::skipped() const {
  return state_->skipped.by_name();
}

std::optional<TcpSegment> PacketDecoder::decode(const PacketRecord& record) {
  const auto skip = [&](SkipReason reason) -> std::optional<TcpSegment> {
    state_->skipped.add(reason);
    return std::nullopt;
  };
  const WallTime time = plausible_time(record.time);
  const auto network = network_packet_of(record);
  if (!network) return skip(network.error());
  const auto transport = state_->through_ip(*network, time);
  if (!transport) return skip(transport.error());
  if (transport->protocol != kProtocolTcp) return skip(reason_of_other(*transport));
  const auto tcp = TcpView::parse(transport->payload, transport->wire_size);
  if (!tcp) return skip(tcp.error());

  TcpSegment segment;
  segment.packet = record.number;
  segment.time = time;
  segment.interface = record.interface;
  segment.observation_point = network->observation_point;
  segment.vlan = network->vlan;
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
  segment.ip_size = static_cast<std::uint32_t>(transport->ip_size);
  segment.checksum = checksum_state(*transport, *tcp);
  segment.checksum_field = tcp->checksum();
  return segment;
}

}  // namespace plaintalk::analyzer
