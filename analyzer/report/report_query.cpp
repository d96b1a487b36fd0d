#include "analyzer/report/report_query.hpp"

#include <stdexcept>
#include <utility>

#include "analyzer/report/analysis_database.hpp"
#include "analyzer/tables/combined_tables.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

class Runner {
 public:
  Runner(const ReportTemplate& report_template, const AnalysisDatabase& database, const ReportLimits& limits)
      : template_(report_template),
        database_(database),
        limits_(limits),
        time_limit_(database.limit_time(limits.time)) {
    report_.title = report_template.title;
    report_.description = report_template.description;
  }

  // `capture` is put before each row, unless it is nullptr.
  void run(const std::string* capture) {
    database_.run(
        template_,
        [&](const std::vector<std::string>& names) {
          if (!report_.columns.empty()) return;
          if (capture != nullptr) report_.columns.emplace_back(kCaptureColumn);
          report_.columns.insert(report_.columns.end(), names.begin(), names.end());
        },
        [&](std::vector<SqliteCell>&& cells) { take_row(std::move(cells), capture); });
  }

  Report take() { return std::move(report_); }

 private:
  void take_row(std::vector<SqliteCell>&& cells, const std::string* capture) {
    if (report_.rows.size() == limits_.row_count_max)
      throw std::runtime_error(template_.name + ": the query gives more than " +
                               std::to_string(limits_.row_count_max) + " rows; add a LIMIT");
    auto& row = report_.rows.emplace_back();
    row.reserve(cells.size() + 1);
    if (capture != nullptr) row.push_back({false, *capture});
    for (SqliteCell& cell : cells) row.push_back({cell.is_number(), std::move(cell.text)});
    for (const ReportCell& cell : row) size_ += sizeof(ReportCell) + cell.text.size();
    if (size_ > limits_.size_max)
      throw std::runtime_error(template_.name + ": the query gives more than " +
                               std::to_string(limits_.size_max >> 20) + " MiB; add a LIMIT");
  }

  const ReportTemplate& template_;
  const AnalysisDatabase& database_;
  const ReportLimits& limits_;
  SqliteTimeLimit time_limit_;
  Report report_;
  std::size_t size_ = 0;
};

}  // namespace

Report run_report(const ReportTemplate& report_template, const std::string& analysis,
                  const ReportLimits& limits, const std::string& capture) {
  const AnalysisDatabase database(analysis);
  Runner runner(report_template, database, limits);
  if (!database.has_many()) {
    if (!capture.empty())
      throw std::runtime_error(
          "this analysis is of one capture; --capture chooses among those of analyze --each");
    runner.run(nullptr);
  } else if (!capture.empty()) {
    database.choose(capture);
    runner.run(nullptr);
  } else {
    for (const std::string& name : database.capture_names()) {
      database.choose(name);
      runner.run(&name);
    }
  }
  Report report = runner.take();
  report.warning = database.warning();
  if (!report.rows.empty()) return report;
  report.why_empty = database.has_many() && capture.empty()
                         ? what_was_looked_for(report_template) + " in any of " +
                               plural(database.capture_names().size(), "capture") +
                               ". `--capture NAME` says what one of them holds."
                         : database.why_empty(report_template);
  return report;
}

}  // namespace plaintalk::analyzer
