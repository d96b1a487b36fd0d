// Connections that are followed in another thread tell what they would have told here, in the same order.
#include "analyzer/run/stream_feed.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "capture/synthetic/tcp_packet.hpp"
#include "tests/analyzer_report/memory_capture.hpp"
#include "tests/capture/file_builder.hpp"

namespace plaintalk::analyzer {
namespace {

using capture::tcp_flag::kAck;
using capture::tcp_flag::kFin;
using capture::tcp_flag::kSyn;

// Everything that is told, a line each.
class Transcript : public StreamSink, public SegmentSink {
 public:
  void opened(const ConnectionRecord& connection) override { line("opened", number(connection.id)); }
  void data(const StreamData& data) override {
    line("data", number(data.connection), data.offset, data.packet, as_text(data.bytes));
  }
  void gap(const StreamGap& gap) override {
    line("gap", number(gap.connection), gap.offset, gap.size, name_of(gap.cause));
  }
  void acknowledged(const StreamAck& ack) override {
    line("acknowledged", number(ack.connection), ack.offset, ack.packet);
  }
  void event(const TcpEvent& event) override {
    line("event", number(event.connection), event.packet, event.verdict, event.evidence);
  }
  void closed(const ConnectionRecord& connection) override {
    line("closed", number(connection.id), connection.state, connection.history, connection.client.packets);
  }
  void segment(const JudgedSegment& judged) override {
    line("segment", judged.segment.packet, number(judged.connection), judged.sequence,
         as_text(judged.segment.payload));
  }
  void packet(const DecodedPacket& packet) { line("packet", packet.record.number); }
  void packet_done() { line("done"); }

  std::vector<std::string> lines;

 private:
  static std::uint64_t number(ConnectionId id) { return static_cast<std::uint64_t>(id); }
  static std::string text(std::uint64_t value) { return std::to_string(value); }
  static std::string text(std::int64_t value) { return std::to_string(value); }
  static std::string text(std::string_view value) { return std::string(value); }
  template <typename... Values>
  void line(std::string_view what, const Values&... values) {
    std::string& line = lines.emplace_back(what);
    ((line += ' ' + text(values)), ...);
  }
};

class CaptureOf {
 public:
  void add(std::uint32_t second, std::uint16_t port, std::uint32_t sequence, std::uint8_t flags,
           std::string_view payload = {}, bool from_server = false, std::uint32_t acknowledgement = 0) {
    capture::TcpPacket packet;
    packet.source = {IpAddress::v4(192, 0, 2, 1), port};
    packet.target = {IpAddress::v4(192, 0, 2, 2), 7777};
    if (from_server) std::swap(packet.source, packet.target);
    packet.sequence = sequence;
    packet.acknowledgement = acknowledgement;
    packet.flags = flags;
    packet.ip_id = ++count_;
    packet.payload = payload;
    std::string bytes;
    capture::append_ip_packet(packet, bytes);
    file += capture::pcap_record(capture::kLittle, second, count_, bytes,
                                 static_cast<std::uint32_t>(bytes.size()));
  }
  // A whole connection, with a segment that comes too early and one twice.
  void conversation(std::uint32_t second, std::uint16_t port) {
    add(second, port, 999, kSyn);
    add(second, port, 4999, kSyn | kAck, {}, true, 1000);
    add(second, port, 1000, kAck, "hello", false, 5000);
    add(second, port, 1010, kAck, "later", false, 5000);
    add(second, port, 1005, kAck, "first", false, 5000);
    add(second, port, 1005, kAck, "first", false, 5000);
    add(second, port, 5000, kAck, "reply", true, 1015);
    add(second, port, 1015, kAck | kFin, {}, false, 5005);
    add(second, port, 5005, kAck | kFin, {}, true, 1016);
    add(second, port, 1016, kAck, {}, false, 5006);
  }

  std::string file = capture::pcap_header(capture::kLittle, {.network = test::kRawIp});

 private:
  std::uint16_t count_ = 0;
};

std::vector<std::string> told_here(const std::string& file) {
  MergedCapture capture = test::opened(file);
  PacketDecoder decoder;
  Transcript transcript;
  ConnectionTracker tracker({}, transcript, &transcript);
  while (const auto record = capture.next()) {
    const DecodedPacket packet{*record, decoder.decode(*record), {}};
    transcript.packet(packet);
    if (packet.segment) tracker.segment(*packet.segment);
    transcript.packet_done();
  }
  tracker.finish();
  return transcript.lines;
}

struct Threads {
  explicit Threads(const std::string& file) : capture(test::opened(file)) {}
  MergedCapture capture;
  PacketDecoder decoder;
  Transcript transcript;
  StreamRelay relay{transcript, &transcript};
  ConnectionTracker tracker{{}, relay, &relay};
  std::size_t log_count = 0;

