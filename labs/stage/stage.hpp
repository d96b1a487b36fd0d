// The stage of a lab: server, capture and other people in a private network, and the student's client on the
// student's own terminal (`plaintalk lab start`); and the way in from a second terminal (`plaintalk lab
// shell`).
//
//   run_stage(options)         plays one attempt from beginning to end
//   running_stage(folder)      what a stage that is running in this folder looks like
//   run_in_stage(folder, ...)  becomes a command, or a shell, in the network of that stage
//
// A folder may see many attempts; each has its own capture, session-1.pcapng, session-2.pcapng, ..., and none
// is ever overwritten. What the people know (scripts, passwords, logs) lies in no file that the student could
// read afterwards. All processes of a stage end with it, also when it is killed.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labs/session/capture_mode.hpp"
#include "labs/stage/stage_plan.hpp"

namespace plaintalk::stage {

struct StageOptions {
  std::filesystem::path folder;  // the workspace; made if it is missing
  StagePlan plan;
  std::optional<session::CaptureMode> mode;  // nullopt: the best that works here
  std::filesystem::path
      student_script{};          // empty: the student sits at the terminal (or pipe) of this program
  bool student_goes_on = false;  // sits there when the script is done
  // What a person should read, a line at a time, without line break; never called while the client has the
  // terminal.
  std::function<void(std::string_view)> say = [](std::string_view) {};
  // Empty: logs and downloads of the people are thrown away at the end. Else they are kept there, with the
  // server's account of it all (server.jsonl): for tests and the reference student, never for a student's
  // folder.
  std::filesystem::path keep_logs_in{};
};

struct PersonOutcome {
  enum class End : std::uint8_t {
    finished,    // did all of its script
    stopped,     // was still waiting for somebody when the stage ended
    failed,      // its client ended with an error
    never_came,  // what it was to come after did not happen
  };
  std::string name;
  End end = End::finished;
  std::string last_words;  // of one that did not finish; safe to show
};

struct StageResult {
  unsigned attempt = 1;
  session::CaptureChoice capture;       // how the packets were obtained, and why not better
  bool has_wire = false;                // veth, MTU 1500; else a loopback interface or a recording
  bool lacks_real_tcp = false;          // the plan needs real TCP, and only a recording was possible
  std::string link;                     // what the link did to packets: "20 ms, 1 % lost each way", or empty
  std::string link_refused;             // why nothing of that was possible, or empty
  std::filesystem::path capture_file;   // FOLDER/session-N.pcapng
  std::uint64_t packet_count = 0;       // in it
  std::uint64_t lost_packet_count = 0;  // that the capture was too slow for
  std::string server;                   // "10.0.0.1:7777"
  std::string interface;                // "eth0", "lo"
  std::vector<PersonOutcome> people;
  bool program_failed = false;  // a program of the student's, and with it a session that was played for them
  int student_exit_code = 0;    // of plaintalk-client (docs/CLIENT.md); 128 + n for signal n

  // Nobody failed and the student left in good order: 0, or 130 by Ctrl-C.
  bool is_clean() const;
};

// Plays the stage; returns when the student has left and everything has ended. Ctrl-C goes to the student's
// client while it runs, later it ends the wait for the people, and before it gives up: session::Interrupted,
// as SIGTERM and SIGHUP at any time. Throws std::runtime_error, with what to do, when there can be no stage.
// REQUIRES: one thread. The process stays in the private network afterwards.
StageResult run_stage(const StageOptions& options);

// The lines that tell a person about the result: how it was captured, how many packets, where; who failed.
std::vector<std::string> describe(const StageResult& result);

// A stage that runs in a folder, for whoever comes from a second terminal.
struct RunningStage {
  std::string server;     // "10.0.0.1:7777"
  std::string interface;  // to capture on: "eth0" or "lo"
  std::string mode;       // "wire", "namespace", "live" or "record"
  unsigned attempt = 1;
  pid_t stage_process = 0;   // in the people's namespaces
  pid_t server_process = 0;  // in the server's
  std::uint64_t stage_start =
      0;  // when they started (proc(5), starttime): a number that is used again is told
  std::uint64_t server_start = 0;  // apart
  bool is_private = false;         // in namespaces of its own
};

// The error says what to do: "no stage is running in ...: start one with ...".
std::expected<RunningStage, std::string> running_stage(const std::filesystem::path& folder);

enum class Side : std::uint8_t { people, server };

// Becomes `arguments` (a program on PATH and its words; empty: the user's shell) in the network of the stage
// that runs in `folder`, with the right to capture, and with PLAINTALK_SERVER=10.0.0.1:7777,
// PLAINTALK_INTERFACE=eth0 and PLAINTALK_STAGE=people|server in its environment; a shell's prompt says where
// it is. Returns only if that was not possible, and why. REQUIRES: one thread, as the user who started the
// stage.
std::string run_in_stage(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                         Side side = Side::people);

}  // namespace plaintalk::stage
