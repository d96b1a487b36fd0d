#include "labs/demo/demo_session.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <unistd.h>

namespace plaintalk::demo {
namespace {

using session::CaptureMode;
using session::ChildProcess;

constexpr Milliseconds kReadyLimit{20'000};
constexpr Milliseconds kSessionLimit{120'000};
constexpr Milliseconds kMorePerUser{2'000};  // a slow machine starts this many programs one after the other
constexpr Milliseconds kStopLimit{10'000};
constexpr Milliseconds kAnalyzeLimit{120'000};
// The kernel does not end a program with file capabilities when its parent dies (prctl(2), PR_SET_PDEATHSIG):
// the capture gets an end of its own.
constexpr std::string_view kCaptureSecondsMax = "1800";
constexpr std::size_t kStartedAtOnceMax = 8;

constexpr std::string_view kPasswordFile = "alice-password.txt";

std::string script_file(const std::string& name) { return "scripts/" + name + ".txt"; }

}  // namespace

ChildProcess& DemoSession::start(const std::string& name, const std::string& program,
                                 std::vector<std::string> arguments, int network, bool captures) {
  std::string log_name = "logs/" + name + ".log";
  std::ranges::replace(log_name, ' ', '-');
  return supervisor_.start({.name = name,
                            .program = session::require_program(program),
                            .arguments = std::move(arguments),
                            .log_path = folder_ / log_name,
                            .working_folder = folder_.path(),
                            .inherits_capture_rights = captures,
                            .network = network});
}

ChildProcess& DemoSession::start_capture(const std::string& file) {
  std::vector<std::string> arguments{"--interface", network_->interface(),           "--out",         file,
                                     "--duration",  std::string(kCaptureSecondsMax), "--buffer-size", "64"};
  if (!server_address_.empty()) {
    arguments.insert(arguments.end(), {"--port", server_address_.substr(server_address_.rfind(':') + 1)});
  }
  // Under sudo the folder is root's, like all that the demo makes; the capture would open its file as the
  // person who called sudo, who may not write there.
  if (::geteuid() == 0) ::unsetenv("SUDO_UID");
  ChildProcess& capture =
      start("capture", "plaintalk-capture", std::move(arguments), network_->server_network(), true);
  supervisor_.wait_for_line(capture, "ready: capturing on", kReadyLimit);
  return capture;
}

session::CaptureChoice DemoSession::choose_capture(std::optional<CaptureMode> wanted,
                                                   const Participants& participants) {
  status_.step("finding out how this machine lets us capture");
  session::WireOptions wire;
  for (const Participant* participant : {&participants.alice, &participants.bob, &participants.carol}) {
    wire.people_addresses.push_back(participant->address);
  }
  for (const Participant& other : participants.others) wire.people_addresses.push_back(other.address);
  network_.emplace(std::move(wire));
  network_->choose(supervisor_, wanted, [this]() -> ChildProcess& { return start_capture("probe.pcapng"); });
  std::filesystem::remove(folder_ / "probe.pcapng");
  return network_->choice();
}

std::string DemoSession::address_of(const Participant& participant) const {
  return network_->address_of(participant.address);
}

void DemoSession::write_input_files(const Participants& participants) const {
  folder_.write_file("sent/" + std::string(kFileName), make_file_content(kFileSize));
  folder_.write_file(kPasswordFile, std::string(kPassword) + '\n', true);
  folder_.write_file(script_file("alice-registers"), participants.registration);
  const auto write_script = [&](const Participant& participant) {
    folder_.write_file(script_file(participant.name), participant.script);
  };
  write_script(participants.alice);
  write_script(participants.bob);
  write_script(participants.carol);
  std::ranges::for_each(participants.others, write_script);
  folder_.write_file("scripts/README.txt", instructions_to_run_again(participants));
}

void DemoSession::start_server(CaptureMode mode) {
  std::vector<std::string> arguments{"--listen", network_->server_address() + ":0", "--log",
                                     folder_ / "server.jsonl"};
  if (mode == CaptureMode::own_recording) arguments.insert(arguments.end(), {"--record", "session.pcapng"});
  server_ = &start("server", "plaintalk-server", std::move(arguments), network_->server_network());
  server_address_ =
      session::address_in_ready_line(supervisor_.wait_for_line(*server_, "ready: listening on", kReadyLimit));
}

ChildProcess& DemoSession::start_client(const Participant& participant, std::vector<std::string> more,
                                        const std::string& script) {
  std::vector<std::string> arguments{
      server_address_,
      "--user",
      participant.name,
      "--bind",
      address_of(participant),
      "--timeout",
      std::to_string(std::chrono::ceil<std::chrono::seconds>(limit_).count() / 2),
      "--download-dir",
      "downloads/" + participant.name,
      "--script",
      script_file(script)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::filesystem::create_directories(folder_ / ("downloads/" + participant.name));
  ChildProcess& client = start("client " + script, "plaintalk-client", std::move(arguments));
  clients_.push_back(&client);
  return client;
}

void DemoSession::run(const Participants& participants, CaptureMode mode) {
  limit_ = kSessionLimit + kMorePerUser * participants.user_count();
  write_input_files(participants);
  status_.step("starting the server");
  start_server(mode);
  if (mode != CaptureMode::own_recording) {
    status_.step("starting the capture");
    capture_ = &start_capture("session.pcapng");
  }
  run_clients(participants);
  status_.step("stopping the server and the capture");
  const session::ExitStatus server_end = supervisor_.stop(*server_, SIGTERM, kStopLimit);
  if (!server_end.is_success()) throw std::runtime_error(session::describe_end(*server_));
  if (capture_ == nullptr) return;
  const session::ExitStatus capture_end = supervisor_.stop(*capture_, SIGINT, kStopLimit);
  if (!capture_end.is_success()) throw std::runtime_error(session::describe_end(*capture_));
}

void DemoSession::run_clients(const Participants& participants) {
  const std::string password = std::string(kPasswordFile);
  status_.step("alice registers");
  ChildProcess& registration =
      start_client(participants.alice, {"--password-file", password, "--register"}, "alice-registers");
  supervisor_.wait_for_success(registration, limit_);

  status_.step("class begins: " + std::to_string(participants.user_count()) +
               " users, a room, direct messages, a file");
  start_client(participants.alice, {"--password-file", password}, "alice");
  ChildProcess& bob = start_client(participants.bob, {"--guest"}, "bob");
  std::size_t started_count = 0;
  for (const Participant& participant : participants.others) {
    ChildProcess& client = start_client(participant, {"--guest"}, participant.name);
    // A few at a time: a machine that starts 200 programs at once serves none of them.
    if (++started_count % kStartedAtOnceMax == 0) {
      supervisor_.run_until([&] { return !client.lines().empty() || client.has_ended(); }, kReadyLimit);
    }
  }
  keep_bob_disconnected_until_carol_has_spoken(participants, bob);
  status_.step("class ends");
  wait_for_all(limit_);
}

void DemoSession::keep_bob_disconnected_until_carol_has_spoken(const Participants& participants,
                                                               ChildProcess& bob) {
  const auto anybody_failed = [&] {
    return std::ranges::any_of(clients_, [](const ChildProcess* client) {
      return client->has_ended() && !client->exit_status()->is_success();
    });
  };
  const auto bob_is_away = [&] { return log_file_.update().closed_count("bob") > 0; };
  // The server prints a line for each event, which wakes this loop: no clock is involved.
  if (!supervisor_.run_until([&] { return bob_is_away() || bob.has_ended() || anybody_failed(); }, limit_)) {
    throw std::runtime_error("bob's connection was not dropped within " +
                             std::to_string(limit_.count() / 1000) +
                             " s; bob said last: " + bob.last_words());
  }
  wait_for_all(Milliseconds::zero());
  bob.send_signal(SIGSTOP);
  status_.step("bob is disconnected; carol comes late");
  ChildProcess& carol = start_client(participants.carol, {"--guest"}, "carol");
  carol.look_for(std::string(kReconnectAfterText));
  supervisor_.run_until([&] { return carol.found_line() || carol.has_ended() || anybody_failed(); }, limit_);
  bob.send_signal(SIGCONT);
}

// Throws as soon as one client has failed: the others would only wait for its lines.
void DemoSession::wait_for_all(Milliseconds limit) {
  ChildProcess* failed = nullptr;
  const auto is_over = [&] {
    std::size_t ended_count = 0;
    for (ChildProcess* client : clients_) {
      if (!client->has_ended()) continue;
      ++ended_count;
      if (!client->exit_status()->is_success()) failed = client;
    }
    return failed != nullptr || server_->has_ended() || ended_count == clients_.size();
  };
  const bool in_time = supervisor_.run_until(is_over, limit);
  if (failed != nullptr) throw std::runtime_error(session::describe_end(*failed));
  session::Supervisor::require_running(*server_);
  if (in_time || limit == Milliseconds::zero()) return;
  const auto slow =
      std::ranges::find_if(clients_, [](const ChildProcess* client) { return !client->has_ended(); });
  throw std::runtime_error("the session did not end within " + std::to_string(limit.count() / 1000) +
                           " s: the " + (*slow)->name() + " said last: " + (*slow)->last_words() +
                           " [log: " + (*slow)->options().log_path.string() + ']');
}

void DemoSession::analyze() {
  status_.step("analyzing the capture");
  ChildProcess& analyzer = start("analyze", "plaintalk-analyze",
                                 {"session.pcapng", "--out", "analysis", "--show-secrets", "--quiet"});
  supervisor_.wait_for_success(analyzer, kAnalyzeLimit);
}

}  // namespace plaintalk::demo
