// plaintalk-analyze: rebuilds the conversation from captured packets and writes reports about it.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analyze_exports.hpp"
#include "analyzer/analyze_web.hpp"
#include "analyzer/check/propose_description.hpp"
#include "analyzer/page/page.hpp"
#include "analyzer/protocols/descriptions.hpp"
#include "analyzer/run/analyse_each.hpp"
#include "analyzer/run/analysis.hpp"
#include "analyzer/run/capture_files.hpp"
#include "analyzer/run/capture_process.hpp"
#include "analyzer/run/live_events.hpp"
#include "analyzer/run/live_input.hpp"
#include "analyzer/run/packet_count.hpp"
#include "analyzer/run/prove.hpp"
#include "analyzer/run/stop_signals.hpp"
#include "analyzer/run/write_timer.hpp"
#include "analyzer/tables/table.hpp"
#include "base/file_descriptor.hpp"
#include "base/front_door.hpp"
#include "base/heap_in_use.hpp"
#include "base/privileges/privileges.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace {

namespace analyzer = plaintalk::analyzer;
namespace capture = plaintalk::capture;

constexpr int kExitDamagedInput = 3;
constexpr int kExitNotProved = 4;
constexpr int kExitInterrupted = 128;  // and the number of the signal, as in a shell
constexpr std::uint64_t kProgressSizeMin = 32 << 20;

struct Options {
  std::vector<std::string> files;
  std::string interface;
  std::string folder;
  std::vector<std::string> tables;
  std::uint64_t packets_max = 1'000'000;
  std::uint16_t port = 7777;
  std::string overlap = "linux";
  std::string protocol;
  std::shared_ptr<const analyzer::described::Description> description;  // of it
  bool show_secrets = false;
  bool quiet = false;
  bool each = false;
  bool prove = false;
  bool no_page = false;
  bool guess = false;
  std::optional<std::size_t> memory_max_mib;
  double write_interval_s = 10;
  std::optional<std::size_t> buffer_size_mib;
  analyzer::AnalyzeExports exports;
  analyzer::AnalyzeWeb web;
};

void say(const std::string& text) { std::cerr << "plaintalk-analyze: " << text << '\n'; }

// What became of root's rights, for whoever then misses them; empty: there were none.
std::string& rights_left() {
  static std::string text;
  return text;
}

// Before the first byte of a capture is read. The files are opened with the rights that are left.
void give_up_root(bool has_child) {
  if (::geteuid() == 0)
    rights_left() = plaintalk::drop_privileges({.needs_files = true, .signals_child = has_child});
}

void say_failure(const std::string& text) {
  say(text);
  if (rights_left().empty() || text.find(std::strerror(EACCES)) == text.npos) return;
  say("root's rights were given up before anything was read (" + rights_left() +
      "): name a capture that can be read and a folder (--out) that can be written that way, or pipe it in: "
      "sudo cat FILE | " +
      plaintalk::front_door("analyze - --out DIR"));
}

