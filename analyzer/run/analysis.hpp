// One run of plaintalk-analyze: packets in, a folder of reports out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/run/pipe_spool.hpp"
#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/talk/described/description.hpp"
#include "analyzer/talk/live_watcher.hpp"
#include "analyzer/wire/overlap_policy.hpp"
#include "base/heap_in_use.hpp"

namespace plaintalk::analyzer {

// report.html, and what is missing in it.
struct WrittenPage {
  std::string html;
  std::string trouble;
};

struct AnalysisOptions {
  std::string folder;
  std::vector<std::string> tables;  // only these as CSV, and nothing else; empty: everything
  // The table `packets` is left out when there are more packets than this, unless it is in `tables`.
  std::uint64_t packets_max = 1'000'000;
  bool has_more_packets = false;  // it is known that there are
  std::uint16_t server_port = 7777;
  std::string interface;  // of a live capture
  bool show_secrets = false;
  std::shared_ptr<const described::Description> description;  // of another protocol; nullptr: none
  OverlapPolicy overlap = OverlapPolicy::linux_kernel;        // where packets contradict each other
  // Connections that have been idle for longest are given up when the process holds more; 0: no bound.
  std::size_t memory_max = 0;
  std::function<std::size_t()> measure_memory = heap_in_use;
  std::string version;
  std::vector<LiveWatcher*> watchers;  // borrowed
  // Called now and then, and at the end; false ends the reading, and the analysis of what was read. What it
  // throws ends the run, and nothing is written.
  std::function<bool(const MergedCapture&)> keep_reading;
  // Of a capture that is still going on: the tables are also written in between, so that they survive
  // whatever happens to this process. How long until then; zero or less is now. nullptr: only at the end.
  // Not asked while they are being written.
  std::function<Nanoseconds()> until_next_write;
  // That takes a while, and the analysis goes on. Told after each time, before the next and at the end: "" or
  // why the tables could not be written, and of how many packets they are.
  std::function<void(const std::string& trouble, std::uint64_t packets)> written_in_between;
  // Makes the page from the database when it is complete, before anybody can see it; nullptr: no page. What
  // it throws, and a disk that is too full for the page, is told in the outcome and ends nothing.
  std::function<WrittenPage(const std::string& database)> make_page;
  // What the capture comes through, if it is a pipe: while it is empty, there is time to write.
  PipeSpool* spool = nullptr;
};

// Somebody wants no result: what keep_reading may throw.
class Interruption : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct AnalysisOutcome {
  std::vector<std::string> damage;  // what is wrong with an input, and where; analysed was all before it
  std::string text;                 // what was found and where, in a few lines
  std::string page_trouble;         // why the page, or a figure in it, is missing
};

// Throws std::runtime_error when the folder cannot be used or written, saying what stays in it.
AnalysisOutcome analyse(MergedCapture& capture, const AnalysisOptions& options);

// "capture.pcapng" -> "capture-analysis"; "-" -> "stdin-analysis".
std::string default_folder(std::string_view input);

}  // namespace plaintalk::analyzer