  void run(
      const std::function<bool()>& keep_reading = [] { return true; },
      const std::function<void()>& after_segment = [] {}) {
    PacketFeed packets(capture, decoder, keep_reading);
    StreamFeed streams(packets, tracker, relay, after_segment);
    packets.start();
    while (const StreamLog* const log = streams.next()) {
      ++log_count;
      log->tell(
          transcript, &transcript, [&](const DecodedPacket& packet) { transcript.packet(packet); },
          [&] { transcript.packet_done(); });
    }
  }
};

void expect_same(const std::string& file) {
  Threads threads(file);
  threads.run();
  threads.tracker.finish();
  const std::vector<std::string> here = told_here(file);
  ASSERT_EQ(threads.transcript.lines.size(), here.size());
  for (std::size_t index = 0; index < here.size(); ++index)
    ASSERT_EQ(threads.transcript.lines[index], here[index]) << "line " << index;
}

TEST(StreamFeed, TellsWhatIsToldWithoutThreads) {
  CaptureOf capture;
  for (std::uint16_t round = 0; round < 400; ++round)
    capture.conversation(10U + round, static_cast<std::uint16_t>(40000 + round % 50));
  expect_same(capture.file);
}

// Goal: what waited in the tracker's memory when it was told is still there when it is told again.
TEST(StreamFeed, KeepsTheBytesOfSegmentsThatWaitedForTheirConnection) {
  CaptureOf capture;
  for (std::uint16_t round = 0; round < 100; ++round) {  // no SYN: their beginning was not captured
    const auto port = static_cast<std::uint16_t>(41000 + round);
    capture.add(10, port, 3000, kAck, "second" + std::to_string(round), false, 1);
    capture.add(10, port, 2000, kAck, "before" + std::to_string(round), false, 1);
  }
  capture.conversation(20, 40000);
  expect_same(capture.file);
}

// Goal: one packet that ends a hundred thousand connections does not make a log of a hundred thousand rows.
TEST(StreamFeed, GoesOnInAnotherLogWhenOnePacketTellsMuch) {
  constexpr unsigned kConnections = 9'000;
  CaptureOf capture;
  for (unsigned index = 0; index < kConnections; ++index)
    capture.add(10, static_cast<std::uint16_t>(20'000 + index), 1, kSyn);
  capture.conversation(1000, 10'000);  // the attempts have waited long enough
  expect_same(capture.file);
  Threads threads(capture.file);
  threads.run();
  const std::size_t told = threads.transcript.lines.size();
  EXPECT_GT(told, 2 * kConnections);
  EXPECT_GE(threads.log_count,
            kConnections / PacketFeed::kPacketsPerBlock + 2 * kConnections / StreamLog::kCountMax);
}

TEST(StreamFeed, HandsOnWhatStopsTheReadingOrTheFollowing) {
  CaptureOf capture;
  for (std::uint16_t port = 40'000; port < 40'200; ++port) capture.conversation(10, port);
  Threads reading(capture.file);
  EXPECT_THROW(reading.run([]() -> bool { throw std::runtime_error("enough"); }), std::runtime_error);
  EXPECT_FALSE(reading.transcript.lines.empty()) << "what was read before is told";
  Threads following(capture.file);
  EXPECT_THROW(following.run([] { return true; }, [] { throw std::runtime_error("enough"); }),
               std::runtime_error);
}

// Goal: whoever gives up is not kept waiting by threads that wait for room.
TEST(StreamFeed, StopsWhenNobodyWantsMore) {
  CaptureOf capture;
  for (std::uint16_t port = 20'000; port < 21'000; ++port) capture.conversation(10, port);
  for (int round = 0; round < 8; ++round) {
    Threads threads(capture.file);
    PacketFeed packets(threads.capture, threads.decoder, [] { return true; });
    StreamFeed streams(packets, threads.tracker, threads.relay, [] {});
    packets.start();
    if (round % 2 == 0) {
      EXPECT_NE(streams.next(), nullptr);
    }
  }
}

}  // namespace
}  // namespace plaintalk::analyzer
