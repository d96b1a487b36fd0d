// One run of plaintalk-analyze: packets in, a folder of reports out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

struct AnalysisOptions {
  std::string folder;
  std::vector<std::string> tables;  // only these as CSV, and nothing else; empty: everything
  std::uint16_t server_port = 7777;
  bool show_secrets = false;
  std::string version;
  std::function<void(const LiveEvent&)> watcher;
  // Called now and then; false ends the reading, and the analysis of what was read.
  std::function<bool(const MergedCapture&)> keep_reading;
};

struct AnalysisOutcome {
  std::vector<std::string> damage;  // what is wrong with an input, and where; analysed was all before it
  std::string text;                 // what was found and where, in a few lines
};

// Throws std::runtime_error when the folder cannot be used or written.
AnalysisOutcome analyse(MergedCapture& capture, const AnalysisOptions& options);

// "capture.pcapng" -> "capture-analysis"; "-" -> "stdin-analysis".
std::string default_folder(std::string_view input);

}  // namespace plaintalk::analyzer
