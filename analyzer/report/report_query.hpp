// Runs a template on an analysis. A template may come from anywhere, so the database is opened read-only and
// immutable, and an authorizer lets the query do nothing but read tables: it cannot attach other files,
// write, or load code.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/report/report_template.hpp"

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
};

inline constexpr std::size_t kReportRowCountMax = 10'000'000;

// `analysis` is a folder written by plaintalk-analyze, or its analysis.sqlite. Throws std::runtime_error with
// the line of the template when the query is wrong or does what it must not.
Report run_report(const ReportTemplate& report_template, const std::string& analysis);

}  // namespace plaintalk::analyzer
