#include "capture/synthetic/synthetic_connection.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "capture/synthetic/tcp_packet.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kHeaderSizeMax = 40 + 24;  // IPv6, and TCP with one option
constexpr std::chrono::microseconds kStep{1};
constexpr std::chrono::microseconds kSequenceTick{4};

// One step of a mixing function (after splitmix64): spreads every bit of the input over the output.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ value >> 27) * 0x94D049BB133111EBULL;
  return value ^ value >> 31;
}

std::uint64_t mixed(const Endpoint& endpoint, std::uint64_t seed) {
  for (const std::uint8_t byte : endpoint.address.octets) seed = mixed(seed ^ byte);
  return mixed(seed ^ endpoint.port);
}

// RFC 6528: a function of the two endpoints, plus a clock of 4 microseconds, so that a port used again starts
// elsewhere.
std::uint32_t initial_sequence(const Endpoint& from, const Endpoint& to, WallTime time) {
  const auto ticks = static_cast<std::uint64_t>(time.time_since_epoch() / kSequenceTick);
  return static_cast<std::uint32_t>(mixed(to, mixed(from, 1)) + ticks);
}

}  // namespace

SyntheticConnection::SyntheticConnection(Endpoint client, Endpoint server, PacketSink sink)
    : client_{client, 0, static_cast<std::uint16_t>(mixed(client, 2))},
      server_{server, 0, static_cast<std::uint16_t>(mixed(server, 3))},
      sink_(std::move(sink)),
      last_time_(WallTime::min()) {}

WallTime SyntheticConnection::later(WallTime time) {
  last_time_ = last_time_ == WallTime::min() ? time : std::max(time, last_time_ + kStep);
  return last_time_;
}

void SyntheticConnection::send(Side& from, const Side& to, std::uint8_t flags, std::string_view payload,
                               WallTime time) {
  TcpPacket packet;
  packet.source = from.endpoint;
  packet.target = to.endpoint;
  packet.sequence = from.sequence;
  packet.acknowledgement = (flags & tcp_flag::kAck) != 0 ? to.sequence : 0;
  packet.flags = flags;
  packet.ip_id = from.ip_id++;
  if ((flags & tcp_flag::kSyn) != 0) packet.maximum_segment_size = kSegmentSizeMax;
  packet.payload = payload;
  // Not kept: a server records thousands of connections, and most of them are silent.
  std::string text;
  text.reserve(payload.size() + kHeaderSizeMax);
  append_ip_packet(packet, text);
  from.sequence += static_cast<std::uint32_t>(payload.size());
  if ((flags & (tcp_flag::kSyn | tcp_flag::kFin)) != 0) ++from.sequence;
  sink_(later(time), as_bytes(text));
}

void SyntheticConnection::open(WallTime time) {
  if (state_ != State::fresh) return;
  state_ = State::open;
  client_.sequence = initial_sequence(client_.endpoint, server_.endpoint, time);
  server_.sequence = initial_sequence(server_.endpoint, client_.endpoint, time);
  send(client_, server_, tcp_flag::kSyn, {}, time);
  send(server_, client_, tcp_flag::kSyn | tcp_flag::kAck, {}, time);
  send(client_, server_, tcp_flag::kAck, {}, time);
}

void SyntheticConnection::sent(Side& from, Side& to, std::string_view bytes, WallTime time) {
  open(time);
  if (state_ != State::open) return;
  while (!bytes.empty()) {
    const std::string_view segment = bytes.substr(0, kSegmentSizeMax);
    bytes.remove_prefix(segment.size());
    send(from, to, bytes.empty() ? tcp_flag::kPsh | tcp_flag::kAck : tcp_flag::kAck, segment, time);
    send(to, from, tcp_flag::kAck, {}, time);
  }
}

void SyntheticConnection::client_sent(std::string_view bytes, WallTime time) {
  sent(client_, server_, bytes, time);
}

void SyntheticConnection::server_sent(std::string_view bytes, WallTime time) {
  sent(server_, client_, bytes, time);
}

void SyntheticConnection::close(bool client_first, WallTime time) {
  if (state_ != State::open) return;
  state_ = State::closed;
  Side& first = client_first ? client_ : server_;
  Side& second = client_first ? server_ : client_;
  send(first, second, tcp_flag::kFin | tcp_flag::kAck, {}, time);
  send(second, first, tcp_flag::kFin | tcp_flag::kAck, {}, time);
  send(first, second, tcp_flag::kAck, {}, time);
}

void SyntheticConnection::reset(bool by_client, WallTime time) {
  if (state_ != State::open) return;
  state_ = State::closed;
  Side& from = by_client ? client_ : server_;
  send(from, by_client ? server_ : client_, tcp_flag::kRst | tcp_flag::kAck, {}, time);
}

}  // namespace plaintalk::capture