std::size_t memory_max(const Options& options) {
  return options.memory_max_mib ? *options.memory_max_mib << 20U : plaintalk::physical_memory() / 4;
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

// Standard input that is a file is read like one.
bool reads_a_pipe(const Options& options) {
  struct stat status {};
  return std::find(options.files.begin(), options.files.end(), "-") != options.files.end() &&
         (::fstat(STDIN_FILENO, &status) != 0 || !S_ISREG(status.st_mode));
}

// A pipe with a name may have nothing to read when Ctrl-C comes.
capture::CaptureReader open_file(const std::string& file, bool interruptible) {
  std::error_code error;
  if (!interruptible || !std::filesystem::is_fifo(file, error)) return capture::CaptureReader::open(file);
  plaintalk::FileDescriptor pipe(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!pipe.is_open()) return capture::CaptureReader::open(file);  // which says why
  return capture::CaptureReader::from_source(std::make_unique<analyzer::InterruptibleSource>(std::move(pipe)),
                                             file);
}

analyzer::MergedCapture open_inputs(const Options& options, analyzer::LiveInput* live) {
  std::vector<capture::CaptureReader> readers;
  std::vector<std::string> names;
  if (!options.interface.empty()) {
    names.push_back("interface " + options.interface);
    readers.push_back(live->reader(names.back()));
  }
  for (const std::string& file : options.files) {
    names.push_back(file == "-" ? "standard input" : file);
    readers.push_back(file == "-" && live ? live->reader(names.back()) : open_file(file, live == nullptr));
  }
  return analyzer::MergedCapture(std::move(readers), std::move(names));
}

// False when a filter selects nothing.
bool write_exports(const Options& options, const std::string& folder) {
  options.exports.write_zeek(folder, options.quiet);
  if (!options.exports.writes_capture()) return true;
  analyzer::MergedCapture input = open_inputs(options, nullptr);
  if (options.exports.write_capture(folder, input, options.quiet)) return true;
  say("no packet is selected: nothing was written to the file of --write; the reports are in " +
      plaintalk::terminal_safe(folder));
  return false;
}

int report(const Options& options, const std::string& folder, const analyzer::AnalysisOutcome& outcome,
           int capture_status) {
  if (!options.quiet) std::cout << outcome.text << std::flush;
  if (!outcome.page_trouble.empty()) say(plaintalk::terminal_safe(outcome.page_trouble));
  for (const std::string& damage : outcome.damage)
    say("damaged input: " + plaintalk::terminal_safe(damage) +
        "; everything that could be read was analysed");
  if (!write_exports(options, folder)) return 1;
  if (capture_status == 0 || analyzer::stop_signal_count() > 1)
    return outcome.damage.empty() ? 0 : kExitDamagedInput;
  say("the capture ended with an error, its own message stands above; what it captured before was "
      "analysed: " +
      plaintalk::terminal_safe(folder));
  return kExitDamagedInput;
}

// Each file alone; what one prints stands in a line of its own.
int run_each(const Options& options) {
  give_up_root(false);
  analyzer::EachOptions each;
  each.files = options.files;
  each.analysis.folder = options.folder.empty() ? "each-analysis" : options.folder;
  each.analysis.tables = options.tables;
  each.analysis.packets_max = options.packets_max;
  each.analysis.server_port = options.port;
  each.analysis.show_secrets = options.show_secrets;
  each.analysis.description = options.description;
  each.analysis.overlap = *analyzer::overlap_policy_of(options.overlap);
  each.analysis.memory_max = memory_max(options);
  each.analysis.version = PLAINTALK_VERSION;
  each.analysis.keep_reading = [&](const analyzer::MergedCapture&) {
    if (analyzer::stop_signal_count() == 0) return true;
    throw analyzer::Interruption(
        "interrupted; the tables of all captures were not written, those of the ones that were "
        "ready are in " +
        each.analysis.folder);
  };
  each.open = [](const std::string& file) { return open_file(file, true); };
  each.begins = [&](std::size_t number, const std::string& file) {
    if (!options.quiet)
      std::cout << '[' << number << '/' << each.files.size() << "] " << plaintalk::terminal_safe(file) << ": "
                << std::flush;
  };
  each.ended = [&](const std::string& file, const analyzer::AnalysisOutcome& outcome) {
    if (!options.quiet) std::cout << outcome.text.substr(0, outcome.text.find('\n')) << '\n' << std::flush;
    for (const std::string& damage : outcome.damage)
      say("damaged input: " + plaintalk::terminal_safe(file) + ": " + plaintalk::terminal_safe(damage) +
          "; everything that could be read was analysed");
  };
  each.failed = [&](const std::string& file, const std::string& why) {
    if (!options.quiet) std::cout << "not analysed" << '\n' << std::flush;
    say(plaintalk::terminal_safe(file) + ": " + plaintalk::terminal_safe(why) + "; going on with the others");
  };
  const analyzer::EachOutcome outcome = analyzer::analyse_each(each);
  if (!options.quiet)
    std::cout << plaintalk::plural(outcome.analysed_count, "capture") << " analysed, "
              << outcome.damaged_count << " of them damaged; " << outcome.failed_count
              << " could not be read\nreports: " << plaintalk::terminal_safe(each.analysis.folder)
              << ", and a folder in it for each" << '\n'
              << std::flush;
  return outcome.damaged_count + outcome.failed_count == 0 ? 0 : kExitDamagedInput;
}

int run_prove(const Options& options) {
  give_up_root(false);
  analyzer::ProveOptions prove;
  prove.files = options.files;
  prove.folder = options.folder;
  if (prove.folder.empty()) {
    prove.folder = analyzer::default_folder(options.files.front());
    prove.folder.replace(prove.folder.rfind("analysis"), prove.folder.npos, "prove");
  }
  prove.server_port = options.port;
  prove.overlap = *analyzer::overlap_policy_of(options.overlap);
  prove.keep_going = [&] {
    if (analyzer::stop_signal_count() > 0) throw analyzer::Interruption("interrupted; nothing was written");
  };
  const analyzer::ProveOutcome outcome = analyzer::prove(prove);
  if (!options.quiet) std::cout << outcome.text << std::flush;
  return outcome.wrong_count == 0 ? 0 : kExitNotProved;
}

// A description for a protocol that nobody has described; the reasons that are not in it go to the side.
int run_guess(const Options& options) {
  give_up_root(false);
  const analyzer::Proposal proposal = analyzer::propose_description(options.files.front());
  if (!options.quiet) std::cerr << proposal.words;
  if (!proposal.damage.empty())
    say("damaged input: " + plaintalk::terminal_safe(proposal.damage) +
        "; everything that could be read was looked at");
  if (proposal.toml.empty()) return 1;
  std::cout << proposal.toml << std::flush;
  if (!std::cout) throw std::runtime_error("cannot write to standard output");
  return proposal.damage.empty() ? 0 : kExitDamagedInput;
}

// The packets of a described protocol as well as the messenger's; "": those of one port.
std::string live_filter(const Options& options) {
  if (!options.description) return {};
  std::string ports = "tcp port " + std::to_string(options.port);
  for (const std::uint16_t port : options.description->ports) ports += " or tcp port " + std::to_string(port);
  // Fragments behind the first have no ports.
  return ports + " or (ip and ip[6:2] & 0x1fff != 0) or (ip6 and ip6[6] == 44)";
}

int run(Options& options) {
  analyzer::catch_stop_signals();
  if (options.prove) return run_prove(options);
  if (options.guess) return run_guess(options);
  if (options.each) return run_each(options);
  const bool is_live = !options.interface.empty();
  const bool is_pipe = is_live || reads_a_pipe(options);
  analyzer::AnalysisOptions analysis;
  analysis.folder = options.folder;
  if (analysis.folder.empty())
    analysis.folder =
        is_live ? "live-" + options.interface + "-analysis" : analyzer::default_folder(options.files.front());
  analysis.tables = options.tables;
  // A filter selects packets by their table.
  analysis.packets_max = options.exports.writes_capture() ? UINT64_MAX : options.packets_max;
  analysis.server_port = options.port;
  analysis.interface = options.interface;
  analysis.show_secrets = options.show_secrets;
  analysis.description = options.description;
  analysis.overlap = *analyzer::overlap_policy_of(options.overlap);
  analysis.memory_max = memory_max(options);
  analysis.version = PLAINTALK_VERSION;

  if (!options.no_page && analysis.tables.empty())
    analysis.make_page = [&options](const std::string& database) {
      analyzer::Page page = analyzer::make_page(database, {.show_secrets = options.show_secrets});
      return analyzer::WrittenPage{page.html, analyzer::what_is_missing(page)};
    };
  options.exports.check_room();
  std::optional<analyzer::CaptureProcess> child;
  if (is_live) child.emplace(options.interface, options.port, live_filter(options), options.buffer_size_mib);
  give_up_root(is_live);
  std::optional<analyzer::LiveInput> live;
  if (is_pipe)
    live.emplace(child ? &*child : nullptr,
                 analyzer::LiveInput::Options{analysis.folder, say, !options.quiet, analysis.memory_max});
  analyzer::MergedCapture input = open_inputs(options, live ? &*live : nullptr);
  analyzer::LiveLines lines(std::cout, [&] {
    if (!options.web.wanted()) live->stop_child();
  });
  if (is_live && !options.quiet) analysis.watchers.push_back(&lines);
  if (options.web.wanted()) {
    options.web.start(analysis.memory_max);
    analysis.watchers.push_back(&options.web.watcher());
  }
  if (!is_pipe && analysis.tables.empty() && !options.exports.writes_capture())
    analysis.has_more_packets = analyzer::have_more_packets_than(options.files, options.packets_max);
  analyzer::WriteTimer timer(std::chrono::duration_cast<plaintalk::Nanoseconds>(
      std::chrono::duration<double>(options.write_interval_s)));
  if (is_pipe && options.write_interval_s > 0) {
    analysis.spool = &live->spool();
    analysis.until_next_write = [&timer] { return timer.left(); };
    analysis.written_in_between = [&timer, told = std::string()](const std::string& trouble,
                                                                 std::uint64_t) mutable {
      timer.written();
      if (!trouble.empty() && trouble != told)
        say("the tables could not be written in between: " + trouble + "; going on");
      told = trouble;
    };
  }
  analyzer::AnalysisOutcome outcome;
  {
    ReadingProgress progress(!options.quiet && !is_pipe);
    analysis.keep_reading = [&](const analyzer::MergedCapture& capture) {
      progress.show(capture);
      if (is_pipe) live->seen(capture.last_time());
      if (is_pipe) return analyzer::stop_signal_count() < 2;
      if (analyzer::stop_signal_count() == 0) return true;
      throw analyzer::Interruption("interrupted; nothing was written, and nothing changed in " +
                                   analysis.folder);
    };
    outcome = analyzer::analyse(input, analysis);
  }
  if (options.web.wanted()) options.web.ended();
  const int status = report(options, analysis.folder, outcome, live ? live->end_child() : 0);
  if (options.web.wanted()) options.web.stay(options.quiet);
  return status;
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
      "3 done, but an input is damaged or the capture failed: everything that could be read was analysed;\n"
      "4 --prove found a number that changed and must not.");
  Options options;
  app.add_option("FILE", options.files,
                 "pcap or pcapng files, also compressed, or folders of them; - is standard input");
  app.add_flag(
      "--each", options.each,
      "analyse each file alone, in a folder of its own, and write the tables of all of them with a column "
      "`capture` (default --out: each-analysis)");
  app.add_flag(
      "--prove", options.prove,
      "make variants of the capture (split, shifted, copied, rounded, cut, thinned), analyse each and "
      "say which numbers held; writes only prove.csv (default --out: capture-prove)");
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
  app.add_option("--packets-max", options.packets_max,
                 "leave the table of packets out of a capture with more of them, unless --tables asks for it")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--port", options.port, "the messenger's port")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  app.add_option("--overlap", options.overlap,
                 "where packets contradict each other, keep the bytes that this receiver would: first, last, "
                 "linux, bsd, windows, solaris")
      ->type_name("POLICY")
      ->capture_default_str()
      ->check([](const std::string& name) {
        return analyzer::overlap_policy_of(name)
                   ? std::string()
                   : "there is no policy '" + name +
                         "'; there are: first, last, linux, bsd, windows, solaris";
      });
  app.add_option(
         "--protocol", options.protocol,
         "read the connections to its ports by this description: the name of a built-in one, or the path "
         "of a .toml file (docs/PROTOCOLS.md); list: name those that are built in")
      ->type_name("NAME|FILE");
  app.add_flag(
      "--guess", options.guess,
      "propose a description (--protocol) for what the capture holds and nobody knows, with the reasons: "
      "prints TOML and writes nothing");
  app.add_option(
         "--write-every", options.write_interval_s,
         "while packets come from an interface or a pipe, also write the tables every so many seconds; "
         "0: only at the end")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--buffer-size", options.buffer_size_mib,
                 "with --live: the kernel's buffer for captured packets, in MiB (default: capture's own)")
      ->type_name("MIB")
      ->check(CLI::Range(1, 2047));
  app.add_option(
         "--memory-max", options.memory_max_mib,
         "hold at most about this much memory, in MiB, and give up the connections that have been idle "
         "for longest beyond it (default: a quarter of the machine's)")
      ->type_name("MIB")
      ->check(CLI::Range(64, 1 << 22));
  app.add_flag("--show-secrets", options.show_secrets, "show passwords and tokens instead of stars");
  app.add_flag("--no-html", options.no_page, "write no report.html, the analysis as a page for a browser");
  app.add_flag("--quiet", options.quiet, "print nothing but errors");
  options.exports.add_options(app);
  options.web.add_options(app);
  try {
    app.parse(argc, argv);
    if (options.protocol == "list") {
      std::cout << analyzer::list_descriptions() << std::flush;
      return std::cout ? 0 : 1;
    }
    options.web.check_options();
    if (options.files.empty() == options.interface.empty())
      throw CLI::ValidationError("give capture files, or - for standard input, or --live IFACE");
    if (options.web.wanted() && (options.each || options.prove))
      throw CLI::ValidationError("--web shows one analysis, without --each and --prove");
    if (std::count(options.files.begin(), options.files.end(), "-") > 1)
      throw CLI::ValidationError("- is standard input and can be read once only");
    if (options.each &&
        (!options.interface.empty() || std::count(options.files.begin(), options.files.end(), "-") > 0))
      throw CLI::ValidationError("--each takes files and folders");
    if (options.guess && (options.files.size() != 1 || options.files.front() == "-" || options.prove ||
                          options.each || !options.protocol.empty() || options.web.wanted()))
      throw CLI::ValidationError("--guess takes one capture file, without --prove, --each and --protocol");
    if (options.prove && !options.protocol.empty())
      throw CLI::ValidationError("--prove checks PLAINTALK's tables; it does not go with --protocol");
    if (options.prove && (options.each || !options.interface.empty() ||
                          std::count(options.files.begin(), options.files.end(), "-") > 0))
      throw CLI::ValidationError("--prove takes files, without --each and --live");
    options.exports.check_options();
    if (options.exports.wanted() && (options.each || options.prove || !options.tables.empty()))
      throw CLI::ValidationError(
          "--write and --zeek go with one whole analysis: without --each, --prove and --tables");
    if (options.exports.writes_capture() && (!options.interface.empty() || reads_a_pipe(options)))
      throw CLI::ValidationError("--write reads the capture a second time: give files");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    if (!options.protocol.empty()) options.description = analyzer::load_description(options.protocol);
    const std::string named = options.files.empty() ? std::string() : options.files.front();
    options.files = analyzer::capture_files(options.files);
    // "captures/" -> "captures-analysis", not after its first file.
    if (options.folder.empty() && !options.each && !options.prove && !options.files.empty() &&
        options.files.front() != named)
      options.folder =
          analyzer::default_folder(named.ends_with('/') ? named.substr(0, named.size() - 1) : named);
    return run(options);
  } catch (const analyzer::Interruption& interruption) {
    say(interruption.what());
    return kExitInterrupted + analyzer::last_stop_signal();
  } catch (const std::exception& error) {
    say_failure(error.what());
    return 1;
  }
}
