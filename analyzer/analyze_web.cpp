#include "analyzer/analyze_web.hpp"

#include <filesystem>
#include <iostream>
#include <system_error>

#include "analyzer/run/stop_signals.hpp"

namespace plaintalk::analyzer {

void AnalyzeWeb::add_options(CLI::App& app) {
  option_ = app.add_option("--web", text_,
                           "show what happens in a browser, at the address that is printed; of a file, until "
                           "Ctrl-C (default: 127.0.0.1:7788)")
                ->type_name("HOST:PORT")
                ->expected(0, 1);
}

void AnalyzeWeb::check_options() {
  if (option_->count() == 0) return;
  std::error_code error;
  if (text_.find(':') == text_.npos && std::filesystem::exists(text_, error))
    throw CLI::ValidationError("--web takes HOST:PORT, and '" + text_ +
                               "' is a file: write the file before --web");
  const auto address = web::parse_web_address(text_);
  if (!address) throw CLI::ValidationError("--web: " + address.error());
  where_ = *address;
}

void AnalyzeWeb::start(std::size_t memory_max) {
  view_.emplace(*where_, memory_max);
  if (!view_->warning().empty()) std::cerr << "plaintalk-analyze: warning: " << view_->warning() << '\n';
  std::cerr << "live view: " << view_->address() << '\n' << std::flush;
}

void AnalyzeWeb::stay(bool is_quiet) const {
  if (stop_signal_count() > 0) return;
  if (!is_quiet) std::cerr << "plaintalk-analyze: done; the live view stays until Ctrl-C\n" << std::flush;
  wait_for_stop_signal();
}

}  // namespace plaintalk::analyzer
