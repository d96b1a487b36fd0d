#include "analyzer/run/analysis.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "analyzer/run/carver.hpp"
#include "analyzer/run/forked_copy.hpp"
#include "analyzer/run/live_watchers.hpp"
#include "analyzer/run/memory_budget.hpp"
#include "analyzer/run/packet_feed.hpp"
#include "analyzer/run/packet_table.hpp"
#include "analyzer/run/result_writer.hpp"
#include "analyzer/run/row_feed.hpp"
#include "analyzer/run/stream_feed.hpp"
#include "analyzer/run/stream_relay.hpp"
#include "analyzer/run/traffic.hpp"
#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/tables/header_filter.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::string_view kDatabaseName = "analysis.sqlite";
constexpr std::string_view kSummaryName = "summary.md";
constexpr std::string_view kPageFileName = "report.html";
constexpr std::string_view kPacketsName = "packets";
Row capture_row(const CaptureInfo& info) {
  const auto lines = [](const std::vector<std::string>& texts) {
    std::string joined;
    for (const std::string& text : texts) joined += (joined.empty() ? "" : "\n") + text;
    return joined;
  };
  static const Table* const table = find_table("captures");
  Row row(*table);
  row.text(lines(info.names)).integer(info.packets).integer(info.segments).time(info.first).time(info.last);
  row.seconds(info.first ? std::optional(*info.last - *info.first) : std::nullopt);
  row.integer(info.dropped_count).integer(info.interface_dropped_count);
  row.integer(std::uint64_t{info.is_synthetic}).integer(std::uint64_t{info.contents.messenger_port});
  row.text(info.contents.interface).text(lines(info.damage));
  return row;
}

constexpr std::uint64_t kPacketsPerCheck = 256;  // how often options.keep_reading is asked

class Run {
 public:
  Run(MergedCapture& capture, const AnalysisOptions& options)
      : capture_(capture), options_(options), watchers_(options.watchers), folder_(options.folder) {}

  AnalysisOutcome run() {
    try {
      open_outputs();
      connect_outputs();
      return analyse();
    } catch (const Interruption&) {
      throw;
    } catch (const std::exception& error) {
      throw std::runtime_error(error.what() + what_stays());
    }
  }

 private:
  // The parts that take the capture apart.
  struct Parts {
    Parts(Run& run)
        : packets(run.packets_wanted_ ? std::make_unique<PacketTable>(std::vector<RowSink*>{&run.filter_},
                                                                      waiting_rows_max(run.options_))
                                      : nullptr),
          writer({&run.filter_}, run.summary_, run.traffic_, packets.get(), run.watchers_),
          talk({run.options_.server_port, run.options_.show_secrets, run.options_.description}, writer,
               *run.contents_),
          watched(talk, packets.get(), run.watchers_),
          is_watched(run.watchers_.wants_everything()),
          relay(streams(), segments()),
          tracker(limits(run.options_), relay, segments() != nullptr ? &relay : nullptr),
          decoder(run.options_.overlap),
          budget(run.options_.memory_max, [&run] { return run.held_memory(); }) {}
    static TrackerLimits limits(const AnalysisOptions& options) {
      TrackerLimits limits;
      limits.server_port = options.server_port;
      limits.overlap = options.overlap;
      // What waits behind holes may be a quarter of the budget, what repeats are compared with an eighth.
      if (options.memory_max > 0) {
        limits.total_bytes_max = std::min(limits.total_bytes_max, options.memory_max / 4);
        limits.history_bytes = std::min(limits.history_bytes, options.memory_max / 8);
      }
      return limits;
    }
    // A row that waits takes 2 KiB at most, with what belongs to it; an eighth of the budget is theirs.
    static std::size_t waiting_rows_max(const AnalysisOptions& options) {
      constexpr std::size_t kRowSizeMax = 2 << 10;
      if (options.memory_max == 0) return PacketTable::kWaitingCountMax;
      return std::min(PacketTable::kWaitingCountMax, options.memory_max / 8 / kRowSizeMax);
    }
    // Who takes what the relay passes on.
    StreamSink& streams() { return is_watched ? static_cast<StreamSink&>(watched) : talk; }
    SegmentSink* segments() { return is_watched ? static_cast<SegmentSink*>(&watched) : packets.get(); }
    std::unique_ptr<PacketTable> packets;
    ResultWriter writer;
    TalkAnalyzer talk;
    WatchedStreams watched;
    const bool is_watched;
    StreamRelay relay;
    ConnectionTracker tracker;
    PacketDecoder decoder;
    MemoryBudget budget;
  };

  AnalysisOutcome analyse() {
    Parts parts(*this);
    if (options_.spool) options_.spool->when_idle([&] { return write_if_due(parts); });
    read(parts);
    if (options_.spool) options_.spool->when_idle({});
    copy_ended(copy_.wait());
    return finish(parts);
  }

