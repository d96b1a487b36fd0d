// Gathers the rows of the table `packets`. Much of a row is known only later: whose acknowledgement it was
// waiting for, what is said about it, which frames it carried. So each row waits until a fixed number of
// packets has come after it, and rows are written in the order of the capture.
//
// Memory is bounded by that window: what is kept about connections goes with their last waiting row.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/run/packet_pdus.hpp"
#include "analyzer/run/sequence_watch.hpp"
#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/tables/packet_row.hpp"
#include "analyzer/talk/results.hpp"
#include "analyzer/wire/skip_reason.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

class PacketTable : public SegmentSink {
 public:
  static constexpr std::size_t kWaitingCountMax = 32768;

  explicit PacketTable(std::vector<RowSink*> sinks, std::size_t waiting_count_max = kWaitingCountMax)
      : sinks_(std::move(sinks)), waiting_count_max_(waiting_count_max) {}

  // Every packet of the capture, before it goes to the tracker.
  void packet(const PacketRecord& record, const TcpSegment& segment);
  void packet(const PacketRecord& record, SkipReason reason);

  void segment(const JudgedSegment& segment) override;
  void verdict(const TcpEvent& event);
  void pdu(const PduResult& pdu);

  // Everything was told.
  void finish();
  // No row is wanted any more; what is told from here on is not listened to. packet() must not be called
  // again.
  void stop();

  // Rows that were written when the acknowledgement of their bytes had not come, nor the end of the capture;
  // or when their connection was not known.
  std::uint64_t early_count() const { return early_count_; }

 private:
  struct Side {
    SequenceWatch watch;
    PacketPdus pdus;
  };
  struct Connection {
    std::array<Side, 2> sides;
    std::size_t waiting_count = 0;
    Side& side(Direction direction) { return sides[static_cast<std::size_t>(direction)]; }
  };

  PacketResult& add(const PacketRecord& record);
  PacketResult* find(std::uint64_t packet);
  void further_segment(const PacketResult& row, const JudgedSegment& judged);
  void acknowledge(Connection& connection, PacketResult& row);
  void take(Connection& connection, PacketResult& row, const JudgedSegment& judged);
  void write_first(bool is_early);

  std::vector<RowSink*> sinks_;
  std::size_t waiting_count_max_;
  std::vector<PacketResult> ring_;  // its size is a power of two, or 0
  std::uint64_t first_packet_ = 0;  // of those that wait
  std::size_t count_ = 0;
  std::optional<WallTime> start_;
  std::unordered_map<std::uint64_t, Connection> connections_;  // that have a row here
  std::uint64_t early_count_ = 0;
  SequenceWatch::Acknowledged acknowledged_;
  bool is_stopped_ = false;
};

}  // namespace plaintalk::analyzer
