// plaintalk-server: reads what it was told, wires the parts together, and serves until a signal comes.
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <malloc.h>

#include "messenger/net/activity_log.hpp"
#include "messenger/net/descriptor_limit.hpp"
#include "messenger/net/server_loop.hpp"
#include "messenger/net/server_settings.hpp"
#include "messenger/net/start_lines.hpp"
#include "messenger/net/system_random.hpp"
#include "messenger/store/open_spool.hpp"
#include "messenger/store/spool_thread.hpp"

namespace {

using plaintalk::messenger::ServerSettings;

// What stood on the command line; it wins over the configuration file.
struct CommandLine {
  std::vector<std::string> listen;
  std::string config, log, record, spool, name;
  bool no_guests = false, unlimited_rate = false, quiet = false, overwrite = false;
};

void add_options(CLI::App& app, CommandLine& line) {
  app.add_option("--listen", line.listen, "address to listen on; may be given again; port 0 takes a free one")
      ->type_name("HOST:PORT");
  app.add_option("--config", line.config, "settings (messenger/net/server.example.toml lists them)")
      ->type_name("FILE");
  app.add_option("--log", line.log, "append the activity as JSON lines")->type_name("FILE");
  app.add_option("--record", line.record,
                 "write the server's own bytes as pcapng with made-up TCP/IP headers")
      ->type_name("FILE");
  app.add_flag("--overwrite", line.overwrite, "replace the file of --record if it exists");
  app.add_option("--spool", line.spool,
                 "folder for files on their way, or 'memory' (default: a temporary folder)")
      ->type_name("DIR");
  app.add_option("--name", line.name, "the server's name in the greeting (default: lab)");
  app.add_flag("--no-guests", line.no_guests, "every login needs a password");
  app.add_flag("--unlimited-rate", line.unlimited_rate,
               "no limit on messages and bytes a second, for benchmarks");
  app.add_flag("--quiet", line.quiet,
               "no activity on standard output, only the line that says the server is ready");
  app.set_version_flag("--version", "plaintalk-server " PLAINTALK_VERSION);
}

ServerSettings settings_from(const CommandLine& line) {
  ServerSettings settings =
      line.config.empty() ? ServerSettings{} : plaintalk::messenger::read_settings(line.config);
  if (!line.listen.empty()) settings.listen = line.listen;
  if (!line.log.empty()) settings.log = line.log;
  if (!line.record.empty()) {
    settings.record = line.record;
    settings.existing_record = ServerSettings::Existing::refuse;
  }
  if (!line.spool.empty()) settings.spool = line.spool;
  if (!line.name.empty()) settings.core.name = line.name;
  if (line.no_guests) settings.core.guests_allowed = false;
  if (line.unlimited_rate) lift_rate_limits(settings.core);
  if (line.quiet) settings.quiet = true;
  if (line.overwrite) settings.existing_record = ServerSettings::Existing::overwrite;
  return settings;
}

std::unique_ptr<plaintalk::messenger::Recorder> open_recorder(const ServerSettings& settings) {
  using Existing = plaintalk::capture::FileSink::Existing;
  const bool overwrites = settings.existing_record == ServerSettings::Existing::overwrite;
  return std::make_unique<plaintalk::messenger::Recorder>(
      plaintalk::messenger::recording_path(settings.record, settings.existing_record),
      overwrites ? Existing::overwrite : Existing::refuse, "plaintalk-server " PLAINTALK_VERSION);
}

// A turn of a busy room takes and frees some 100 KiB, and malloc would give the top of the heap back to the
// system each time: 9 % of the server's time went into that. So up to 1 MiB stays.
void keep_top_of_heap() {
#ifdef __GLIBC__
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
  // A fixed one above switches off that this one adapts itself.
  ::mallopt(M_MMAP_THRESHOLD, 512 << 10);
#endif
}

void serve(ServerSettings settings) {
  namespace messenger = plaintalk::messenger;
  const std::string note = messenger::fit_connections(settings.core, messenger::raise_descriptor_limit());
  messenger::ServerLoop::Options options;
  for (const std::string& where : settings.listen) options.listen.push_back(messenger::listen_address(where));
  options.send_buffer_bytes = settings.send_buffer_bytes;

  const std::unique_ptr<messenger::BlockSpool> blocks = messenger::open_spool(settings.spool);
  messenger::SpoolThread spool(*blocks);
  messenger::SystemRandom random;
  messenger::ActivityLog log({settings.quiet ? -1 : 1, settings.log});
  std::unique_ptr<messenger::Recorder> recorder;
  if (!settings.record.empty()) recorder = open_recorder(settings);
  messenger::ServerLoop loop(options, settings.core, {spool, random, log, recorder.get()});
  loop.stop_on_signals();
  loop.on_hangup([&log](plaintalk::WallTime time) { log.reopen(time); });
  const std::string more = settings.quiet ? "" : note + messenger::spool_line(settings.spool);
  std::fputs((more + messenger::start_lines(loop.endpoints())).c_str(), stdout);
  std::fflush(stdout);
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"The Plaintalk messaging server. Everything that is sent to it is readable on the network.",
               "plaintalk-server"};
  add_options(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader of the log that leaves may not end the server
  keep_top_of_heap();
  try {
    serve(settings_from(line));
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-server: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
