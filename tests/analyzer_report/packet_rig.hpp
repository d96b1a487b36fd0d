// Segments by name in, rows of the table `packets` out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/run/packet_table.hpp"
#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/tables/table.hpp"
#include "tests/analyzer/segment_builder.hpp"

namespace plaintalk::analyzer::test {

class PacketRig : private StreamSink, private RowSink {
 public:
  explicit PacketRig(std::size_t waiting_count_max = PacketTable::kWaitingCountMax)
      : table({this}, waiting_count_max), tracker_({}, *this, &table) {}

  // One millisecond apart unless they say otherwise.
  PacketRig& operator<<(const SegmentBuilder& builder) {
    TcpSegment segment = builder.segment(++number_);
    if (segment.time == WallTime{}) segment.time = last_time_ + std::chrono::milliseconds(1);
    last_time_ = segment.time;
    table.packet(record(), segment);
    tracker_.segment(segment);
    return *this;
  }
  PacketRig& without_segment(SkipReason reason) {
    ++number_;
    table.packet(record(), reason);
    return *this;
  }
  PacketRig& handshake() {
    return *this << tcp().syn().shift(7) << tcp().from_server().syn().shift(7).ack(1) << tcp().seq(1).ack(1);
  }
  PacketRig& finish() {
    tracker_.finish();
    table.finish();
    return *this;
  }

  // The cell as CSV has it.
  std::string cell(std::uint64_t packet, std::string_view column) const {
    const auto row = rows_.find(packet);
    if (row == rows_.end()) return "no row";
    const auto cell = row->second.find(column);
    return cell == row->second.end() ? "no such column" : cell->second;
  }
  // Of the packets in order, separated by spaces; an empty cell is a dash.
  std::string column(std::string_view name) const {
    std::string text;
    for (const std::uint64_t packet : order_) {
      const std::string value = cell(packet, name);
      text += (text.empty() ? "" : " ") + (value.empty() ? "-" : value);
    }
    return text;
  }
  const std::vector<std::uint64_t>& order() const { return order_; }

  PacketTable table;

 private:
  PacketRecord record() const {
    PacketRecord record;
    record.number = number_;
    record.time = last_time_;
    record.original_size = 60;
    return record;
  }
  void row(const Row& row) override {
    const auto& columns = row.table().columns;
    std::map<std::string, std::string, std::less<>> cells;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      std::string& cell = cells[std::string(columns[index].name)];
      if (columns[index].type == CellType::text) {
        cell = row.text(index);
      } else {
        append_number(cell, row.cells()[index], columns[index].type);
      }
    }
    const std::uint64_t packet = std::stoull(cells["packet"]);
    EXPECT_TRUE(rows_.emplace(packet, std::move(cells)).second) << "one row for each packet";
    order_.push_back(packet);
  }
  void opened(const ConnectionRecord&) override {}
  void data(const StreamData&) override {}
  void gap(const StreamGap&) override {}
  void acknowledged(const StreamAck&) override {}
  void event(const TcpEvent& event) override { table.verdict(event); }
  void closed(const ConnectionRecord&) override {}

  ConnectionTracker tracker_;
  std::uint64_t number_ = 0;
  WallTime last_time_{};
  std::map<std::uint64_t, std::map<std::string, std::string, std::less<>>> rows_;
  std::vector<std::uint64_t> order_;
};

}  // namespace plaintalk::analyzer::test
