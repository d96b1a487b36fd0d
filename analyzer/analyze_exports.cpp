#include "analyzer/analyze_exports.hpp"

#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "analyzer/select/filter_field.hpp"
#include "analyzer/select/filter_token.hpp"
#include "analyzer/select/selection.hpp"
#include "analyzer/select/write_selection.hpp"
#include "analyzer/zeek/write_zeek_logs.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::string filter_help() {
  std::string help = "select packets: user == alice && room == #lab; fields:";
  for (const FilterField& field : filter_fields())
    help += (&field == &filter_fields().front() ? " " : ", ") + std::string(field.name);
  return help;
}

}  // namespace

void AnalyzeExports::add_options(CLI::App& app) {
  app.add_option("--filter", filter_text_, filter_help())->type_name("FILTER");
  app.add_option("--write", capture_path_,
                 "also write the packets that --filter selects, as pcapng with findings as comments")
      ->type_name("FILE");
  app.add_flag("--whole-connections", whole_connections_,
               "with --write: all packets of every connection of which one is selected");
  app.add_option("--zeek", zeek_folder_,
                 "also write conn.log, plaintalk.log and files.log as Zeek does, into this folder")
      ->type_name("DIR");
  app.add_option("--zeek-form", zeek_form_, "tsv, or json: one object a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"tsv", "json"}));
}

void AnalyzeExports::check_options() {
  if (capture_path_.empty() && !filter_text_.empty())
    throw CLI::ValidationError("--filter selects packets for --write FILE: say where to");
  if (capture_path_.empty() && whole_connections_)
    throw CLI::ValidationError("--whole-connections goes with --write");
  try {
    filter_ = parse_filter(filter_text_);
  } catch (const FilterError& error) {
    throw CLI::ValidationError(error.what());
  }
}

void AnalyzeExports::check_room() const {
  if (!zeek_folder_.empty()) require_room_for_zeek_logs(zeek_folder_);
  std::error_code error;
  if (writes_capture() && std::filesystem::exists(std::filesystem::symlink_status(capture_path_, error)))
    throw std::runtime_error(terminal_safe(capture_path_) +
                             " is there already and stays as it is: give --write another name");
}

void AnalyzeExports::write_zeek(const std::string& analysis, bool is_quiet) const {
  if (zeek_folder_.empty()) return;
  const auto names =
      write_zeek_logs(analysis, zeek_folder_, zeek_form_ == "json" ? ZeekForm::json : ZeekForm::tsv);
  if (is_quiet) return;
  std::cout << "zeek: " << terminal_safe(zeek_folder_) << ':';
  for (const std::string& name : names) std::cout << ' ' << name;
  std::cout << (names.empty() ? " no log has a row, so none was written\n" : "\n") << std::flush;
}

bool AnalyzeExports::write_capture(const std::string& analysis, MergedCapture& capture, bool is_quiet) const {
  const Selection selection = select_packets(analysis, filter_, whole_connections_);
  if (selection.packets.empty()) return false;
  write_selection(capture, selection, capture_path_, "plaintalk-analyze " PLAINTALK_VERSION);
  if (!is_quiet)
    std::cout << "selected: " << plural(selection.packets.size(), "packet") << ", "
              << plural(selection.comments.size(), "comment") << ": " << terminal_safe(capture_path_) << '\n'
              << std::flush;
  return true;
}

}  // namespace plaintalk::analyzer
