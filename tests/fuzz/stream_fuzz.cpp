// The connection tracker under any sequence of segments: every eight bytes of the input are one. Promises:
// opened comes first and closed last, offsets only rise and leave nothing out, nothing waits beyond the
// limits, and bytes + gaps = the size of the stream.
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "analyzer/stream/connection_tracker.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

class PromiseSink : public StreamSink {
 public:
  void opened(const ConnectionRecord& connection) override {
    check(next_.emplace(connection.id, std::array<std::uint64_t, 2>{}).second, "opened twice");
  }
  void data(const StreamData& data) override {
    check(!data.bytes.empty(), "empty data");
    advance(data.connection, data.direction, data.offset, data.bytes.size());
  }
  void gap(const StreamGap& gap) override {
    check(gap.size > 0, "empty gap");
    advance(gap.connection, gap.direction, gap.offset, gap.size);
  }
  void acknowledged(const StreamAck& ack) override {
    check(next_.contains(ack.connection), "acknowledged before opened");
  }
  void event(const TcpEvent& event) override {
    check(next_.contains(event.connection), "classified before opened");
    check(!event.evidence.empty() && event.rule != 0, "a verdict without evidence");
  }
  void closed(const ConnectionRecord& connection) override {
    check(next_.erase(connection.id) == 1, "closed without opened");
    for (const EndpointRecord* side : {&connection.client, &connection.server}) {
      check(side->retransmitted_bytes <= side->payload_bytes, "more repeated than sent");
      check(side->truncated_bytes <= side->bytes, "more truncated than seen");
    }
    check(!connection.state.empty(), "no state");
  }
  bool all_closed() const { return next_.empty(); }

 private:
  void advance(ConnectionId id, Direction direction, std::uint64_t offset, std::uint64_t size) {
    const auto found = next_.find(id);
    check(found != next_.end(), "bytes before opened");
    std::uint64_t& next = found->second[static_cast<std::size_t>(direction)];
    check(offset == next, "bytes out of order");
    next += size;
  }
  std::map<ConnectionId, std::array<std::uint64_t, 2>> next_;
};

TcpSegment segment_of(const std::uint8_t* from, std::uint64_t number, std::int64_t& time, Bytes bytes) {
  TcpSegment segment;
  const bool from_server = (from[0] & 1) != 0;
  const Endpoint client{IpAddress::v4(192, 0, 2, 1), static_cast<std::uint16_t>(1 + (from[0] >> 1 & 3))};
  const Endpoint server{IpAddress::v4(192, 0, 2, 2), 7777};
  segment.source = from_server ? server : client;
  segment.target = from_server ? client : server;
  segment.flags = {.fin = (from[1] & 1) != 0 && (from[1] & 6) == 0,
                   .syn = (from[1] & 6) == 2,
                   .rst = (from[1] & 7) == 4,
                   .urg = (from[1] & 0xf8) == 0xf8};
  segment.flags.ack = (from[1] & 16) == 0;
  segment.urgent_pointer = from[1];
  // Near the end of the sequence space, with a rare wild jump.
  const std::uint32_t jump = (from[0] & 0xe0) == 0xe0 ? std::uint32_t{from[5]} << 24 : 0;
  segment.sequence = 0xffffffc0U + from[2] + jump;
  segment.acknowledgement = 0xffffffc0U + from[3] + jump;
  segment.payload_size = from[4] & 63;
  const std::size_t captured = (from[4] & 64) != 0 ? segment.payload_size / 2 : segment.payload_size;
  segment.payload = bytes.subspan((segment.sequence + (from[4] >> 7)) & 127, captured);
  segment.window = from[5] < 32 ? 0 : from[5];
  if (segment.flags.syn && (from[6] & 1) != 0) segment.window_shift = from[6] >> 4;
  if ((from[6] & 2) != 0) segment.timestamp_value = from[7];
  if ((from[6] & 4) != 0) {
    segment.sack[0] = {segment.acknowledgement + from[7], segment.acknowledgement + from[5]};
    segment.sack[1] = {segment.acknowledgement, segment.acknowledgement + from[6]};
    segment.sack_count = 2;
  }
  segment.ip_id = (from[6] & 8) != 0 ? from[7] : 0;
  segment.checksum = (from[7] & 7) == 7 ? ChecksumState::bad : ChecksumState::good;
  segment.packet = number;
  time += (std::int64_t{from[7]} - 16) * (from[6] >= 0xf0 ? 100'000'000 : 1'000'000);
  segment.time = WallTime(Nanoseconds(time));
  return segment;
}

}  // namespace
}  // namespace plaintalk::analyzer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using plaintalk::analyzer::ConnectionTracker;
  using plaintalk::analyzer::PromiseSink;
  using plaintalk::analyzer::segment_of;
  std::array<std::uint8_t, 256> bytes{};
  for (std::size_t index = 0; index < bytes.size(); ++index) bytes[index] = static_cast<std::uint8_t>(index);
  PromiseSink sink;
  ConnectionTracker tracker({.direction_bytes_max = 2048,
                             .total_bytes_max = 4096,
                             .connection_count_max = 3,
                             .hole_grace = std::chrono::milliseconds(50),
                             .history_bytes = 1,
                             .closed_linger = std::chrono::milliseconds(200),
                             .closed_count_max = 2,
                             .midstream_wait = std::chrono::milliseconds(20)},
                            sink);
  std::int64_t time = 0;
  std::uint64_t number = 0;
  for (; size >= 8; data += 8, size -= 8) tracker.segment(segment_of(data, ++number, time, bytes));
  tracker.finish();
  plaintalk::check(sink.all_closed(), "a connection was not closed");
  return 0;
}
