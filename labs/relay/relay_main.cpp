// plaintalk-relay: a TCP relay that makes a connection bad on purpose.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "base/endpoint.hpp"
#include "base/number.hpp"
#include "base/text.hpp"
#include "labs/relay/relay.hpp"

namespace {

namespace relay = plaintalk::relay;

constexpr std::uint16_t kDefaultPort = 7777;

constexpr const char* kFooter =
    R"(IMPAIRMENTS, separated by commas; a number may be a range (1000-9000), of which each connection draws its own:
  delay=40ms jitter=10ms rate=256kbit   later; up to 10 ms later still, anew for each KiB; not faster
  octets                                one octet a write, so that segments have one
  coalesce=1400:200ms                   waits for 1400 bytes, 200 ms at most, and writes them at once
  stall=4096:3s                         after 4096 bytes nothing goes on for 3 s
  sleep=4096:3s  naps=4096:3s           after 4096 bytes (each 4096 bytes) nothing is read for 3 s
  half-close=4096  reset=4096           after 4096 bytes: FIN, and the rest is thrown away; or RST

A relay ends two connections and copies between them. It cannot make TCP lose, reorder or retransmit.
Exit status: 0 ended in good order (Ctrl-C, too), 1 failure, 2 wrong command line, 3 no connection to the target.)";

struct CommandLine {
  std::string listen = "127.0.0.1:0";
  std::string to;
  std::string up;
  std::string down;
  std::string both;
  std::string seed;
  relay::RelayOptions options{};
};

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void describe(CLI::App& app, CommandLine& line) {
  app.name("plaintalk-relay");
  app.set_version_flag("--version", "plaintalk-relay " PLAINTALK_VERSION);
  app.add_option("--listen", line.listen,
                 "ADDRESS:PORT to listen on, port 0 for any free one; - makes standard input and output the\n"
                 "only client: what is typed goes to the target (default 127.0.0.1:0)");
  app.add_option("--to", line.to, "HOST:PORT of the target (default: $PLAINTALK_SERVER)");
  app.add_option("--bind", line.options.source_address, "connect to the target from this address");
  app.add_option("--up", line.up, "impairments of what goes to the target");
  app.add_option("--down", line.down, "impairments of what comes back from it");
  app.add_option("--both", line.both, "impairments of both directions");
  app.add_option("--seed", line.seed,
                 "a number: the same one gives the same decisions (default: a new one, which is logged when "
                 "it matters)");
  app.add_option("--buffer", line.options.buffer_bytes,
                 "bytes held in each direction of a connection (16384)")
      ->check(CLI::Range(1, 64 << 20));
  app.add_option("--socket-buffer", line.options.socket_buffer_bytes,
                 "SO_RCVBUF and SO_SNDBUF; small ones close the window soon (default: the kernel decides)")
      ->check(CLI::Range(256, 64 << 20));
  app.add_option("--connections", line.options.connections_max, "connections at a time (64)")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--once", line.options.once, "end with the first connection");
  app.footer(kFooter);
}

relay::Impairments impairments_of(const std::string& option, const std::string& text) {
  const auto read = relay::parse_impairments(text);
  if (!read) throw UsageError(option + ": " + read.error());
  return *read;
}

plaintalk::HostPort endpoint_of(const std::string& option, const std::string& text) {
  const auto read = plaintalk::parse_host_port(text, kDefaultPort);
  if (!read) throw UsageError(option + ": " + read.error());
  return *read;
}

std::uint64_t seed_of(const std::string& text) {
  if (text.empty()) return std::random_device()();
  const auto seed = plaintalk::parse_decimal<std::uint64_t>(text);
  if (!seed) throw UsageError("--seed: '" + plaintalk::terminal_safe(text) + "' is no number");
  return *seed;
}

// Throws UsageError.
void complete(CommandLine& line) {
  if (line.to.empty()) {
    const char* server = std::getenv("PLAINTALK_SERVER");
    if (server == nullptr || *server == '\0')
      throw UsageError("where to? Name the target with --to HOST:PORT, or in PLAINTALK_SERVER");
    line.to = server;
  }
  line.options.to = endpoint_of("--to", line.to);
  if (line.listen != "-") line.options.listen = endpoint_of("--listen", line.listen);
  if (!line.both.empty() && (!line.up.empty() || !line.down.empty()))
    throw UsageError("--both stands for --up and --down: give either it or them");
  line.options.up =
      impairments_of(line.both.empty() ? "--up" : "--both", line.both.empty() ? line.up : line.both);
  line.options.down =
      impairments_of(line.both.empty() ? "--down" : "--both", line.both.empty() ? line.down : line.both);
  line.options.seed = seed_of(line.seed);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CommandLine line;
  CLI::App app{"A TCP relay that makes a connection bad on purpose: slow, in pieces, stalled, cut. No root."};
  describe(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? relay::kExitOk : relay::kExitUsage;
  }
  try {
    complete(line);
    // What is relayed goes to standard output when that is an end of the connection.
    std::ostream& out = line.options.listen ? std::cout : std::cerr;
    const relay::Log log = [&out](const std::string& text) {
      out << "plaintalk-relay: " << text << '\n' << std::flush;
    };
    if (line.seed.empty() &&
        (relay::depends_on_seed(line.options.up) || relay::depends_on_seed(line.options.down)))
      log("seed " + std::to_string(line.options.seed));
    return relay::run_relay(line.options, log);
  } catch (const UsageError& error) {
    std::cerr << "plaintalk-relay: " << error.what() << '\n';
    return relay::kExitUsage;
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-relay: " << error.what() << '\n';
    return relay::kExitFailure;
  }
}
