// A program that runs beside this one: started, read line by line, signalled, and always reaped.
//
// What it prints (both streams) is cut into lines, kept in a bounded tail, and copied to a log file if one is
// named. Nothing here waits: Supervisor (supervisor.hpp) runs the poll loop for all children of a session. A
// child dies with its parent, even when the parent is killed (prctl PR_SET_PDEATHSIG).
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::session {

inline constexpr std::size_t kKeptLineCountMax = 400;  // older lines are forgotten; the log file has them
inline constexpr std::size_t kLineSizeMax = 4096;      // a longer line is handed on in pieces
inline constexpr std::uint64_t kLogSizeMax = 64ULL * 1024 * 1024;  // what comes after that is not written

enum class OutputStream : std::uint8_t { standard_out, standard_error };

struct OutputLine {
  OutputStream stream = OutputStream::standard_out;
  std::string text;  // as it came, without the line break: a stranger's text, see terminal_safe()
};

struct ChildOptions {
  std::string name;               // as messages call it: "server", "client alice"
  std::filesystem::path program;  // see require_program()
  std::vector<std::string> arguments{};
  std::filesystem::path log_path{};        // empty: no copy is kept
  std::filesystem::path working_folder{};  // empty: this program's
  bool inherits_capture_rights = false;    // hand over CAP_NET_RAW and CAP_NET_ADMIN if this process has them
  int network = -1;                        // a network namespace to run in (wire.hpp); -1: this program's
  bool has_own_group = false;              // a process group of its own: Ctrl-C at the terminal passes it by
  bool has_terminal = false;               // its standard streams are this program's: nothing of it is read
  int input = -1;                          // a file to read as standard input; -1: nothing
  std::vector<int> files{};                // descriptors that stay open in it, under the same numbers
  std::function<void(const OutputLine&)> on_line{};  // called with each line when it is read
};

struct ExitStatus {
  int code = 0;    // of a normal end
  int signal = 0;  // not 0: killed by it
  bool is_success() const { return code == 0 && signal == 0; }
};
// "exit status 3", "killed by signal 9".
std::string render(const ExitStatus& status);

class ChildProcess {
 public:
  // Throws std::runtime_error ("cannot start ...: why") when the program cannot be run.
  explicit ChildProcess(ChildOptions options);
  // A child that still runs is killed.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  const std::string& name() const { return options_.name; }
  const ChildOptions& options() const { return options_; }
  pid_t pid() const { return pid_; }
  bool has_ended() const { return exit_status_.has_value(); }
  // Set once has_ended().
  const std::optional<ExitStatus>& exit_status() const { return exit_status_; }
  // To its group, if it has one of its own: what a shell has started ends with it.
  void send_signal(int signal) const;

  const std::deque<OutputLine>& lines() const { return lines_; }
  // From now on, and in the kept lines: remembers the first line that contains `text` in found_line().
  void look_for(std::string text);
  const std::optional<std::string>& found_line() const { return found_line_; }
  // What it said last, error stream first: one line for a message to a person, safe to show.
  std::string last_words() const;

  // For the poll loop: what to wait for, then what to do about it. handle_events() never blocks.
  void append_poll_entries(std::vector<pollfd>& entries) const;
  void handle_events();
  // False when the kernel cannot report the end of a process by poll: then handle_events() must be called
  // regularly.
  bool end_is_pollable() const { return process_handle_.is_open(); }

 private:
  struct Output {
    FileDescriptor pipe;
    std::string partial_line;
  };

  void read_output(Output& output, OutputStream stream);
  void take_line(OutputStream stream, std::string_view text);
  void write_log(std::string_view bytes);
  void reap();

  ChildOptions options_;
  pid_t pid_ = -1;
  FileDescriptor process_handle_;
  Output out_;
  Output error_;
  FileDescriptor log_;
  std::uint64_t log_size_ = 0;
  std::deque<OutputLine> lines_;
  std::string wanted_text_;
  std::optional<std::string> found_line_;
  std::optional<ExitStatus> exit_status_;
};

// A program of ours by its file name (base/program_path.hpp). Throws std::runtime_error when it is nowhere.
std::filesystem::path require_program(std::string_view file_name);

}  // namespace plaintalk::session
