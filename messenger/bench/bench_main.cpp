// plaintalk-bench: puts load on a Plaintalk server, or on a NATS server, or on both in turn with the same
// plan, and says how they did.
#include <algorithm>
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <sched.h>
#include <sys/resource.h>

#include "messenger/bench/bench_report.hpp"
#include "messenger/bench/bench_run.hpp"

namespace {

namespace bench = plaintalk::messenger::bench;

struct CommandLine {
  std::vector<std::pair<std::string, std::string>> targets;
  std::vector<int> server_processes;
  std::string workload = "fanout";
  bench::Plan plan;
  unsigned timeout_s = 120;
  int pin = -1;
  unsigned run_count = 1;
  bool json = false, no_echo = false, remote_allowed = false;
};

void add_options(CLI::App& app, CommandLine& line) {
  bench::Plan& plan = line.plan;
  app.add_option("--target", line.targets,
                 "plaintalk or nats, and HOST:PORT; given again, all are measured in turn")
      ->type_name("KIND HOST:PORT")
      ->required();
  app.add_option("--server-pid", line.server_processes,
                 "process of each target, in order, for its CPU time and memory");
  app.add_option("--workload", line.workload, "fanout, pairs, paced or idle")
      ->check(CLI::IsMember({"fanout", "pairs", "paced", "idle"}));
  app.add_option("--rooms", plan.room_count, "rooms, or pairs")->check(CLI::Range(1, 100'000));
  app.add_option("--members", plan.member_count, "clients in each room, the publishers among them")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--publishers", plan.publisher_count, "clients in each room that send")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--size", plan.body_size, "bytes of a message")
      ->check(CLI::Range(bench::kBodySizeMin, std::size_t{65536}));
  app.add_option("--messages", plan.message_count, "messages in all")
      ->check(CLI::Range(1ULL, 10'000'000'000ULL));
  app.add_option("--window", plan.window, "messages of a room that may be under way")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--rate", plan.messages_per_second, "messages a second in all (paced)")
      ->check(CLI::Range(1.0, 1e7));
  app.add_flag("--direct", plan.direct, "pairs write to @user instead of to a room");
  app.add_flag("--no-echo", line.no_echo, "NATS publishers do not hear themselves");
  app.add_option("--timeout", line.timeout_s, "seconds after which a run is given up")
      ->check(CLI::Range(1, 86'400));
  app.add_option("--runs", line.run_count, "runs on each target")->check(CLI::Range(1, 100));
  app.add_option("--pin", line.pin, "the core to run on")->check(CLI::Range(0, 1023));
  app.add_flag("--json", line.json, "one JSON object a run");
  app.add_flag("--allow-remote", line.remote_allowed,
               "also put load on another machine, which must be yours");
  app.set_version_flag("--version", "plaintalk-bench " PLAINTALK_VERSION);
}

bench::Plan plan_from(const CommandLine& line) {
  static const std::map<std::string, bench::Workload> workloads{{"fanout", bench::Workload::fanout},
                                                                {"pairs", bench::Workload::pairs},
                                                                {"paced", bench::Workload::paced},
                                                                {"idle", bench::Workload::idle}};
  bench::Plan plan = line.plan;
  plan.workload = workloads.at(line.workload);
  plan.echo = !line.no_echo;
  plan.time_max = std::chrono::seconds(line.timeout_s);
  if (plan.workload == bench::Workload::pairs) plan.member_count = 2;
  if (plan.publisher_count > plan.member_count) throw std::runtime_error("more --publishers than --members");
  if (plan.direct && (plan.workload != bench::Workload::pairs || plan.publisher_count != 1))
    throw std::runtime_error("--direct is for --workload pairs with one publisher");
  return plan;
}

bench::Target target_from(const CommandLine& line, std::size_t index) {
  const auto& [kind, where] = line.targets[index];
  if (kind != "plaintalk" && kind != "nats")
    throw std::runtime_error("--target has to be plaintalk or nats, not " + kind);
  bench::Target target;
  target.kind = kind == "nats" ? bench::Target::Kind::nats : bench::Target::Kind::plaintalk;
  const auto parsed =
      plaintalk::parse_host_port(where, target.kind == bench::Target::Kind::nats ? 4222 : 7777);
  if (!parsed) throw std::runtime_error(parsed.error());
  target.where = *parsed;
  if (index < line.server_processes.size()) target.server_process = line.server_processes[index];
  target.remote_allowed = line.remote_allowed;
  return target;
}

void prepare_process(int core) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    throw std::runtime_error("this machine has no such core to --pin to");
}

void measure(const CommandLine& line) {
  const bench::Plan plan = plan_from(line);
  prepare_process(line.pin);
  for (unsigned run = 0; run < line.run_count; ++run) {
    std::vector<bench::Outcome> outcomes;
    for (std::size_t i = 0; i < line.targets.size(); ++i) {
      const bench::Target target = target_from(line, i);
      outcomes.push_back(bench::BenchRun(plan, target).run());
      std::cout << (line.json ? report_json(plan, target, outcomes[i]) : report(plan, target, outcomes[i]))
                << std::flush;
      if (i > 0 && !line.json)
        std::cout << compare(plan, outcomes[0], line.targets[0].first, outcomes[i], line.targets[i].first);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"Load for a messaging server, every delivery checked.", "plaintalk-bench"};
  add_options(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    measure(line);
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-bench: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
