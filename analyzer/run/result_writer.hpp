// Receives everything the talk layer finds and passes it on: to the tables that were asked for, to the
// database, to the summary, and to whoever watches a live capture.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/run/live_watchers.hpp"
#include "analyzer/run/packet_table.hpp"
#include "analyzer/run/summary.hpp"
#include "analyzer/run/traffic.hpp"
#include "analyzer/tables/csv_tables.hpp"
#include "analyzer/tables/database.hpp"
#include "analyzer/tables/result_rows.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

class ResultWriter : public TalkSink {
 public:
  // `sinks` get every row; the summary always does.
  // `packets` is told what is found about packets, if there is one.
  ResultWriter(std::vector<RowSink*> sinks, Summary& summary, Traffic& traffic, PacketTable* packets,
               LiveWatchers& watchers)
      : sinks_(std::move(sinks)),
        summary_(summary),
        traffic_(traffic),
        packets_(packets),
        watchers_(watchers) {}

  bool wants_evidence() const override { return wanted_.tcp_events; }
  bool wants_arguments() const override { return wanted_.pdus || watchers_.wants_everything(); }
  bool wants_foreign_secrets() const override { return wanted_.secrets || watchers_.any(); }

  void connection(const ConnectionResult& row) override {
    traffic_.add(row);
    take(row, wanted_.connections);
  }
  void tcp_event(const TcpEvent& row) override {
    take(row, wanted_.tcp_events);
    if (packets_ != nullptr) packets_->verdict(row);
  }
  void pdu(const PduResult& row) override {
    watchers_.pdu(row);
    take(row, wanted_.pdus);
    if (packets_ != nullptr) packets_->pdu(row);
  }
  void credential(const CredentialResult& row) override {
    watchers_.credential(row);
    take(row);
  }
  void user(const UserResult& row) override { take(row); }
  void file(const FileResult& row) override { take(row); }
  void room(const RoomResult& row) override { take(row); }
  void finding(const Finding& row) override { take(row); }
  void transfer(const TransferResult& row) override { write(row_of(row)); }
  void timeline(const TimelineResult& row) override { write(row_of(row)); }
  void message(const MessageResult& row) override {
    take(row, wanted_.messages);
    if (!wanted_.deliveries) return;
    for (const DeliveryResult& delivery : row.deliveries) write(row_of(row, delivery));
  }
  void live_event(const LiveEvent& live_event) override { watchers_.live_event(live_event); }

 private:
  template <typename Result>
  void take(const Result& result, bool is_wanted = true) {
    summary_.add(result);
    if (is_wanted) write(row_of(result));
  }
  void write(const Row& row) {
    for (RowSink* sink : sinks_) sink->row(row);
  }

  bool wants(std::string_view table) const {
    return std::ranges::any_of(sinks_, [&](const RowSink* sink) { return sink->wants(*find_table(table)); });
  }

  std::vector<RowSink*> sinks_;
  // Tables with many rows: none is made that nobody takes.
  struct Wanted {
    bool connections = false;
    bool messages = false;
    bool deliveries = false;
    bool pdus = false;
    bool tcp_events = false;
    bool secrets = false;
  };
  Wanted wanted_{wants("connections"), wants("messages"),   wants("deliveries"),
                 wants("pdus"),        wants("tcp_events"), wants("credentials") || wants("findings")};
  Summary& summary_;
  Traffic& traffic_;
  PacketTable* packets_;
  LiveWatchers& watchers_;
};

}  // namespace plaintalk::analyzer
