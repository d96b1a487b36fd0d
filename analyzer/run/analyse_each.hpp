// Many captures, each analysed alone in a folder of its own, and one set of tables of all of them beside: the
// recordings of a class of students. A capture that cannot be read costs only itself.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analyzer/run/analysis.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

struct EachOptions {
  std::vector<std::string> files;
  AnalysisOptions analysis;  // its folder is the one for all
  std::function<capture::CaptureReader(const std::string& file)> open;
  // Told before each, and what became of it: "" when all is well.
  std::function<void(std::size_t number, const std::string& file)> begins;
  std::function<void(const std::string& file, const AnalysisOutcome& outcome)> ended;
  std::function<void(const std::string& file, const std::string& why)> failed;
};

struct EachOutcome {
  std::size_t analysed_count = 0;
  std::size_t damaged_count = 0;  // of them
  std::size_t failed_count = 0;
};

// Throws std::runtime_error when the folder cannot be used, and Interruption.
EachOutcome analyse_each(const EachOptions& options);

}  // namespace plaintalk::analyzer
