// Writes down everything the tracker says, for tests to look at. Checks the promises of stream_sink.hpp by
// itself: opened first, bytes and gaps contiguous by rising offset, closed last.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/stream/connection_tracker.hpp"
#include "tests/analyzer/segment_builder.hpp"

namespace plaintalk::analyzer::test {

struct RecordedStream {
  std::string bytes;  // a gap is written as one '?' a byte
  std::uint64_t next = 0;
};

class RecordingSink : public StreamSink {
 public:
  void opened(const ConnectionRecord& connection) override {
    EXPECT_TRUE(streams_.emplace(connection.id, std::array<RecordedStream, 2>{}).second);
    opened_order.push_back(connection.id);
  }
  void data(const StreamData& data) override {
    RecordedStream& stream = stream_of(data.connection, data.direction);
    EXPECT_EQ(data.offset, stream.next);
    EXPECT_FALSE(data.bytes.empty());
    stream.next += data.bytes.size();
    stream.bytes += as_text(data.bytes);
    pieces.push_back({data.packet, data.time, std::string(as_text(data.bytes))});
  }
  void gap(const StreamGap& gap) override {
    RecordedStream& stream = stream_of(gap.connection, gap.direction);
    EXPECT_EQ(gap.offset, stream.next);
    EXPECT_GT(gap.size, 0U);
    stream.next += gap.size;
    if (gap.size < 1'000'000) stream.bytes.append(gap.size, '?');
    gaps.push_back(gap);
  }
  void acknowledged(const StreamAck& ack) override { acks.push_back(ack); }
  void event(const TcpEvent& event) override {
    EXPECT_FALSE(event.evidence.empty()) << event.verdict;
    EXPECT_TRUE(streams_.contains(event.connection)) << event.verdict;
    events.push_back(event);
  }
  void closed(const ConnectionRecord& connection) override {
    EXPECT_TRUE(streams_.contains(connection.id));
    connections.push_back(connection);
  }

  std::string_view client(std::uint64_t id = 1) {
    return stream_of(ConnectionId{id}, Direction::client_to_server).bytes;
  }
  std::string_view server(std::uint64_t id = 1) {
    return stream_of(ConnectionId{id}, Direction::server_to_client).bytes;
  }
  std::size_t count(std::string_view verdict) const {
    return static_cast<std::size_t>(std::ranges::count(events, verdict, &TcpEvent::verdict));
  }
  // All verdicts in order, for messages and comparing.
  std::string verdicts() const {
    std::string text;
    for (const TcpEvent& event : events) text += (text.empty() ? "" : ", ") + std::string(event.verdict);
    return text;
  }

  struct Piece {
    std::uint64_t packet;
    WallTime time;
    std::string bytes;
  };
  std::vector<ConnectionId> opened_order;
  std::vector<Piece> pieces;
  std::vector<StreamGap> gaps;
  std::vector<StreamAck> acks;
  std::vector<TcpEvent> events;
  std::vector<ConnectionRecord> connections;

 private:
  RecordedStream& stream_of(ConnectionId id, Direction direction) {
    return streams_[id][static_cast<std::size_t>(direction)];
  }
  std::map<ConnectionId, std::array<RecordedStream, 2>> streams_;
};

// A tracker with its sink; feeds segments one after another and numbers them from 1, one millisecond apart
// unless they say otherwise.
class Capture {
 public:
  explicit Capture(TrackerLimits limits = {}) : tracker_(limits, sink) {}
  Capture& operator<<(const SegmentBuilder& builder) {
    TcpSegment segment = builder.segment(++number_);
    if (segment.time == WallTime{}) segment.time = last_time_ + std::chrono::milliseconds(1);
    last_time_ = segment.time;
    tracker_.segment(segment);
    return *this;
  }
  // SYN, SYN-ACK, ACK.
  Capture& handshake() {
    return *this << tcp().syn() << tcp().from_server().syn().ack(1) << tcp().seq(1).ack(1);
  }
  RecordingSink& finish() {
    tracker_.finish();
    return sink;
  }
  RecordingSink sink;

 private:
  ConnectionTracker tracker_;
  std::uint64_t number_ = 0;
  WallTime last_time_{};
};

}  // namespace plaintalk::analyzer::test
