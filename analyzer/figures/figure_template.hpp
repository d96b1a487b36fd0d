// A figure: a report template (NAME.sql) and beside it how its rows are drawn (NAME.figure.toml). Anybody can
// add one without compiling: docs/REPORTS.md, section "Figures", has every key.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/report_template.hpp"

namespace plaintalk::analyzer {

// A word of the description and where it stands, for errors that only the query's columns show.
struct FigureWord {
  std::string text{};  // empty: not given
  std::size_t line = 0;
};

struct FigureAxis {
  FigureWord column{};  // of x; of y only when it is a category
  std::string title{};
  std::string unit{};
  std::string scale{};  // linear, log, time (epoch seconds, shown as UTC) or category
  bool from_zero = false;
};

struct FigureSeries {
  std::string name{};
  std::string mark{};  // points, line, steps, bars, area, range or tick
  FigureWord column{};
  FigureWord to{};            // range: the other end
  FigureWord until{};         // bars: where on x each ends
  bool stretches = true;      // false: the y axis is made for the others
  FigureWord where_column{};  // only rows in which this column has this value
  std::string where_value{};
};

struct FigureTemplate {
  std::string name{};
  std::string file{};  // of the description, as errors call it
  std::string kind{};  // chart, or another one that a script knows
  FigureWord title{};  // {parameter} stands for its value, {choice} for what was chosen
  ReportTemplate query{};
  ReportTemplate sentence{};  // SQL without text: none
  ReportTemplate choices{};   // gives (value, label) for the parameter below, the best first
  FigureWord choice_parameter{};
  FigureAxis x{};
  FigureAxis y{};
  std::vector<FigureSeries> series{};
  bool panels = false;  // each series in a picture of its own, below each other
  FigureWord split{};   // one series for each value of this column
  std::vector<FigureWord> person{};
  FigureWord room{};
  FigureWord connection{};
  FigureWord time{};
  std::vector<FigureWord> packets{};  // the first and the last packet that a mark is made of, or one
};

// Names of the built-in ones, in an order that tells a story.
const std::vector<std::string_view>& builtin_figures();

// A built-in one by its name, else the file of that path: the description, or the query beside it. Throws
// std::runtime_error with file, line and what is wrong.
FigureTemplate load_figure(const std::string& name_or_path);

// `file` is what errors call the description.
FigureTemplate parse_figure(const std::string& name, const std::string& file, std::string_view text,
                            const ReportTemplate& query);

}  // namespace plaintalk::analyzer