  AnalysisOutcome finish(Parts& parts) {
    info_.skipped = parts.decoder.skipped();
    info_.used_fragments = parts.decoder.used_fragment_count();
    info_.without_foreign_secrets = !parts.writer.wants_foreign_secrets();
    capture_.describe(info_);
    watchers_.counts(counts(info_.dropped_count, info_.interface_dropped_count));
    parts.tracker.finish();
    report_health(parts.talk.findings(), parts.decoder.fragment_conflicts());
    parts.talk.finish();
    if (packets_wanted_) {
      parts.packets->finish();
      info_.early_packet_rows = parts.packets->early_count();
      info_.waiting_packets_max = Parts::waiting_rows_max(options_);
    }
    return close_outputs();
  }

  // How long there is nothing to do but to wait for packets.
  Milliseconds write_if_due(Parts& parts) {
    constexpr Milliseconds kLong = std::chrono::hours(1);
    constexpr Milliseconds kCopyInterval{20};  // between two looks at a copy that is at work
    if (watchers_.wants_everything()) {
      const DropCounts drops = capture_.drops();
      watchers_.counts(counts(drops.dropped, drops.interface_dropped));
    }
    if (!options_.until_next_write) return kLong;
    look_after_copy();
    if (copy_.is_running()) return kCopyInterval;
    if (info_.packets == packets_written_) return kLong;
    if (options_.until_next_write() <= Nanoseconds::zero()) {
      write_in_between(parts);
      return copy_.is_running() ? kCopyInterval : kLong;
    }
    return std::clamp(std::chrono::ceil<Milliseconds>(options_.until_next_write()), Milliseconds(1), kLong);
  }

  void write_in_between(Parts& parts) {
    packets_written_ = info_.packets;
    csv_->flush();
    if (database_) database_->save();
    folder_.before_copies();
    const std::string trouble = copy_.start([&](const std::function<void()>& is_independent) {
      try {
        watchers_.forget();
        contents_->finish_copies();
        folder_.write_copies();
        if (database_) database_->go_on_in(folder_.copied_path(std::string(kDatabaseName)));
        is_independent();
        info_.is_interim = true;
        finish(parts);
      } catch (...) {
        folder_.discard();
        throw;
      }
    });
    database_is_held_ = database_.has_value();
    if (!trouble.empty()) copy_ended(trouble);
  }

  // What is written here must stay apart from what the copy reads until it has read it.
  void look_after_copy() {
    constexpr std::size_t kKeptMax = 32 << 20;
    const std::size_t kept_max =
        options_.memory_max > 0 ? std::min(kKeptMax, options_.memory_max / 16) : kKeptMax;
    if (!copy_.is_running()) return;
    copy_ended(copy_.poll());
    if (!database_is_held_) return;
    if (copy_.is_dependent() && database_->kept() > kept_max) copy_.wait_until_independent();
    if (!copy_.is_dependent()) let_database_go();
  }

  void let_database_go() {
    if (std::exchange(database_is_held_, false)) database_->write_on();
  }

  void copy_ended(const std::optional<std::string>& trouble) {
    if (!trouble) return;
    let_database_go();
    if (trouble->empty()) {
      folder_.after_copies();
      stays_ = "; the tables of the first " + std::to_string(packets_written_) + " packets stay in " +
               options_.folder;
    }
    if (options_.written_in_between) options_.written_in_between(*trouble, packets_written_);
  }

  // What the two hold together must not be more than is allowed: then the copy ends first.
  std::size_t held_memory() {
    const std::size_t held = options_.measure_memory();
    if (copy_.is_running() && held + copy_.further_memory() > options_.memory_max) copy_ended(copy_.wait());
    return held;
  }

  // Of a run that has failed.
  std::string what_stays() {
    copy_ended(copy_.wait());
    return stays_.empty() ? folder_.what_stays() : stays_;
  }

  bool everything() const { return options_.tables.empty(); }

  void open_outputs() {
    csv_.emplace(folder_);
    for (const Table& table : tables()) {
      const auto& names = options_.tables;
      if (!everything() && std::find(names.begin(), names.end(), table.name) == names.end()) continue;
      if (table.name == kPacketsName) {
        if (everything() && options_.has_more_packets) {
          info_.packets_max = options_.packets_max;
          continue;
        }
        packets_wanted_ = true;
      }
      csv_->add(table);
      written_.push_back(std::string(table.name) + ".csv");
    }
    const bool carve = std::find(written_.begin(), written_.end(), "files.csv") != written_.end();
    if (carve) {
      contents_ = std::make_unique<Carver>(folder_, [this] { copy_ended(copy_.wait()); });
    } else {
      contents_ = std::make_unique<DiscardedContents>();
    }
    if (!everything()) return;
    database_.emplace(folder_.create_path(std::string(kDatabaseName)),
                      folder_.path() + '/' + std::string(kDatabaseName));
    written_.emplace_back(kDatabaseName);
    written_.emplace_back(kSummaryName);
    if (options_.make_page) written_.emplace_back(kPageFileName);
  }

