#include "tests/analyzer/segment_builder.hpp"

#include <algorithm>
#include <utility>

#include "base/internet_checksum.hpp"

namespace plaintalk::analyzer::test {
namespace {

void put16(Buffer& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8 & 0xff));
  out.push_back(static_cast<std::uint8_t>(value & 0xff));
}
void put32(Buffer& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}
void put16_at(Buffer& out, std::size_t at, std::uint32_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8 & 0xff);
  out[at + 1] = static_cast<std::uint8_t>(value & 0xff);
}

std::uint8_t bits_of(const TcpFlags& flags) {
  return static_cast<std::uint8_t>(flags.fin | flags.syn << 1 | flags.rst << 2 | flags.psh << 3 |
                                   flags.ack << 4 | flags.urg << 5);
}

}  // namespace

SegmentBuilder& SegmentBuilder::swap_ends() {
  std::swap(segment_.source, segment_.target);
  is_from_server_ = !is_from_server_;
  return *this;
}
SegmentBuilder& SegmentBuilder::between(Endpoint source, Endpoint target) {
  segment_.source = source;
  segment_.target = target;
  return *this;
}
SegmentBuilder& SegmentBuilder::isn(std::uint32_t client, std::uint32_t server) {
  client_isn_ = client;
  server_isn_ = server;
  return *this;
}
SegmentBuilder& SegmentBuilder::seq(std::uint32_t relative) {
  relative_seq_ = relative;
  return *this;
}
SegmentBuilder& SegmentBuilder::ack(std::uint32_t relative) {
  segment_.flags.ack = true;
  relative_ack_ = relative;
  return *this;
}
SegmentBuilder& SegmentBuilder::data(std::string_view bytes) {
  bytes_ = bytes;
  return *this;
}
SegmentBuilder& SegmentBuilder::window(std::uint16_t window) {
  segment_.window = window;
  return *this;
}
SegmentBuilder& SegmentBuilder::shift(std::uint8_t shift) {
  segment_.window_shift = shift;
  return *this;
}
SegmentBuilder& SegmentBuilder::sack(std::uint32_t left, std::uint32_t right) {
  const std::uint32_t isn = is_from_server_ ? client_isn_ : server_isn_;
  segment_.sack[segment_.sack_count++] = {isn + left, isn + right};
  return *this;
}
SegmentBuilder& SegmentBuilder::stamp(std::uint32_t value, std::uint32_t echo) {
  segment_.timestamp_value = value;
  segment_.timestamp_echo = echo;
  return *this;
}
SegmentBuilder& SegmentBuilder::ip_id(std::uint16_t id) {
  segment_.ip_id = id;
  return *this;
}
SegmentBuilder& SegmentBuilder::observation_point(std::uint32_t observation_point) {
  segment_.observation_point = observation_point;
  return *this;
}
SegmentBuilder& SegmentBuilder::ttl(std::uint8_t ttl) {
  segment_.ttl = ttl;
  return *this;
}
SegmentBuilder& SegmentBuilder::vlan(std::uint16_t vlan) {
  segment_.vlan = vlan;
  return *this;
}
SegmentBuilder& SegmentBuilder::at_ms(double ms) {
  segment_.time = WallTime(Nanoseconds(static_cast<std::int64_t>(ms * 1e6)));
  return *this;
}
SegmentBuilder& SegmentBuilder::checksum(ChecksumState state) {
  segment_.checksum = state;
  return *this;
}

TcpSegment SegmentBuilder::segment(std::uint64_t number) const {
  TcpSegment segment = segment_;
  segment.packet = number;
  segment.sequence = (is_from_server_ ? server_isn_ : client_isn_) + relative_seq_;
  if (segment.flags.ack)
    segment.acknowledgement = (is_from_server_ ? client_isn_ : server_isn_) + relative_ack_;
  segment.payload = as_bytes(bytes_).first(std::min(captured_, bytes_.size()));
  segment.payload_size = static_cast<std::uint32_t>(bytes_.size());
  // Stands for the real checksum: different bytes, different field.
  segment.checksum_field = segment.checksum == ChecksumState::not_filled_in
                               ? std::uint16_t{0x1234}
                               : ones_complement_sum(as_bytes(bytes_), segment.sequence & 0xffff);
  return segment;
}

std::vector<std::uint8_t> SegmentBuilder::ip_packet() const {
  const TcpSegment segment = this->segment(1);
  Buffer header;
  put16(header, segment.source.port);
  put16(header, segment.target.port);
  put32(header, segment.sequence);
  put32(header, segment.acknowledgement);
  const std::size_t option_size = segment.timestamp_value ? 12 : 0;
  header.push_back(static_cast<std::uint8_t>((20 + option_size) / 4 << 4));
  header.push_back(bits_of(segment.flags));
  put16(header, segment.window);
  put16(header, 0);
  put16(header, segment.urgent_pointer);
  if (segment.timestamp_value) {
    put32(header, 0x0101080a);
    put32(header, *segment.timestamp_value);
    put32(header, 0);
  }
  Buffer all = header;
  all.insert(all.end(), bytes_.begin(), bytes_.end());
  const std::uint16_t pseudo = pseudo_header_sum(segment.source.address, segment.target.address, 6,
                                                 static_cast<std::uint32_t>(all.size()));
  put16_at(all, 16, 0xffffU ^ ones_complement_sum(all, pseudo));

  Buffer ip;
  if (segment.source.address.is_v6) {
    put32(ip, 0x60000000);
    put16(ip, static_cast<std::uint32_t>(all.size()));
    ip.push_back(6);
    ip.push_back(64);
    for (const IpAddress& address : {segment.source.address, segment.target.address})
      ip.insert(ip.end(), address.octets.begin(), address.octets.end());
  } else {
    put16(ip, 0x4500);
    put16(ip, static_cast<std::uint32_t>(20 + all.size()));
    put16(ip, segment.ip_id);
    put16(ip, 0x4000);
    put16(ip, 0x4006);
    put16(ip, 0);
    for (const IpAddress& address : {segment.source.address, segment.target.address})
      ip.insert(ip.end(), address.octets.begin(), address.octets.begin() + 4);
    put16_at(ip, 10, 0xffffU ^ ones_complement_sum(ip));
  }
  return ip + all;
}

Buffer ethernet(const Buffer& payload, std::uint16_t ethertype) {
  Buffer frame(12, 0x02);
  put16(frame, ethertype);
  return frame + payload;
}

Buffer vlan_tag(const Buffer& payload, std::uint16_t vlan, std::uint16_t ethertype) {
  Buffer tag;
  put16(tag, vlan);
  put16(tag, ethertype);
  return tag + payload;
}

Buffer operator+(Buffer left, const Buffer& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Buffer bytes(std::initializer_list<int> values) {
  Buffer out;
  for (const int value : values) out.push_back(static_cast<std::uint8_t>(value));
  return out;
}

PacketRecord record_of(const Buffer& frame, LinkType link_type, std::uint32_t original_size) {
  PacketRecord record;
  record.number = 1;
  record.link_type = link_type;
  record.original_size = original_size == 0 ? static_cast<std::uint32_t>(frame.size()) : original_size;
  record.bytes = frame;
  return record;
}

}  // namespace plaintalk::analyzer::test
