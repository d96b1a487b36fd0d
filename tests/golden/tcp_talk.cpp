#include "tests/golden/tcp_talk.hpp"

#include <algorithm>
#include <utility>

namespace plaintalk::golden {

namespace flag = capture::tcp_flag;

TcpTalk::TcpTalk(Tape& tape, Endpoint client, Endpoint server, Options options)
    : tape_(tape),
      client_{client, options.client_sequence, static_cast<std::uint16_t>(client.port)},
      server_{server, options.server_sequence, static_cast<std::uint16_t>(client.port + 1000)},
      segment_size_(options.segment_size) {}

Segment TcpTalk::emit(From from, std::uint8_t flags, std::string_view payload) {
  Side& sender = side(from);
  Segment segment;
  segment.header.source = sender.endpoint;
  segment.header.target = other(from).endpoint;
  segment.header.sequence = sender.sequence;
  segment.header.acknowledgement = (flags & flag::kAck) != 0 ? other(from).sequence : 0;
  segment.header.flags = flags;
  if ((flags & flag::kSyn) != 0) segment.header.maximum_segment_size = 1460;
  segment.payload = payload;
  sender.sequence += static_cast<std::uint32_t>(payload.size());
  if ((flags & (flag::kSyn | flag::kFin)) != 0) ++sender.sequence;
  repeat(segment);
  return segment;
}

void TcpTalk::repeat(const Segment& segment) {
  Side& sender = segment.header.source == client_.endpoint ? client_ : server_;
  capture::TcpPacket packet = segment.header;
  packet.payload = segment.payload;
  packet.ip_id = sender.ip_id++;
  std::string bytes;
  capture::append_ip_packet(packet, bytes);
  tape_.add(std::move(bytes));
}

void TcpTalk::open() {
  emit(From::client, flag::kSyn, {});
  emit(From::server, flag::kSyn | flag::kAck, {});
  emit(From::client, flag::kAck, {});
}

Segment TcpTalk::segment(From from, std::string_view bytes) {
  return emit(from, flag::kPsh | flag::kAck, bytes);
}

void TcpTalk::acknowledge(From from) { emit(from, flag::kAck, {}); }

void TcpTalk::acknowledge_before(From from, const Segment& segment) {
  Segment acknowledgement;
  acknowledgement.header.source = side(from).endpoint;
  acknowledgement.header.target = other(from).endpoint;
  acknowledgement.header.sequence = side(from).sequence;
  acknowledgement.header.acknowledgement = segment.header.sequence;
  repeat(acknowledgement);
}

void TcpTalk::say(From from, std::string_view bytes) {
  while (!bytes.empty()) {
    segment(from, bytes.substr(0, segment_size_));
    bytes.remove_prefix(std::min(bytes.size(), segment_size_));
    acknowledge(from == From::client ? From::server : From::client);
  }
}

void TcpTalk::close(From first) {
  const From second = first == From::client ? From::server : From::client;
  emit(first, flag::kFin | flag::kAck, {});
  emit(second, flag::kFin | flag::kAck, {});
  emit(first, flag::kAck, {});
}

void TcpTalk::reset(From by) { emit(by, flag::kRst | flag::kAck, {}); }

}  // namespace plaintalk::golden
