#include "analyzer/run/analyse_each.hpp"

#include <optional>
#include <utility>

#include "analyzer/run/capture_files.hpp"
#include "analyzer/run/merged_capture.hpp"
#include "analyzer/run/packet_count.hpp"
#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/tables/combined_tables.hpp"

namespace plaintalk::analyzer {
namespace {

AnalysisOutcome analyse_one(const EachOptions& options, const std::string& file, const std::string& folder) {
  std::vector<capture::CaptureReader> readers;
  readers.push_back(options.open(file));
  MergedCapture input(std::move(readers), {file});
  AnalysisOptions analysis = options.analysis;
  analysis.folder = folder;
  analysis.has_more_packets = analysis.tables.empty() && have_more_packets_than({file}, analysis.packets_max);
  return analyse(input, analysis);
}

}  // namespace

EachOutcome analyse_each(const EachOptions& options) {
  AnalysisFolder folder(options.analysis.folder);
  CombinedTables combined(folder, options.analysis.tables);
  const auto names = capture_names(options.files);
  EachOutcome result;
  for (std::size_t index = 0; index < options.files.size(); ++index) {
    const std::string& file = options.files[index];
    const std::string& name = names[index];
    const std::string own = options.analysis.folder + '/' + name;
    options.begins(index + 1, file);
    std::optional<AnalysisOutcome> outcome;
    try {
      outcome = analyse_one(options, file, own);
    } catch (const Interruption&) {
      throw;
    } catch (const std::exception& error) {
      ++result.failed_count;
      combined.add_failed(name, error.what());
      options.failed(file, error.what());
      continue;
    }
    // What fails here is no fault of this capture: the tables of all cannot be written.
    combined.add(name, own);
    ++result.analysed_count;
    if (!outcome->damage.empty()) ++result.damaged_count;
    options.ended(file, *outcome);
  }
  combined.finish("plaintalk-analyze " + options.analysis.version);
  folder.commit();
  return result;
}

}  // namespace plaintalk::analyzer
