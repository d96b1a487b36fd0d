// The database of an analysis, opened for queries that may come from anybody: read-only and immutable, and an
// authorizer lets a query do nothing but read tables: it cannot attach other files, write, or load code.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "analyzer/report/many_captures.hpp"
#include "analyzer/report/report_template.hpp"
#include "base/sqlite/reading_only.hpp"
#include "base/sqlite/sqlite.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

class AnalysisDatabase {
 public:
  // `analysis` is a folder written by plaintalk-analyze, or its analysis.sqlite. Throws std::runtime_error
  // saying what to give instead.
  explicit AnalysisDatabase(const std::string& analysis);

  // Of an analysis of many captures (--each) one must be chosen before each query.
  bool has_many() const { return many_.any(); }
  const std::vector<std::string>& capture_names() const { return many_.names(); }
  void choose(const std::string& capture) const { many_.choose(capture); }

  using TakeColumns = std::function<void(const std::vector<std::string>& names)>;
  using TakeRow = std::function<void(std::vector<SqliteCell>&& row)>;
  // Queries that run while it lives are stopped when the time is over; zero: no limit.
  SqliteTimeLimit limit_time(Nanoseconds time) const { return SqliteTimeLimit(database_, time); }
  // Runs the query with the parameters of the template. Throws std::runtime_error with the line of the
  // template when the query is wrong, does what it must not, or was stopped.
  void run(const ReportTemplate& report_template, const TakeColumns& take_columns,
           const TakeRow& take_row) const;

  // What must be known about the capture before its numbers are believed; empty when there is nothing.
  std::string warning() const;
  // What was looked for, and one line that says what the capture holds instead.
  std::string why_empty(const ReportTemplate& report_template) const;

 private:
  SqliteDatabase database_;
  ManyCaptures many_;
};

// What was looked for and not found, with the parameters that were set.
std::string what_was_looked_for(const ReportTemplate& report_template);

}  // namespace plaintalk::analyzer
