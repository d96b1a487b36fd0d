// plaintalk-analyze: rebuilds the conversation from captured packets and writes reports about it.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <unistd.h>

#include "analyzer/run/analysis.hpp"
#include "analyzer/run/capture_process.hpp"
#include "analyzer/run/live_events.hpp"
#include "analyzer/tables/table.hpp"
#include "base/text.hpp"

namespace {

namespace analyzer = plaintalk::analyzer;
namespace capture = plaintalk::capture;

constexpr int kExitDamagedInput = 3;
constexpr std::uint64_t kProgressSizeMin = 32 << 20;

volatile sig_atomic_t stop_asked = 0;
volatile sig_atomic_t capture_process = 0;

void ask_to_stop(int) {
  stop_asked = 1;
  if (capture_process > 0) ::kill(static_cast<pid_t>(capture_process), SIGINT);
}

struct Options {
  std::vector<std::string> files;
  std::string interface;
  std::string folder;
  std::vector<std::string> tables;
  std::uint16_t port = 7777;
  bool show_secrets = false;
  bool quiet = false;
};

// A pipe is read to its end; the first Ctrl-C ends the reading, and what was read is still analysed.
void stop_reading_on_signals() {
  struct sigaction action {};
  action.sa_handler = ask_to_stop;  // without SA_RESTART, so that a waiting read returns
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

class ReadingProgress {
 public:
  explicit ReadingProgress(bool wanted) : wanted_(wanted && ::isatty(STDERR_FILENO) == 1) {}
  ~ReadingProgress() {
    if (shown_ >= 0) std::cerr << "\r\x1b[K" << std::flush;
  }
  void show(const analyzer::MergedCapture& input) {
    const auto size = input.size();
    if (!wanted_ || !size || *size < kProgressSizeMin) return;
    const int percent = static_cast<int>(input.position() * 100 / *size);
    if (percent == shown_) return;
    shown_ = percent;
    std::cerr << "\rreading: " << percent << " %" << std::flush;
  }

 private:
  bool wanted_;
  int shown_ = -1;
};

analyzer::MergedCapture open_inputs(const Options& options, std::unique_ptr<analyzer::CaptureProcess>& live) {
  std::vector<capture::CaptureReader> readers;
  std::vector<std::string> names;
  if (!options.interface.empty()) {
    live = std::make_unique<analyzer::CaptureProcess>(options.interface, options.port);
    capture_process = static_cast<sig_atomic_t>(live->process());
    names.push_back("interface " + options.interface);
    readers.push_back(capture::CaptureReader::from_descriptor(live->take_descriptor(), names.back()));
  }
  for (const std::string& file : options.files) {
    readers.push_back(capture::CaptureReader::open(file));
    names.push_back(file == "-" ? "standard input" : file);
  }
  return analyzer::MergedCapture(std::move(readers), std::move(names));
}

int run(const Options& options) {
  const bool is_live = !options.interface.empty();
  const bool is_pipe = is_live || options.files.front() == "-";
  if (is_pipe) stop_reading_on_signals();
  std::unique_ptr<analyzer::CaptureProcess> live;
  analyzer::MergedCapture input = open_inputs(options, live);

  analyzer::AnalysisOptions analysis;
  analysis.folder = options.folder;
  if (analysis.folder.empty())
    analysis.folder =
        is_live ? "live-" + options.interface + "-analysis" : analyzer::default_folder(options.files.front());
  analysis.tables = options.tables;
  analysis.server_port = options.port;
  analysis.show_secrets = options.show_secrets;
  analysis.version = PLAINTALK_VERSION;
  if (is_live && !options.quiet)
    analysis.watcher = [](const analyzer::LiveEvent& live_event) {
      std::cout << analyzer::render_live_event(live_event) << std::flush;
    };
  analyzer::AnalysisOutcome outcome;
  {
    ReadingProgress progress(!options.quiet && !is_pipe);
    analysis.keep_reading = [&](const analyzer::MergedCapture& capture) {
      progress.show(capture);
      return stop_asked == 0;
    };
    outcome = analyzer::analyse(input, analysis);
  }
  if (live) {
    live->stop();
    const int status = live->wait();
    if (status != 0 && stop_asked == 0)
      throw std::runtime_error("the capture failed; its own message stands above");
  }
  if (!options.quiet) std::cout << outcome.text;
  for (const std::string& damage : outcome.damage)
    std::cerr << "plaintalk-analyze: damaged input: " << plaintalk::terminal_safe(damage)
              << "; everything that could be read was analysed\n";
  return outcome.damage.empty() ? 0 : kExitDamagedInput;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Rebuilds the conversation from captured packets: who talked to whom, what could be read, how every "
      "message was routed."};
  app.set_version_flag("--version", "plaintalk-analyze " PLAINTALK_VERSION);
  app.footer(
      "Several files are read as one, in the order of time. Exit status: 0 done; 1 failed; 2 wrong command "
      "line;\n"
      "3 done, but an input is damaged: everything that could be read was analysed.");
  Options options;
  app.add_option("FILE", options.files, "pcap or pcapng files; - is standard input");
  app.add_option("--live", options.interface,
                 "capture from this interface until Ctrl-C, showing what happens")
      ->type_name("IFACE");
  app.add_option("--out", options.folder,
                 "folder for the reports (default: capture.pcapng -> capture-analysis)")
      ->type_name("DIR");
  app.add_option("--tables", options.tables,
                 "write only these tables, as CSV, and no database: messages,deliveries,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check([](const std::string& name) {
        std::string known;
        for (const auto& table : analyzer::tables())
          known += (known.empty() ? "" : ", ") + std::string(table.name);
        return analyzer::find_table(name) ? std::string()
                                          : "there is no table '" + name + "'; there are: " + known;
      });
  app.add_option("--port", options.port, "the messenger's port")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  app.add_flag("--show-secrets", options.show_secrets, "show passwords and tokens instead of stars");
  app.add_flag("--quiet", options.quiet, "print nothing but errors");
  try {
    app.parse(argc, argv);
    if (options.files.empty() == options.interface.empty())
      throw CLI::ValidationError("give capture files, or - for standard input, or --live IFACE");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-analyze: " << error.what() << '\n';
    return 1;
  }
}