  // Files are read and taken apart in a thread of their own, followed in another, and rows are written in a
  // third. A pipe is not: while it is empty, there are tables to be written.
  bool may_use_threads() const {
    return !options_.spool && !options_.until_next_write && capture_.size().has_value();
  }

  void connect_outputs() {
    std::vector<RowSink*> sinks{&*csv_};
    if (database_) sinks.push_back(&*database_);
    if (may_use_threads()) {
      try {
        rows_.emplace(sinks);
        return filter_.add(*rows_);
      } catch (const std::system_error&) {  // one thread has to do
      }
    }
    for (RowSink* const sink : sinks) filter_.add(*sink);
  }

  // Before anything else is done with the sinks.
  void finish_rows() {
    if (rows_) rows_->finish_rows();
  }

  // The packet that is one too many for the table of packets has come.
  void leave_packets_out(Parts& parts) {
    copy_.wait_until_independent();
    packets_wanted_ = false;
    info_.packets_max = options_.packets_max;
    parts.packets->stop();
    finish_rows();
    const Table& packets = *find_table(kPacketsName);
    csv_->remove(packets);
    if (database_) database_->clear(packets);
    std::erase(written_, std::string(kPacketsName) + ".csv");
  }

  void read(Parts& parts) {
    if (reads_in_threads(parts)) return;
    while (const auto record = capture_.next()) {
      if (info_.packets % kPacketsPerCheck == 0) filter_.set_synthetic(capture_.is_synthetic());
      const auto segment = parts.decoder.decode(*record);
      begin(parts, *record, segment, parts.decoder.last_skip());
      if (segment) follow(parts, *segment);
      end(parts, *record, segment);
      while (const auto further = segment ? parts.decoder.decode_further() : std::nullopt)
        follow(parts, *further);
      if (info_.packets % kPacketsPerCheck != 0) continue;
      if (!keeps_reading()) return;
      write_if_due(parts);
    }
    keeps_reading();
  }

  // False when one thread has to do.
  bool reads_in_threads(Parts& parts) {
    if (!may_use_threads()) return false;
    PacketFeed packets(capture_, parts.decoder, [this] { return keeps_reading(); });
    std::optional<StreamFeed> streams;
    try {
      streams.emplace(packets, parts.tracker, parts.relay, [&] { parts.budget.connections(parts.tracker); });
      packets.start();
    } catch (const std::system_error&) {
      return false;
    }
    const DecodedPacket* packet = nullptr;
    const auto on_packet = [&](const DecodedPacket& next) {
      packet = &next;
      begin(parts, next.record, next.segment, next.skip);
    };
    const auto on_packet_done = [&] { end(parts, packet->record, packet->segment); };
    while (const StreamLog* const log = streams->next()) {
      filter_.set_synthetic(log->is_synthetic());
      log->tell(parts.streams(), parts.segments(), on_packet, on_packet_done);
    }
    return true;
  }

  // Before the packet is followed.
  void begin(Parts& parts, const PacketRecord& record, const std::optional<TcpSegment>& segment,
             SkipReason skip) {
    parts.talk.packet(record.time, record.original_size);
    watchers_.packet(record.time, record.original_size);
    if (packets_wanted_ && everything() && info_.packets == options_.packets_max) leave_packets_out(parts);
    if (packets_wanted_ && segment) parts.packets->packet(record, *segment);
    if (packets_wanted_ && !segment) parts.packets->packet(record, skip);
  }

  // After it.
  void end(Parts& parts, const PacketRecord& record, const std::optional<TcpSegment>& segment) {
    if (segment) {
      ++info_.segments;
      parts.budget.tables(parts.talk);
      parts.talk.advance(segment->time);
    } else {
      traffic_.add(record);
    }
    if (!info_.first || record.time < *info_.first) info_.first = record.time;
    if (!info_.last || record.time > *info_.last) info_.last = record.time;
    ++info_.packets;
  }

  void follow(Parts& parts, const TcpSegment& segment) {
    parts.tracker.segment(segment);
    parts.budget.connections(parts.tracker);
  }

  bool keeps_reading() const { return !options_.keep_reading || options_.keep_reading(capture_); }

  CaptureCounts counts(std::optional<std::uint64_t> dropped,
                       std::optional<std::uint64_t> interface_dropped) const {
    return {info_.packets, info_.segments, dropped, interface_dropped};
  }

