// plaintalk-link: a link between two interfaces that delays, loses, reorders and doubles packets by a plan.
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>
#include <sys/signalfd.h>

#include "base/file_descriptor.hpp"
#include "labs/link/link.hpp"

namespace {

namespace link = plaintalk::link;

constexpr const char* kAbout =
    "Carries Ethernet frames between two interfaces of this network namespace, and delays, loses, holds "
    "back\n"
    "and doubles them as a plan says, by a seed: with one seed the n-th packet has the same fate each time.\n"
    "The interfaces must have no addresses and no offloads; it needs CAP_NET_RAW. `plaintalk lab` starts it\n"
    "where a lab asks for a bad network. It ends with SIGINT or SIGTERM.\n\n"
    "PLAN is JSON; all words may be left out:\n"
    "  {\"seed\":1, \"address\":\"10.0.0.11\",            whose link it is; empty: everybody's\n"
    "   \"to_people\":{\"delay_ms\":20, \"jitter_ms\":3, \"rate_kbit_s\":2000, \"queue_kbytes\":64,\n"
    "                \"loss_percent\":1.5, \"duplicate_percent\":1, \"reorder_percent\":2, "
    "\"reorder_ms\":10},\n"
    "   \"to_server\":{...},\n"
    "   \"packets\":[{\"direction\":\"to_people\", \"text\":\"hello\", \"skip\":0, \"times\":2, "
    "\"fate\":\"lose\"}]}";

// Signals end it in order: what it counted is told.
plaintalk::FileDescriptor end_by_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  plaintalk::FileDescriptor file(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!file.is_open()) throw std::runtime_error("cannot wait for signals");
  return file;
}

link::LinkPlan read_plan(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error("cannot read " + path);
  auto plan = link::from_json(text);
  if (!plan) throw std::runtime_error(path + ": " + plan.error());
  return *std::move(plan);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kAbout);
  app.name("plaintalk-link");
  app.set_version_flag("--version", "plaintalk-link " PLAINTALK_VERSION);
  std::string server_side;
  std::string people_side;
  std::string plan_path;
  std::string ledger_path;
  app.add_option("SERVER_SIDE", server_side, "the interface to the server")->required();
  app.add_option("PEOPLE_SIDE", people_side, "the interface to the people")->required();
  app.add_option("--plan", plan_path, "what happens on the link (JSON)")->required();
  app.add_option("--ledger", ledger_path, "write a line of JSON for each packet that does not just pass");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    const link::LinkPlan plan = read_plan(plan_path);
    const plaintalk::FileDescriptor stop = end_by_signals();
    link::Ledger ledger(ledger_path);
    link::PacketPort to_server(server_side);
    link::PacketPort to_people(people_side);
    std::cout << "ready: " << link::describe(plan) << '\n' << std::flush;
    link::carry(plan, to_server, to_people, ledger, stop.number());
    std::cout << ledger.summary() << '\n' << std::flush;
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-link: " << error.what() << '\n';
    return 1;
  }
}
