// plaintalk-capture: records the packets of one interface as pcapng. The only program of the toolkit that
// ever holds a privilege, and it gives it up before it reads the first packet (docs/CAPTURE.md).
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/privileges/privileges.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "capture/file/file_sink.hpp"
#include "capture/live/live_capture.hpp"
#include "capture/live/recorder.hpp"
#include "capture/live/signals.hpp"

namespace {

namespace capture = plaintalk::capture;

constexpr const char* kProgram = "plaintalk-capture";

struct Options {
  capture::LiveOptions live;
  std::string out;
  double duration_s = 0;
  std::uint64_t count = 0;
  std::size_t buffer_size_mib = 16;
  bool list = false;
  bool overwrite = false;
};

void add_options(CLI::App& app, Options& options) {
  options.live.interface = "lo";
  app.set_version_flag("--version", std::string(kProgram) + ' ' + PLAINTALK_VERSION);
  app.add_option("-i,--interface", options.live.interface, "Where to listen; 'any' is all of them")
      ->capture_default_str();
  app.add_option("-o,--out", options.out, "The pcapng file to write; '-' is standard output");
  app.add_flag("--overwrite", options.overwrite, "Replace the file if it exists");
  app.add_option("--port", options.live.port, "Record this TCP port (also in VLANs and fragments)")
      ->capture_default_str()
      ->check(CLI::Range(1, 65535));
  app.add_option("--filter", options.live.filter,
                 "Record what this pcap-filter(7) lets through, instead of --port");
  app.add_option("--duration", options.duration_s, "Stop after this many seconds")
      ->check(CLI::PositiveNumber);
  app.add_option("--count", options.count, "Stop after this many packets")->check(CLI::PositiveNumber);
  app.add_option("--snap-length", options.live.snap_length, "Keep this many bytes of each packet")
      ->capture_default_str()
      ->check(CLI::Range(64, 262144));
  app.add_option("--buffer-size", options.buffer_size_mib, "The kernel's buffer, in MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 2047));
  app.add_flag("--promiscuous", options.live.is_promiscuous,
               "Also packets that are meant for other machines");
  app.add_flag("--list", options.list, "Show the interfaces and stop");
}

void say(const std::string& text) { std::cerr << kProgram << ": " << text << '\n'; }

void print_interfaces() {
  for (const capture::InterfaceSummary& interface : capture::list_interfaces()) {
    std::cout << interface.name << (interface.is_up ? "  up" : "  down");
    if (interface.is_loopback) std::cout << "  loopback";
    for (const std::string& address : interface.addresses) std::cout << "  " << address;
    if (!interface.description.empty())
      std::cout << "  (" << plaintalk::terminal_safe(interface.description) << ')';
    std::cout << '\n';
  }
}

capture::Recorder::Options recording(const Options& options) {
  capture::Recorder::Options recording;
  recording.interface = options.live.interface;
  recording.application = std::string(kProgram) + ' ' + PLAINTALK_VERSION;
  if (options.duration_s > 0) {
    // A century, so that no number overflows the clock.
    const std::chrono::duration<double> span(std::min(options.duration_s, 3.2e9));
    recording.duration = std::chrono::duration_cast<plaintalk::Nanoseconds>(span);
  }
  if (options.count > 0) recording.count_max = options.count;
  return recording;
}

capture::FileSink open_output(const Options& options) {
  const plaintalk::AsInvoker as_invoker;
  return capture::FileSink::create(options.out, options.overwrite ? capture::FileSink::Existing::overwrite
                                                                  : capture::FileSink::Existing::refuse);
}

int record(Options& options) {
  if (options.out == "-" && ::isatty(STDOUT_FILENO) == 1)
    throw std::runtime_error("standard output is a terminal; pipe it, or give --out a file name");
  const int stop_descriptor = capture::stop_signals_descriptor();
  options.live.buffer_size = options.buffer_size_mib << 20;
  auto live = capture::LiveCapture::open(options.live);
  auto sink = open_output(options);
  const std::string out_name = sink.name();
  const std::string rights = plaintalk::drop_privileges();

  for (const std::string& note : live.notes()) say("note: " + plaintalk::terminal_safe(note));
  say("ready: capturing on " + plaintalk::terminal_safe(options.live.interface) + " (" +
      live.link_type_name() + "), filter '" + plaintalk::terminal_safe(live.filter()) + "', " + rights);
  capture::Recorder recorder(std::move(live), std::move(sink), recording(options), stop_descriptor, say);
  const capture::Recorder::Summary summary = recorder.run();
  say(std::to_string(summary.packet_count) + " packets in " + plaintalk::terminal_safe(out_name) +
      "; lost: " + std::to_string(summary.statistics.dropped_count) + " in the kernel's buffer, " +
      std::to_string(summary.statistics.interface_dropped_count) + " at the interface");
  if (summary.unwritten_count > 0)
    say(std::to_string(summary.unwritten_count) + " more were captured and could not be written");
  if (summary.failure.empty()) return 0;
  say(plaintalk::terminal_safe(summary.failure));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Records the packets of one interface as pcapng, without keeping any privilege.", kProgram);
  add_options(app, options);
  try {
    app.parse(argc, argv);
    if (!options.list && options.out.empty()) throw CLI::RequiredError("--out");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    if (options.list) {
      print_interfaces();
      return 0;
    }
    return record(options);
  } catch (const std::exception& error) {
    say(plaintalk::terminal_safe(error.what()));
    return 1;
  }
}