  void report_health(Findings& findings, const FragmentConflicts& conflicts) {
    const WallTime end = info_.last.value_or(WallTime{});
    const std::uint64_t dropped = info_.dropped_count.value_or(0);
    const std::uint64_t at_interface = info_.interface_dropped_count.value_or(0);
    if (dropped + at_interface > 0)
      findings.add("capture-drops", end, {}, {},
                   "the capture lost " + std::to_string(dropped) + " packets in the kernel's buffer and " +
                       std::to_string(at_interface) +
                       " at the interface: what is missing below may have been sent");
    if (conflicts.count > 0)
      findings.add(
          "conflicting-fragments", end, {}, {conflicts.first_packet},
          plural(conflicts.count, "IP fragment") +
              " contradicted an earlier one of the same packet about place, bytes or size, first in packet " +
              std::to_string(conflicts.first_packet) + " (policy " + std::string(name_of(options_.overlap)) +
              "); " + plural(conflicts.lost_count, "packet") +
              " given up because of it, as the receiver does");
    for (const std::string& damage : info_.damage) findings.add("damaged-input", end, {}, {}, damage);
    for (const auto& [reason, count] : info_.skipped)
      findings.add("skipped-packets", end, {}, {},
                   std::to_string(count) + " packets without a TCP segment: " + reason);
    if (info_.packets_max) findings.add("packets-left-out", end, {}, {}, left_out_text(*info_.packets_max));
    if (capture_.is_synthetic()) findings.add("synthetic", end, {}, {}, std::string(kSyntheticHeaders));
  }

  void describe_capture() {
    info_.is_synthetic = capture_.is_synthetic();
    info_.contents.packets = info_.packets;
    info_.contents.messenger_port = options_.server_port;
    info_.contents.interface = options_.interface;
    traffic_.describe(info_.contents);
    traffic_.write(filter_);
    filter_.row(capture_row(info_));
  }

  AnalysisOutcome close_outputs() {
    describe_capture();
    finish_rows();
    csv_->finish();
    if (database_) {
      database_->about("program", "plaintalk-analyze " + options_.version);
      database_->about("secrets", options_.show_secrets ? "shown" : "masked");
      database_->about("state", info_.is_interim ? "written while the capture went on" : "complete");
      database_->about("packets", std::to_string(info_.packets));
      if (info_.is_synthetic) database_->about("headers", "synthetic");
      if (info_.packets_max) database_->about("packets_table", left_out_text(*info_.packets_max));
      std::string inputs;
      for (const std::string& name : info_.names) inputs += (inputs.empty() ? "" : "\n") + table_text(name);
      database_->about("inputs", inputs);
      // For a page, which may have to do without the secrets of the analysis.
      database_->about("summary", summary_.render_markdown(info_, written_, false));
      if (options_.show_secrets)
        database_->about("summary_with_secrets", summary_.render_markdown(info_, written_, true));
      database_->finish();
    }
    const std::string page_trouble = write_page();
    if (everything()) {
      OutputFile file = folder_.create(std::string(kSummaryName));
      file.write(summary_.render_markdown(info_, written_, options_.show_secrets));
      file.close();
    }
    folder_.commit();
    return {info_.damage, summary_.render_text(info_, options_.folder), page_trouble};
  }

  // The tables are worth having without it.
  std::string write_page() {
    const std::string name(kPageFileName);
    if (!everything() || !options_.make_page || info_.is_interim) {
      std::erase(written_, name);
      return {};
    }
    bool is_created = false;
    try {
      WrittenPage page = options_.make_page(folder_.copied_path(std::string(kDatabaseName)));
      OutputFile file = folder_.create(name);
      is_created = true;
      file.write(page.html);
      file.close();
      return page.trouble;
    } catch (const std::exception& error) {
      if (is_created) folder_.abandon(name);
      std::erase(written_, name);
      return name + " was left out: " + error.what();
    }
  }

  MergedCapture& capture_;
  const AnalysisOptions& options_;
  LiveWatchers watchers_;
  AnalysisFolder folder_;
  Summary summary_;
  Traffic traffic_;
  CaptureInfo info_;
  bool packets_wanted_ = false;        // the table of them
  std::uint64_t packets_written_ = 0;  // when the tables were last written in between
  std::string stays_;                  // what a person then finds, should this run fail
  std::vector<std::string> written_;
  std::optional<CsvTables> csv_;
  std::optional<Database> database_;
  std::unique_ptr<CarvedContents> contents_;
  std::optional<RowFeed> rows_;  // to those before
  HeaderFilter filter_;
  bool database_is_held_ = false;  // what is new stays in memory
  ForkedCopy copy_;                // that writes the tables; gone first, for it needs the others
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
