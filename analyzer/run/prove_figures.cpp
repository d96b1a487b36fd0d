#include "analyzer/run/prove_figures.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analyzer/run/carver.hpp"
#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"

namespace plaintalk::analyzer {
namespace {

class FigureCollector : public TalkSink {
 public:
  explicit FigureCollector(Figures& figures) : figures_(figures) {}

  void connection(const ConnectionResult& row) override {
    const ConnectionRecord& connection = *row.connection;
    add(Figure::connections);
    add(Figure::copies, connection.duplicate_capture_packets);
    for (const EndpointRecord* side : {&connection.client, &connection.server}) {
      add(Figure::bytes, side->bytes);
      add(Figure::gap_bytes, side->gap_bytes);
      add(Figure::truncated_bytes, side->truncated_bytes);
      add(Figure::retransmitted_packets, side->retransmitted_packets);
      add(Figure::out_of_order_packets, side->out_of_order_packets);
      add(Figure::ambiguous_packets, side->ambiguous_packets);
      add(Figure::rtt_samples, side->rtt.count);
    }
  }
  void pdu(const PduResult& row) override {
    add(Figure::pdus);
    if (row.status != "ok" || row.hole_bytes > 0) add(Figure::broken_pdus);
  }
  void message(const MessageResult& row) override {
    add(Figure::messages);
    add(Figure::deliveries, row.balance.deliveries);
    add(Figure::missing_deliveries, row.balance.missing);
    if (row.hole_bytes == 0)
      figures_.messages.push_back(row.room + ' ' + std::to_string(row.seq) + ' ' + row.sender + ' ' +
                                  row.text);
  }
  void credential(const CredentialResult&) override { add(Figure::logins); }
  void transfer(const TransferResult&) override { add(Figure::files); }
  void finding(const Finding& row) override {
    if (row.severity == Severity::high) add(Figure::high_findings);
  }
  void tcp_event(const TcpEvent&) override {}
  void user(const UserResult&) override {}
  void file(const FileResult&) override {}
  void room(const RoomResult&) override {}
  void timeline(const TimelineResult&) override {}
  bool wants_evidence() const override { return false; }
  bool wants_arguments() const override { return false; }

  void add(Figure figure, std::uint64_t count = 1) { figures_.values[figure] += count; }

 private:
  Figures& figures_;
};

}  // namespace

std::string_view name_of(Figure figure) {
  constexpr std::array<std::string_view, kFigureCount> kNames = {"packets",
                                                                 "TCP segments",
                                                                 "connections",
                                                                 "stream bytes",
                                                                 "missing bytes",
                                                                 "truncated bytes",
                                                                 "retransmitted packets",
                                                                 "out-of-order packets",
                                                                 "ambiguous packets",
                                                                 "captured twice",
                                                                 "frames",
                                                                 "broken frames",
                                                                 "messages",
                                                                 "deliveries",
                                                                 "missing deliveries",
                                                                 "logins",
                                                                 "file transfers",
                                                                 "high findings",
                                                                 "round trips"};
  return kNames[static_cast<std::size_t>(figure)];
}

Figures figures_of(MergedCapture& capture, std::uint16_t server_port, OverlapPolicy overlap,
                   const std::function<void()>& keep_going) {
  constexpr std::uint64_t kPacketsPerCheck = 256;
  Figures figures;
  FigureCollector collector(figures);
  DiscardedContents contents;
  TalkAnalyzer talk({server_port, false}, collector, contents);
  TrackerLimits limits;
  limits.server_port = server_port;
  limits.overlap = overlap;
  ConnectionTracker tracker(limits, talk);
  PacketDecoder decoder(overlap);
  std::optional<WallTime> last;
  while (const auto record = capture.next()) {
    figures.has_times_that_go_back |= last && record->time < *last;
    figures.has_equal_times |= last && record->time == *last;
    last = record->time;
    collector.add(Figure::packets);
    talk.packet(record->time, record->original_size);
    for (auto segment = decoder.decode(*record); segment; segment = decoder.decode_further()) {
      collector.add(Figure::segments);
      tracker.segment(*segment);
      talk.advance(segment->time);
    }
    if (figures[Figure::packets] % kPacketsPerCheck == 0 && keep_going) keep_going();
  }
  tracker.finish();
  talk.finish();
  std::ranges::sort(figures.messages);
  return figures;
}

}  // namespace plaintalk::analyzer
