// A figure of an analysis: its words, its table of numbers, and the document from which the scripts draw it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/figures/figure_template.hpp"
#include "analyzer/report/report_query.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

struct FigureChoice {
  std::string value;
  std::string label;
};

struct Figure {
  std::string name{};
  std::string kind{};
  std::string title{};
  std::string sentence{};     // the figure in words, with its numbers
  std::string description{};  // how it is read
  std::vector<std::string>
      notes{};              // what must be known about it: a warning about the capture, how it was thinned
  std::string why_empty{};  // when there is nothing to draw: why, and what the capture holds instead
  std::vector<std::string> columns{};
  std::vector<std::vector<ReportCell>> rows{};  // of the table, the first ones
  std::size_t row_count = 0;                    // all of them
  std::string choice_parameter{};               // "connection" and the like; empty: there is no choice
  std::string chosen{};
  std::vector<FigureChoice> choices{};  // the best first
  // JSON without "<": {kind, name, title, sentence, description, notes, empty, choice, x, y, series, split,
  // columns, rows, filter, packets}. The rows are thinned.
  std::string document{};
};

struct FigureSettings {
  std::string capture{};                                          // of an analysis of many (--each)
  std::vector<std::pair<std::string, std::string>> parameters{};  // as --set gives them
  Nanoseconds time = std::chrono::seconds(60);                    // of all queries together; zero: no limit
  std::size_t row_count_max = 2'000'000;
  std::size_t size_max = std::size_t{512} << 20;  // of the rows, as they are held
  std::size_t table_row_max = 10'000;             // in `rows`
  std::size_t column_count = 700;                 // into which the width is cut when a series is thinned
  std::size_t document_row_max = 50'000;          // of kinds that are not thinned, and of all series together
};

// `analysis` is a folder that plaintalk-analyze wrote, or its analysis.sqlite. Throws std::runtime_error with
// the file and line that is wrong.
Figure make_figure(const FigureTemplate& figure_template, const std::string& analysis,
                   const FigureSettings& settings = {});

}  // namespace plaintalk::analyzer
