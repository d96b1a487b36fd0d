#include "tests/golden/analysis_of.hpp"

#include <algorithm>

#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::golden {
namespace {

class UnitCollector : public analyzer::TalkSink {
 public:
  void pdu(const analyzer::PduResult& row) override {
    const Stream stream{static_cast<std::uint64_t>(row.connection), static_cast<int>(row.direction)};
    if (row.hole_bytes > 0) analysis.with_gaps.insert(stream);
    if (row.status != "ok" || row.hole_bytes > 0) return;
    analysis.units[stream].push_back({row.stream_offset, row.length, std::string(row.verb), row.arguments});
  }
  void connection(const analyzer::ConnectionResult&) override {}
  void tcp_event(const analyzer::TcpEvent&) override {}
  void message(const analyzer::MessageResult&) override {}
  void credential(const analyzer::CredentialResult&) override {}
  void user(const analyzer::UserResult&) override {}
  void file(const analyzer::FileResult&) override {}
  void transfer(const analyzer::TransferResult&) override {}
  void room(const analyzer::RoomResult&) override {}
  void timeline(const analyzer::TimelineResult&) override {}
  void finding(const analyzer::Finding&) override {}

  Analysis analysis;
};

class NoStore : public analyzer::ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

// Passes everything on, and remembers where streams have gaps.
class GapWatcher : public analyzer::StreamSink {
 public:
  GapWatcher(analyzer::TalkAnalyzer& talk, Analysis& analysis) : talk_(talk), analysis_(analysis) {}
  void opened(const analyzer::ConnectionRecord& connection) override { talk_.opened(connection); }
  void data(const analyzer::StreamData& data) override { talk_.data(data); }
  void gap(const analyzer::StreamGap& gap) override {
    analysis_.with_gaps.insert({static_cast<std::uint64_t>(gap.connection), static_cast<int>(gap.direction)});
    talk_.gap(gap);
  }
  void acknowledged(const analyzer::StreamAck& ack) override { talk_.acknowledged(ack); }
  void event(const analyzer::TcpEvent& event) override { talk_.event(event); }
  void closed(const analyzer::ConnectionRecord& connection) override { talk_.closed(connection); }

 private:
  analyzer::TalkAnalyzer& talk_;
  Analysis& analysis_;
};

}  // namespace

std::vector<Packet> packets_of(const std::string& capture_file) {
  auto reader = capture::CaptureReader::from_memory(as_bytes(capture_file), "golden");
  std::vector<Packet> packets;
  for (;;) {
    const auto record = reader.next();
    if (!record || !*record) return packets;
    packets.push_back({**record, std::string(as_text((*record)->bytes))});
  }
}

Analysis analysis_of(std::span<const Packet> packets, std::size_t bytes_max) {
  UnitCollector collector;
  NoStore store;
  analyzer::TalkAnalyzer talk({}, collector, store);
  GapWatcher watcher(talk, collector.analysis);
  // Every run would otherwise fill 32 MiB with zeros.
  analyzer::ConnectionTracker tracker({.history_bytes = std::size_t{1} << 18}, watcher);
  analyzer::PacketDecoder decoder;
  for (const Packet& packet : packets) {
    // An exact copy on the heap, so that AddressSanitizer sees the first byte read behind it.
    const std::vector<std::uint8_t> bytes(
        packet.bytes.begin(),
        packet.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes_max, packet.bytes.size())));
    PacketRecord record = packet.record;
    record.bytes = bytes;
    talk.packet(record.time, record.original_size);
    if (const auto segment = decoder.decode(record)) tracker.segment(*segment);
  }
  tracker.finish();
  talk.finish();
  return std::move(collector.analysis);
}

}  // namespace plaintalk::golden
