#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>

#include <termios.h>
#include <unistd.h>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "capture/file/capture_reader.hpp"
#include "labs/session/session_network.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/stage/memory_file.hpp"
#include "labs/stage/people.hpp"
#include "labs/stage/process_identity.hpp"
#include "labs/stage/stage.hpp"
#include "labs/stage/stage_folder.hpp"

namespace plaintalk::stage {
namespace {

using session::CaptureMode;
using session::ChildProcess;
using std::chrono::steady_clock;

constexpr Milliseconds kReadyLimit{20'000};
constexpr Milliseconds kStopLimit{10'000};
constexpr Milliseconds kStageLimit = std::chrono::hours(24);
// What the people get when the student has left, as long as they do something.
constexpr Milliseconds kFinishLimit{60'000};
constexpr Milliseconds kIdleLimit{1'000};  // and some round trips
constexpr std::uint64_t kNoticedGrowth = 4096;
constexpr std::uint16_t kUsualPort = 7777;
// The kernel does not end a program with file capabilities when its parent dies (prctl(2), PR_SET_PDEATHSIG):
// a capture with such rights gets an end of its own.
constexpr const char* kCaptureSecondsMax = "86400";
constexpr const char* kScriptSecondsMax = "120";

// Puts a terminal back into the state it was in, should the client have been killed in the middle of editing
// a line.
class TerminalKeeper {
 public:
  TerminalKeeper()
      : is_ours_(tcgetpgrp(STDIN_FILENO) == getpgrp() && tcgetattr(STDIN_FILENO, &before_) == 0) {}
  ~TerminalKeeper() {
    if (is_ours_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  TerminalKeeper(const TerminalKeeper&) = delete;
  TerminalKeeper& operator=(const TerminalKeeper&) = delete;

 private:
  termios before_{};
  bool is_ours_;
};

std::vector<std::string> addresses_of(const StagePlan& plan) {
  std::vector<std::string> addresses{plan.student_address};
  for (const Person& person : plan.people)
    if (!person.address.empty()) addresses.push_back(person.address);
  return addresses;
}

session::WireOptions wire_for(const StagePlan& plan) {
  return {.people_addresses = addresses_of(plan), .has_gap = !plan.link.is_plain()};
}

std::uint64_t count_packets(const std::filesystem::path& file) {
  auto reader = capture::CaptureReader::open(file.string());
  std::uint64_t count = 0;
  for (auto packet = reader.next(); packet && *packet; packet = reader.next()) ++count;
  return count;
}

// "plaintalk-capture: 12 packets in FILE; lost: 3 in the kernel's buffer, 0 at the interface" -> 3.
std::uint64_t lost_in(const ChildProcess& capture) {
  constexpr std::string_view kBefore = "; lost: ";
  for (const session::OutputLine& line : capture.lines()) {
    const std::size_t at = line.text.rfind(kBefore);
    if (at != std::string::npos) return std::stoull(line.text.substr(at + kBefore.size()));
  }
  return 0;
}

std::string in_shell_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char letter : text) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + '\'';
}

class StageRun {
 public:
  explicit StageRun(const StageOptions& options)
      : options_(options),
        plan_(options.plan),
        folder_(options.folder, options.keep_logs_in),
        network_(wire_for(plan_)),
        people_(supervisor_, network_, folder_) {}

  StageResult play() {
    result_.attempt = folder_.attempt();
    result_.capture_file = folder_.capture_file();
    write_files();
    choose_capture();
    start_link();
    start_server();
    if (is_captured()) capture_ = &start_capture(folder_.capture_file());
    say_how_to_watch();
    options_.say("the others are coming");
    ::setenv("PLAINTALK_SERVER", result_.server.c_str(), 1);  // for programs of the student's
    people_.add(plan_, result_.server);
    people_.start_first_ones();
    write_state();
    let_student_talk();
    let_people_finish();
    stop_everything();
    return std::move(result_);
  }

 private:
  // The network of the stage is its own, and a browser is outside: what it sees is the file as it grows, in
  // every mode of capturing.
  void say_how_to_watch() const {
    const std::string port = result_.server.substr(result_.server.rfind(':') + 1);
    options_.say("to watch it in a browser, in another terminal: tail -c +1 -f " +
                 in_shell_quotes(terminal_safe(result_.capture_file.string())) + " | " +
                 front_door("analyze - --port " + port + " --web"));
  }

  bool is_captured() const { return result_.capture.mode != CaptureMode::own_recording; }

  void write_files() {
    for (const std::string& path : write_stage_files(folder_.workspace(), plan_.files)) {
      options_.say("your own " + terminal_safe(path) + " stays as it is");
    }
    write_stage_files(folder_.private_folder(), plan_.people_files);
    std::filesystem::create_directories(folder_.workspace() / "downloads");
  }

  session::ChildOptions child(const std::string& name, const std::string& program,
                              std::vector<std::string> arguments) const {
    return {.name = name,
            .program = session::require_program(program),
            .arguments = std::move(arguments),
            .log_path = folder_.private_folder() / (name + ".log"),
            .working_folder = folder_.workspace(),
            .network = network_.server_network(),
            .has_own_group = true};
  }

  ChildProcess& start_capture(const std::filesystem::path& file) {
    std::vector<std::string> arguments{"--interface", network_.interface(), "--out",         file,
                                       "--duration",  kCaptureSecondsMax,   "--buffer-size", "64"};
    if (!result_.server.empty()) {
      const std::string port = result_.server.substr(result_.server.rfind(':') + 1);
      if (plan_.also_port == 0) {
        arguments.insert(arguments.end(), {"--port", port});
      } else {
        arguments.insert(arguments.end(), {"--filter", "tcp port " + port + " or tcp port " +
                                                           std::to_string(plan_.also_port)});
      }
    }
    // Under sudo the folder is root's; the capture would open its file as the person who called sudo.
    if (::geteuid() == 0) ::unsetenv("SUDO_UID");
    auto options = child("capture", "plaintalk-capture", std::move(arguments));
    options.inherits_capture_rights = true;
    ChildProcess& capture = supervisor_.start(std::move(options));
    supervisor_.wait_for_line(capture, "ready: capturing on", kReadyLimit);
    return capture;
  }

  void choose_capture() {
    options_.say("finding out how this machine lets us capture");
    const auto probe = folder_.private_folder() / "probe.pcapng";
    network_.choose(supervisor_, options_.mode, [&]() -> ChildProcess& {
      std::filesystem::remove(probe);
      return start_capture(probe);
    });
    std::filesystem::remove(probe);
    result_.capture = network_.choice();
    result_.has_wire = network_.has_wire();
    result_.interface = network_.interface();
    if (!network_.has_wire() && !plan_.link.is_plain()) {
      result_.link_refused = "is as fast and good as this machine: there is no wire of our own";
      say_what_is_missing();
    }
    result_.lacks_real_tcp = plan_.needs_real_tcp && !is_captured();
    if (result_.lacks_real_tcp) {
      options_.say("only a recording is possible here, without real TCP, which this lab asks about");
      say_where_to_get_it();
    }
  }

  // Before the session, so that nobody plays it for nothing.
  void say_what_is_missing() const {
    options_.say("this lab is about a line that is not as usual (" + link::describe(plan_.link) +
                 "); such a line is made on a wire in a private network, and this session has none");
    if (is_captured() || !plan_.needs_real_tcp) say_where_to_get_it();
  }

  void say_where_to_get_it() const {
    options_.say("'" + front_door("doctor") +
                 "' tells what would allow it; or play the lab on another machine, with the same id, or let "
                 "your teacher play it for you ('" +
                 front_door("lab captures") + "'), and take that capture with '" + front_door("lab use") +
                 "'");
  }

  void start_link() {
    if (network_.gap_network() < 0) return;
    const FileDescriptor plan = memory_file("plan of the link", link::to_json(plan_.link));
    auto options =
        child("link", "plaintalk-link",
              {std::string(session::kGapServerInterface), std::string(session::kGapPeopleInterface), "--plan",
               path_of(plan), "--ledger", folder_.private_folder() / "link.jsonl"});
    options.network = network_.gap_network();
    options.inherits_capture_rights = true;
    options.files.push_back(plan.number());
    link_ = &supervisor_.start(std::move(options));
    supervisor_.wait_for_line(*link_, "ready: ", kReadyLimit);
    result_.link = link::describe(plan_.link);
  }

  void start_server() {
    std::uint16_t port = 0;
    if (network_.is_private()) port = plan_.server_port != 0 ? plan_.server_port : kUsualPort;
    std::vector<std::string> arguments{"--listen", network_.server_address() + ':' + std::to_string(port),
                                       "--log",    folder_.private_folder() / "server.jsonl",
                                       "--spool",  folder_.private_folder() / "spool"};
    if (!is_captured()) arguments.insert(arguments.end(), {"--record", folder_.capture_file()});
    auto options = child("server", "plaintalk-server", std::move(arguments));
    options.on_line = [this](const session::OutputLine& line) {
      ++server_line_count_;
      people_.hear(line.text);
    };
    server_ = &supervisor_.start(std::move(options));
    result_.server = session::address_in_ready_line(
        supervisor_.wait_for_line(*server_, "ready: listening on", kReadyLimit));
  }

  void write_state() const {
    RunningStage stage{.server = result_.server,
                       .interface = result_.interface,
                       .mode = result_.has_wire ? "wire" : std::string(render(result_.capture.mode)),
                       .attempt = result_.attempt,
                       .stage_process = getpid(),
                       .server_process = server_->pid(),
                       .is_private = network_.is_private()};
    stage.stage_start = start_time_of(stage.stage_process).value_or(0);
    stage.server_start = start_time_of(stage.server_process).value_or(0);
    folder_.state().write(stage);
  }

  session::ChildOptions student_client(const FileDescriptor& password) const {
    session::ChildOptions client{.name = plan_.student_name,
                                 .program = session::require_program("plaintalk-client"),
                                 .arguments = {result_.server, "--user", plan_.student_name, "--bind",
                                               network_.address_of(plan_.student_address), "--download-dir",
                                               folder_.workspace() / "downloads"},
                                 .log_path = {},
                                 .working_folder = folder_.workspace(),
                                 .has_terminal = !is_played()};
    if (plan_.student_password.empty()) {
      client.arguments.emplace_back("--guest");
    } else {
      client.files.push_back(password.number());
      client.arguments.insert(client.arguments.end(), {"--password-file", path_of(password)});
      if (plan_.student_registers) client.arguments.emplace_back("--register");
    }
    if (!options_.student_script.empty()) {
      client.arguments.insert(client.arguments.end(),
                              {"--timeout", kScriptSecondsMax, is_played() ? "--script" : "--begin-with",
                               std::filesystem::absolute(options_.student_script).string()});
    }
    if (is_played()) {
      client.log_path = folder_.private_folder() / (plan_.student_name + ".log");
      client.on_line = [this](const session::OutputLine& line) { options_.say(terminal_safe(line.text)); };
    }
    return client;
  }

  // By nobody at the terminal.
  bool is_played() const { return !options_.student_script.empty() && !options_.student_goes_on; }

  void let_student_talk() {
    const FileDescriptor password =
        memory_file("password of " + plan_.student_name, plan_.student_password + '\n');
    const session::InterruptIsNotOurs ctrl_c_is_the_clients;
    ChildProcess& student = supervisor_.start(student_client(password));
    const auto is_over = [&] {
      people_.start_due();
      // Nobody waits for what a program that failed should have said.
      result_.program_failed = is_played() && people_.has_program_failed();
      return student.has_ended() || server_->has_ended() || (link_ != nullptr && link_->has_ended()) ||
             result_.program_failed;
    };
    supervisor_.run_until(is_over, kStageLimit);
    const session::ExitStatus status = supervisor_.stop(student, SIGTERM, kStopLimit);
    session::Supervisor::require_running(*server_);
    if (link_ != nullptr) session::Supervisor::require_running(*link_);
    result_.student_exit_code = status.signal != 0 ? 128 + status.signal : status.code;
  }

  // What has happened so far, as one number: it stands still when nobody does anything any more. Files on
  // their way are seen in the capture, which grows by its own statistics too.
  std::uint64_t activity() const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(folder_.capture_file(), missing);
    return people_.line_count() + server_line_count_ + (missing ? 0 : size / kNoticedGrowth);
  }

  // While something is still on its way: some round trips, and where packets are lost the doubled waits of
  // who sends them again.
  Milliseconds longest_silence() const {
    Milliseconds silence = kIdleLimit;
    for (const link::DirectionPlan* plan : {&plan_.link.to_server, &plan_.link.to_people}) {
      silence += 8 * (plan->delay + plan->jitter + plan->reorder_by);
      if (plan->loss_percent > 0) silence += kIdleLimit;
    }
    return silence;
  }

  void let_people_finish() {
    if (people_.all_ended() || result_.program_failed) return;
    options_.say("the others finish what they are doing (Ctrl-C: do not wait for them)");
    const Milliseconds idle_limit = longest_silence();
    auto last_change = steady_clock::now();
    std::uint64_t last_activity = activity();
    try {
      supervisor_.run_until(
          [&] {
            people_.start_due();
            const std::uint64_t now = activity();
            if (std::exchange(last_activity, now) != now) last_change = steady_clock::now();
            return people_.all_ended() || server_->has_ended() ||
                   (steady_clock::now() - last_change > idle_limit && !people_.is_program_running());
          },
          kFinishLimit);
    } catch (const session::Interrupted& stop) {
      if (stop.signal() != SIGINT) throw;
    }
  }

  // The capture last: what the server says at its end is in it too.
  void stop_everything() {
    const session::InterruptIsNotOurs it_ends_anyway;
    result_.program_failed = is_played() && people_.has_program_failed();
    people_.stop();
    result_.people = people_.outcomes();
    if (!supervisor_.stop(*server_, SIGTERM, kStopLimit).is_success()) {
      throw std::runtime_error(session::describe_end(*server_));
    }
    if (capture_ != nullptr) {
      if (!supervisor_.stop(*capture_, SIGINT, kStopLimit).is_success()) {
        throw std::runtime_error(session::describe_end(*capture_));
      }
      result_.lost_packet_count = lost_in(*capture_);
    }
    if (link_ != nullptr && !supervisor_.stop(*link_, SIGTERM, kStopLimit).is_success())
      throw std::runtime_error(session::describe_end(*link_));
    result_.packet_count = count_packets(folder_.capture_file());
  }

  const StageOptions& options_;
  const StagePlan& plan_;
  StageFolder folder_;
  TerminalKeeper terminal_;
  session::Supervisor supervisor_;
  session::SessionNetwork network_;
  People people_;
  ChildProcess* link_ = nullptr;
  ChildProcess* server_ = nullptr;
  ChildProcess* capture_ = nullptr;
  std::uint64_t server_line_count_ = 0;
  StageResult result_;
};

}  // namespace

StageResult run_stage(const StageOptions& options) {
  check_plan(options.plan);
  return StageRun(options).play();
}

}  // namespace plaintalk::stage
