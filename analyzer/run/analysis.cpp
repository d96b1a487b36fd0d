#include "analyzer/run/analysis.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "analyzer/run/carver.hpp"
#include "analyzer/run/result_writer.hpp"
#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::string_view kDatabaseName = "analysis.sqlite";
constexpr std::string_view kSummaryName = "summary.md";
constexpr std::uint64_t kPacketsPerCheck = 256;  // how often options.keep_reading is asked

class Run {
 public:
  Run(MergedCapture& capture, const AnalysisOptions& options)
      : capture_(capture), options_(options), folder_(options.folder) {}

  AnalysisOutcome run() {
    open_outputs();
    ResultWriter writer(sinks_, summary_, options_.watcher);
    TalkAnalyzer talk({options_.server_port, options_.show_secrets}, writer, *contents_);
    TrackerLimits limits;
    limits.server_port = options_.server_port;
    ConnectionTracker tracker(limits, talk);
    read(tracker, talk);
    tracker.finish();
    report_health(talk.findings());
    talk.finish();
    return close_outputs();
  }

 private:
  bool everything() const { return options_.tables.empty(); }

  void open_outputs() {
    csv_.emplace(folder_);
    for (const Table& table : tables()) {
      const auto& names = options_.tables;
      if (!everything() && std::find(names.begin(), names.end(), table.name) == names.end()) continue;
      csv_->add(table);
      written_.push_back(std::string(table.name) + ".csv");
    }
    sinks_.push_back(&*csv_);
    const bool carve = std::find(written_.begin(), written_.end(), "files.csv") != written_.end();
    if (carve) {
      contents_ = std::make_unique<Carver>(folder_);
    } else {
      contents_ = std::make_unique<DiscardedContents>();
    }
    if (!everything()) return;
    folder_.create(std::string(kDatabaseName)).close();
    database_.emplace(folder_.temporary_path(std::string(kDatabaseName)));
    sinks_.push_back(&*database_);
    written_.emplace_back(kDatabaseName);
    written_.emplace_back(kSummaryName);
  }

  void read(ConnectionTracker& tracker, TalkAnalyzer& talk) {
    PacketDecoder decoder;
    while (const auto record = capture_.next()) {
      talk.packet(record->time, record->original_size);
      if (const auto segment = decoder.decode(*record)) {
        ++info_.segments;
        tracker.segment(*segment);
        talk.advance(segment->time);
      }
      if (!info_.first || record->time < *info_.first) info_.first = record->time;
      if (!info_.last || record->time > *info_.last) info_.last = record->time;
      if (++info_.packets % kPacketsPerCheck == 0 && options_.keep_reading &&
          !options_.keep_reading(capture_))
        break;
    }
    info_.skipped = decoder.skipped();
    capture_.describe(info_);
  }

  void report_health(Findings& findings) {
    const WallTime end = info_.last.value_or(WallTime{});
    const std::uint64_t dropped = info_.dropped_count.value_or(0);
    const std::uint64_t at_interface = info_.interface_dropped_count.value_or(0);
    if (dropped + at_interface > 0)
      findings.add("capture-drops", end, {}, {},
                   "the capture lost " + std::to_string(dropped) + " packets in the kernel's buffer and " +
                       std::to_string(at_interface) +
                       " at the interface: what is missing below may have been sent");
    for (const std::string& damage : info_.damage) findings.add("damaged-input", end, {}, {}, damage);
    for (const auto& [reason, count] : info_.skipped)
      findings.add("skipped-packets", end, {}, {},
                   std::to_string(count) + " packets without a TCP segment: " + reason);
    if (capture_.is_synthetic())
      findings.add("synthetic", end, {}, {},
                   "an application recorded this capture and made up the TCP/IP headers: timing and TCP "
                   "behaviour are not real");
  }

  AnalysisOutcome close_outputs() {
    csv_->finish();
    if (database_) {
      database_->about("program", "plaintalk-analyze " + options_.version);
      database_->about("secrets", options_.show_secrets ? "shown" : "masked");
      database_->about("packets", std::to_string(info_.packets));
      std::string inputs;
      for (const std::string& name : info_.names) inputs += (inputs.empty() ? "" : "\n") + table_text(name);
      database_->about("inputs", inputs);
      database_->finish();
    }
    if (everything()) {
      OutputFile file = folder_.create(std::string(kSummaryName));
      file.write(summary_.render_markdown(info_, written_, options_.show_secrets));
      file.close();
    }
    folder_.commit();
    return {info_.damage, summary_.render_text(info_, options_.folder)};
  }

  MergedCapture& capture_;
  const AnalysisOptions& options_;
  AnalysisFolder folder_;
  Summary summary_;
  CaptureInfo info_;
  std::vector<std::string> written_;
  std::optional<CsvTables> csv_;
  std::optional<Database> database_;
  std::unique_ptr<ContentStore> contents_;
  std::vector<RowSink*> sinks_;
};

}  // namespace

AnalysisOutcome analyse(MergedCapture& capture, const AnalysisOptions& options) {
  return Run(capture, options).run();
}

std::string default_folder(std::string_view input) {
  if (input == "-") return "stdin-analysis";
  const std::size_t slash = input.rfind('/');
  std::string_view name = slash == input.npos ? input : input.substr(slash + 1);
  const std::size_t point = name.rfind('.');
  if (point != name.npos && point > 0) name = name.substr(0, point);
  return std::string(name) + "-analysis";
}

}  // namespace plaintalk::analyzer
