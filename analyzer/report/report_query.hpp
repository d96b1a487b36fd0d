// Runs a template on an analysis and keeps what it gives: a report.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/report/report_template.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

struct ReportCell {
  bool is_number = false;
  std::string text;  // empty for NULL
};

struct Report {
  std::string title;
  std::string description;
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;
  std::string warning{};    // what must be known about the capture
  std::string why_empty{};  // when there are no rows: one line that says what the capture holds instead
};

// A query may ask for anything and may be somebody else's: what it takes is bounded.
struct ReportLimits {
  Nanoseconds time = std::chrono::seconds(60);  // zero: no limit
  std::size_t row_count_max = 1'000'000;
  std::size_t size_max = std::size_t{256} << 20;  // of all cells together
};

// `analysis` is a folder written by plaintalk-analyze, or its analysis.sqlite. Of an analysis of many
// captures
// (--each) the query is run for each of them, as if it were alone, and the first column names it; `capture`
// chooses one. Throws std::runtime_error with the line of the template when the query is wrong or does what
// it must not.
Report run_report(const ReportTemplate& report_template, const std::string& analysis,
                  const ReportLimits& limits = {}, const std::string& capture = {});

}  // namespace plaintalk::analyzer
