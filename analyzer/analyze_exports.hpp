// What plaintalk-analyze writes for other programs, once the analysis is there: Zeek's logs, and a small
// capture of the packets that a filter selects.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "analyzer/run/merged_capture.hpp"
#include "analyzer/select/filter.hpp"

namespace plaintalk::analyzer {

class AnalyzeExports {
 public:
  void add_options(CLI::App& app);
  // Throws CLI::ValidationError when a filter is wrong or options do not go together.
  void check_options();

  bool wanted() const { return !zeek_folder_.empty() || writes_capture(); }
  // It is read a second time, so it has to be files.
  bool writes_capture() const { return !capture_path_.empty(); }
  // Before anything is analysed: throws std::runtime_error when what it would write is there already.
  void check_room() const;

  void write_zeek(const std::string& analysis, bool is_quiet) const;
  // Gives false when no packet is selected: nothing is written then.
  bool write_capture(const std::string& analysis, MergedCapture& capture, bool is_quiet) const;

 private:
  std::string zeek_folder_;
  std::string zeek_form_ = "tsv";
  std::string filter_text_;
  std::string capture_path_;
  bool whole_connections_ = false;
  Filter filter_;
};

}  // namespace plaintalk::analyzer
