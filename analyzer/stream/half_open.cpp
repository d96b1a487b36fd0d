#include "analyzer/stream/half_open.hpp"

namespace plaintalk::analyzer {

bool HalfOpen::fits(const TcpSegment& segment) {
  const TcpFlags& flags = segment.flags;
  return flags.syn && !flags.ack && !flags.fin && !flags.rst && !flags.urg && segment.payload_size == 0 &&
         segment.sack_count == 0 && segment.time >= WallTime{} &&
         segment.timestamp_value.has_value() == segment.timestamp_echo.has_value();
}

TcpSegment HalfOpen::Attempt::segment() const {
  TcpSegment whole;
  whole.packet = packet;
  whole.time = time;
  whole.interface = interface;
  whole.observation_point = observation_point;
  whole.vlan = vlan;
  whole.tunnel = tunnel;
  whole.source = key.endpoint(source_is_lower);
  whole.target = key.endpoint(!source_is_lower);
  whole.sequence = sequence;
  whole.acknowledgement = acknowledgement;
  whole.flags.syn = true;
  whole.flags.psh = push;
  whole.flags.ece = congestion_echo;
  whole.flags.cwr = congestion_reduced;
  whole.window = window;
  whole.mss = mss;
  whole.window_shift = window_shift;
  whole.sack_permitted = sack_permitted;
  if (has_timestamp) {
    whole.timestamp_value = timestamp_value;
    whole.timestamp_echo = timestamp_echo;
  }
  whole.ip_id = ip_id;
  whole.ttl = ttl;
  whole.ip_size = ip_size;
  whole.frame_size = frame_size;
  whole.checksum = checksum;
  whole.checksum_field = checksum_field;
  whole.options_cut = options_cut;
  return whole;
}

std::uint32_t HalfOpen::add(const FlowKey& key, bool source_is_lower, ConnectionId id,
                            const TcpSegment& segment, WallTime seen, std::uint32_t wireshark_stream) {
  std::uint32_t index = free_;
  if (index == kNone) {
    index = used_++;
    if (index / kChunkSize == slab_.size()) slab_.push_back(std::make_unique<Attempt[]>(kChunkSize));
  } else {
    free_ = mutable_at(index).later;
  }
  Attempt& attempt = mutable_at(index);
  attempt = {.key = key,
             .id = id,
             .seen = seen,
             .packet = segment.packet,
             .time = segment.time,
             .observation_point = segment.observation_point,
             .interface = segment.interface,
             .wireshark_stream = wireshark_stream,
             .sequence = segment.sequence,
             .acknowledgement = segment.acknowledgement,
             .timestamp_value = segment.timestamp_value.value_or(0),
             .timestamp_echo = segment.timestamp_echo.value_or(0),
             .ip_size = segment.ip_size,
             .frame_size = segment.frame_size,
             .earlier = last_,
             .later = kNone,
             .tunnel = segment.tunnel,
             .vlan = segment.vlan,
             .mss = segment.mss,
             .window = segment.window,
             .ip_id = segment.ip_id,
             .checksum_field = segment.checksum_field,
             .window_shift = segment.window_shift,
             .ttl = segment.ttl,
             .checksum = segment.checksum,
             .source_is_lower = source_is_lower,
             .sack_permitted = segment.sack_permitted,
             .has_timestamp = segment.timestamp_value.has_value(),
             .options_cut = segment.options_cut,
             .push = segment.flags.psh,
             .congestion_echo = segment.flags.ece,
             .congestion_reduced = segment.flags.cwr};
  (last_ == kNone ? first_ : mutable_at(last_).later) = index;
  last_ = index;
  ++size_;
  return index;
}

HalfOpen::Attempt HalfOpen::take(std::uint32_t index) {
  Attempt& attempt = mutable_at(index);
  (attempt.earlier == kNone ? first_ : mutable_at(attempt.earlier).later) = attempt.later;
  (attempt.later == kNone ? last_ : mutable_at(attempt.later).earlier) = attempt.earlier;
  const Attempt taken = attempt;
  attempt.later = free_;
  free_ = index;
  --size_;
  return taken;
}

}  // namespace plaintalk::analyzer
