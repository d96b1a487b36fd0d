#include "labs/stage/people.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "base/program_path.hpp"
#include "base/text.hpp"
#include "labs/stage/memory_file.hpp"

namespace plaintalk::stage {
namespace {

using session::ChildProcess;

constexpr Milliseconds kComingLimit{20'000};
constexpr Milliseconds kGoodByeLimit{3'000};
// The longest that plaintalk-client lets a script wait: a day. The stage ends before.
constexpr const char* kScriptTimeout = "86400";
// Beyond the client's own good-bye.
constexpr int kExitTerminated = 128 + SIGTERM;

std::size_t count_first_joins(std::string_view script) {
  std::size_t count = 0;
  while (script.starts_with("/join ")) {
    ++count;
    script.remove_prefix(std::min(script.find('\n'), script.size() - 1) + 1);
  }
  return count;
}

// One word of a shell, whatever is in it.
std::string for_shell(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

}  // namespace

People::People(session::Supervisor& supervisor, const session::SessionNetwork& network,
               const StageFolder& folder)
    : supervisor_(supervisor), network_(network), folder_(folder) {}

void People::add(const StagePlan& plan, const std::string& server) {
  server_ = server;
  student_address_ = plan.student_address;
  for (const Person& person : plan.people) {
    actors_.push_back({.person = person, .first_join_count = count_first_joins(person.script)});
  }
}

void People::start(Actor& actor) {
  const Person& person = actor.person;
  const bool is_shell = !person.commands.empty();
  const FileDescriptor script =
      memory_file("script of " + person.name, is_shell ? commands_of(person) : person.script);
  const FileDescriptor password = memory_file("password of " + person.name, person.password + '\n');
  session::ChildOptions options = person.is_client() ? client_of(person)
                                  : is_shell         ? shell_of(person, script)
                                                     : program_of(person);
  options.name = person.name;
  options.log_path = folder_.private_folder() / (person.name + ".log");
  options.has_own_group = true;
  if (person.is_client()) {
    options.input = script.number();
    if (!person.password.empty()) {
      options.files.push_back(password.number());
      options.arguments.insert(options.arguments.end(), {"--password-file", path_of(password)});
    }
  }
  options.on_line = [this, &actor](const session::OutputLine& line) { take_line(actor, line.text); };
  actor.client = &supervisor_.start(std::move(options));
}

session::ChildOptions People::client_of(const Person& person) const {
  const auto downloads = folder_.private_folder() / "downloads" / person.name;
  std::filesystem::create_directories(downloads);
  session::ChildOptions options{.name = person.name,
                                .program = session::require_program("plaintalk-client"),
                                .working_folder = folder_.private_folder()};
  options.arguments = {
      server_,     "--user",       person.name,      "--bind",  network_.address_of(person.address),
      "--timeout", kScriptTimeout, "--download-dir", downloads, "--script",
      "-"};
  if (person.password.empty()) options.arguments.emplace_back("--guest");
  if (person.registers) options.arguments.emplace_back("--register");
  return options;
}

// As somebody would run it in `lab shell`.
session::ChildOptions People::program_of(const Person& person) const {
  const auto path = find_program(person.program.front());
  if (!path) {
    throw std::runtime_error("this lab runs " + terminal_safe(person.program.front()) +
                             ", which this machine does not have: install it");
  }
  session::ChildOptions options{.name = person.name, .program = *path, .working_folder = folder_.workspace()};
  options.arguments.assign(person.program.begin() + 1, person.program.end());
  if (person.at_server) options.network = network_.server_network();
  return options;
}

session::ChildOptions People::shell_of(const Person& person, const FileDescriptor& commands) const {
  session::ChildOptions options{.name = person.name,
                                .program = "/bin/sh",
                                .arguments = {"-eu", path_of(commands)},
                                .working_folder = folder_.private_folder(),
                                .files = {commands.number()}};
  if (person.at_server) options.network = network_.server_network();
  return options;
}

// What they need to be read as a student would type them: nobody but a test has the programs on PATH.
std::string People::commands_of(const Person& person) const {
  const std::string programs = session::require_program("plaintalk-client").parent_path().string();
  return "PATH=" + for_shell(programs) + ":$PATH PLAINTALK_ADDRESS=" +
         for_shell(network_.address_of(person.address.empty() ? student_address_ : person.address)) +
         "\nexport PATH PLAINTALK_ADDRESS\n"
         "plaintalk() { plaintalk_command=$1; shift; \"plaintalk-$plaintalk_command\" \"$@\"; }\n" +
         person.commands;
}

void People::take_line(Actor& actor, std::string_view line) {
  ++line_count_;
  actor.has_spoken = true;
  if (line.starts_with("* connected to ")) actor.is_connected = true;
  if (line.starts_with("* joined #")) ++actor.joined_count;
  hear(line);
}

void People::hear(std::string_view line) {
  for (Actor& actor : actors_) {
    const std::string& text = actor.person.starts_after_text;
    if (!text.empty() && line.contains(text)) actor.is_due = true;
  }
}

void People::start_first_ones() {
  for (Actor& actor : actors_) {
    if (!actor.person.starts_after_text.empty()) continue;
    start(actor);
    supervisor_.run_until([&] { return actor.is_ready(); }, kComingLimit);
    if (actor.person.at_server && actor.client->has_ended())
      throw std::runtime_error(session::describe_end(*actor.client));
  }
}

void People::start_due() {
  for (Actor& actor : actors_) {
    if (actor.is_due && actor.client == nullptr) start(actor);
  }
}

bool People::all_ended() const {
  return !is_program_running() && std::ranges::all_of(actors_, [](const Actor& actor) {
    return actor.client == nullptr || actor.client->has_ended() || actor.person.at_server;
  });
}

bool People::is_program_running() const {
  const auto is_program = [](const Actor& actor) { return !actor.person.program.empty(); };
  const bool has_server = std::ranges::any_of(actors_, [&](const Actor& actor) {
    return is_program(actor) && actor.person.at_server && actor.client != nullptr &&
           !actor.client->has_ended();
  });
  return std::ranges::any_of(actors_, [&](const Actor& actor) {
    if (!is_program(actor) || actor.person.at_server) return false;
    return actor.client == nullptr ? has_server : !actor.client->has_ended();
  });
}

bool People::has_program_failed() const {
  return std::ranges::any_of(actors_, [](const Actor& actor) {
    return !actor.person.program.empty() && actor.client != nullptr && actor.client->has_ended() &&
           !actor.client->exit_status()->is_success();
  });
}

void People::stop() {
  for (Actor& actor : actors_) {
    if (actor.client == nullptr || actor.client->has_ended()) continue;
    actor.was_stopped = true;
    actor.client->send_signal(SIGTERM);
  }
  for (Actor& actor : actors_) {
    if (actor.was_stopped) supervisor_.stop(*actor.client, SIGCONT, kGoodByeLimit);
  }
}

std::vector<PersonOutcome> People::outcomes() const {
  using End = PersonOutcome::End;
  std::vector<PersonOutcome> all;
  for (const Actor& actor : actors_) {
    PersonOutcome outcome;
    outcome.name = actor.person.name;
    if (actor.client == nullptr) {
      outcome.end = End::never_came;
      outcome.last_words = "waited for \"" + actor.person.starts_after_text + '"';
    } else {
      const session::ExitStatus status =
          actor.client->exit_status().value_or(session::ExitStatus{0, SIGKILL});
      const bool ended_by_us = actor.was_stopped && (status.code == kExitTerminated || status.signal != 0);
      outcome.end = status.is_success() ? End::finished : ended_by_us ? End::stopped : End::failed;
      if (outcome.end != End::finished) outcome.last_words = actor.client->last_words();
    }
    all.push_back(std::move(outcome));
  }
  return all;
}

}  // namespace plaintalk::stage
