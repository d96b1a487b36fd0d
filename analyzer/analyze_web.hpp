// plaintalk-analyze --web [HOST:PORT]: the live view of one analysis.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "analyzer/web/live_view.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer {

class AnalyzeWeb {
 public:
  void add_options(CLI::App& app);
  // Throws CLI::ValidationError when what stands behind --web is no address.
  void check_options();

  bool wanted() const { return where_.has_value(); }
  // Listens, and prints the address on standard error, on a line that a program can find. REQUIRES: wanted(),
  // and that rights nobody needs any more were given up. Throws std::runtime_error saying what to do.
  void start(std::size_t memory_max);
  LiveWatcher& watcher() { return view_->watcher(); }
  // The analysis is complete; browsers are told. Unless somebody has stopped the program already, what was
  // analysed can be looked at until then.
  void ended() { view_->ended(); }
  void stay(bool is_quiet) const;

 private:
  const CLI::Option* option_ = nullptr;
  std::string text_;
  std::optional<HostPort> where_;
  std::optional<web::LiveView> view_;
};

}  // namespace plaintalk::analyzer
