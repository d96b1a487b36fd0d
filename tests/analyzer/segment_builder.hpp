// Segments and packets by name, for tests: tcp().syn().seq(0), tcp().from_server().ack(1).data("hello").
//
// Sequence numbers are written relative to each side's initial one, so that a test reads like the RFC: a
// client's SYN is seq(0), its first byte seq(1), and the server acknowledges it with ack(1).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/wire/tcp_segment.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer::test {

inline const Endpoint kClient{IpAddress::v4(192, 0, 2, 1), 40000};
inline const Endpoint kServer{IpAddress::v4(192, 0, 2, 2), 7777};

class SegmentBuilder {
 public:
  SegmentBuilder& from_server() { return swap_ends(); }
  SegmentBuilder& between(Endpoint source, Endpoint target);
  SegmentBuilder& isn(std::uint32_t client, std::uint32_t server);
  // Permits selective acknowledgements, as nearly everybody does; without_sack() does not.
  SegmentBuilder& syn() {
    segment_.sack_permitted = true;
    return set(&TcpFlags::syn);
  }
  SegmentBuilder& without_sack() {
    segment_.sack_permitted = false;
    return *this;
  }
  SegmentBuilder& fin() { return set(&TcpFlags::fin); }
  SegmentBuilder& rst() { return set(&TcpFlags::rst); }
  SegmentBuilder& urg() { return set(&TcpFlags::urg); }
  SegmentBuilder& seq(std::uint32_t relative);
  SegmentBuilder& ack(std::uint32_t relative);
  SegmentBuilder& data(std::string_view bytes);
  SegmentBuilder& cut_to(std::size_t captured) {
    captured_ = captured;
    return *this;
  }
  SegmentBuilder& window(std::uint16_t window);
  SegmentBuilder& shift(std::uint8_t shift);
  SegmentBuilder& sack(std::uint32_t left, std::uint32_t right);
  SegmentBuilder& stamp(std::uint32_t value, std::uint32_t echo = 0);
  SegmentBuilder& ip_id(std::uint16_t id);
  SegmentBuilder& observation_point(std::uint32_t observation_point);
  SegmentBuilder& ttl(std::uint8_t ttl);
  SegmentBuilder& vlan(std::uint16_t vlan);
  SegmentBuilder& at_ms(double ms);
  SegmentBuilder& checksum(ChecksumState state);

  // Borrows the builder's bytes: use it before the builder goes away. `number` is the packet's.
  TcpSegment segment(std::uint64_t number) const;
  // The same as an IPv4 or IPv6 packet with right checksums and the timestamps option if stamp() was given.
  std::vector<std::uint8_t> ip_packet() const;

 private:
  SegmentBuilder& set(bool TcpFlags::*flag) {
    segment_.flags.*flag = true;
    return *this;
  }
  SegmentBuilder& swap_ends();

  TcpSegment segment_ = [] {
    TcpSegment segment;
    segment.source = kClient;
    segment.target = kServer;
    segment.window = 65535;
    segment.checksum = ChecksumState::good;
    return segment;
  }();
  std::string bytes_;
  std::size_t captured_ = SIZE_MAX;
  std::uint32_t client_isn_ = 1000;
  std::uint32_t server_isn_ = 5000;
  std::uint32_t relative_seq_ = 0;
  std::uint32_t relative_ack_ = 0;
  bool is_from_server_ = false;
};

inline SegmentBuilder tcp() { return {}; }

// Frames around an IP packet.
using Buffer = std::vector<std::uint8_t>;
Buffer ethernet(const Buffer& payload, std::uint16_t ethertype = 0x0800);
Buffer vlan_tag(const Buffer& payload, std::uint16_t vlan, std::uint16_t ethertype);
Buffer bytes(std::initializer_list<int> values);
Buffer operator+(Buffer left, const Buffer& right);

PacketRecord record_of(const Buffer& frame, LinkType link_type, std::uint32_t original_size = 0);

}  // namespace plaintalk::analyzer::test
