#include "labs/session/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ranges>
#include <stdexcept>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/program_path.hpp"
#include "base/text.hpp"
#include "labs/session/capabilities.hpp"

namespace plaintalk::session {
namespace {

constexpr int kReadEnd = 0;
constexpr int kWriteEnd = 1;
constexpr int kReadCountMax = 16;

using Pipe = std::array<FileDescriptor, 2>;

[[noreturn]] void cannot_start(const ChildOptions& options, std::string_view why) {
  throw std::runtime_error("cannot start the " + options.name + " (" + options.program.string() +
                           "): " + std::string(why));
}

Pipe open_pipe(const ChildOptions& options) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) cannot_start(options, std::strerror(errno));
  return {FileDescriptor(ends[kReadEnd]), FileDescriptor(ends[kWriteEnd])};
}

// The child's half of the work. Only async-signal-safe calls are allowed between fork and exec.
[[noreturn]] void become_program(char* const* arguments, const ChildOptions& options, pid_t parent, int out,
                                 int error, int failure_report) {
  const auto fail = [&] {
    const int why = errno;
    [[maybe_unused]] const auto written = write(failure_report, &why, sizeof why);
    _exit(127);
  };
  // Asked for before the parent is looked at, so that a parent that died in between is noticed too.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.has_own_group && setpgid(0, 0) != 0) fail();
  const int input = options.input >= 0 ? options.input : open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (!options.has_terminal && (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
                                dup2(error, STDERR_FILENO) < 0)) {
    fail();
  }
  for (const int file : options.files) fcntl(file, F_SETFD, 0);
  if (options.network >= 0 && setns(options.network, CLONE_NEWNET) != 0) fail();
  if (!options.working_folder.empty() && chdir(options.working_folder.c_str()) != 0) fail();
  if (options.inherits_capture_rights) keep_capture_rights_over_exec();
  execv(options.program.c_str(), arguments);
  fail();
  std::abort();
}

void set_nonblocking(const FileDescriptor& file) {
  fcntl(file.number(), F_SETFL, fcntl(file.number(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

std::string render(const ExitStatus& status) {
  if (status.signal != 0) return "killed by signal " + std::to_string(status.signal);
  return "exit status " + std::to_string(status.code);
}

ChildProcess::ChildProcess(ChildOptions options) : options_(std::move(options)) {
  if (!options_.log_path.empty()) {
    log_ = FileDescriptor(
        open(options_.log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!log_.is_open()) cannot_start(options_, options_.log_path.string() + ": " + std::strerror(errno));
  }
  Pipe out = open_pipe(options_);
  Pipe error = open_pipe(options_);
  Pipe failure = open_pipe(options_);
  std::string program = options_.program.string();
  std::vector<char*> arguments{program.data()};
  for (std::string& argument : options_.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) cannot_start(options_, std::strerror(errno));
  if (pid_ == 0) {
    become_program(arguments.data(), options_, parent, out[kWriteEnd].number(), error[kWriteEnd].number(),
                   failure[kWriteEnd].number());
  }
  out[kWriteEnd].close();
  error[kWriteEnd].close();
  failure[kWriteEnd].close();

  // The report pipe closes by itself when exec succeeds; until then there is nothing else to do.
  int why = 0;
  ssize_t size = 0;
  do {
    size = read(failure[kReadEnd].number(), &why, sizeof why);
  } while (size < 0 && errno == EINTR);
  if (size == sizeof why) {
    waitpid(pid_, nullptr, 0);
    exit_status_ = ExitStatus{127, 0};
    cannot_start(options_, std::strerror(why));
  }
  out_.pipe = std::move(out[kReadEnd]);
  error_.pipe = std::move(error[kReadEnd]);
  set_nonblocking(out_.pipe);
  set_nonblocking(error_.pipe);
  process_handle_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0 || exit_status_) return;
  send_signal(SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProcess::send_signal(int signal) const {
  if (!exit_status_) kill(options_.has_own_group ? -pid_ : pid_, signal);
}

void ChildProcess::look_for(std::string text) {
  wanted_text_ = std::move(text);
  found_line_.reset();
  const auto found =
      std::ranges::find_if(lines_, [&](const OutputLine& line) { return line.text.contains(wanted_text_); });
  if (found != lines_.end()) found_line_ = found->text;
}

std::string ChildProcess::last_words() const {
  for (const OutputStream stream : {OutputStream::standard_error, OutputStream::standard_out}) {
    for (const OutputLine& line : std::views::reverse(lines_)) {
      if (line.stream == stream && !line.text.empty()) return terminal_safe(line.text);
    }
  }
  return "it printed nothing";
}

void ChildProcess::append_poll_entries(std::vector<pollfd>& entries) const {
  if (exit_status_) return;
  for (const FileDescriptor* file : {&out_.pipe, &error_.pipe, &process_handle_}) {
    if (file->is_open()) entries.push_back({file->number(), POLLIN, 0});
  }
}

void ChildProcess::handle_events() {
  if (exit_status_) return;
  read_output(out_, OutputStream::standard_out);
  read_output(error_, OutputStream::standard_error);
  reap();
}

void ChildProcess::read_output(Output& output, OutputStream stream) {
  std::array<char, 16384> buffer{};
  // A child that never stops printing must not keep the loop from its brothers.
  for (int turn = 0; turn < kReadCountMax && output.pipe.is_open(); ++turn) {
    const ssize_t size = read(output.pipe.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      output.pipe.close();
      break;
    }
    const std::string_view chunk(buffer.data(), static_cast<std::size_t>(size));
    write_log(chunk);
    output.partial_line.append(chunk);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = output.partial_line.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      take_line(stream, std::string_view(output.partial_line).substr(begin, end - begin));
    }
    output.partial_line.erase(0, begin);
    if (output.partial_line.size() >= kLineSizeMax) {
      take_line(stream, output.partial_line);
      output.partial_line.clear();
    }
  }
  if (!output.pipe.is_open() && !output.partial_line.empty()) {
    take_line(stream, std::exchange(output.partial_line, {}));
  }
}

void ChildProcess::take_line(OutputStream stream, std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (!found_line_ && !wanted_text_.empty() && text.contains(wanted_text_)) found_line_ = std::string(text);
  lines_.push_back({stream, std::string(text)});
  if (options_.on_line) options_.on_line(lines_.back());
  if (lines_.size() > kKeptLineCountMax) lines_.pop_front();
}

void ChildProcess::write_log(std::string_view bytes) {
  if (!log_.is_open() || log_size_ >= kLogSizeMax) return;
  log_size_ += bytes.size();
  // A full disk must not end the session: the log is a convenience.
  [[maybe_unused]] const auto written = write(log_.number(), bytes.data(), bytes.size());
}

void ChildProcess::reap() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return;
  // What it wrote in its last moments is still in the pipes.
  read_output(out_, OutputStream::standard_out);
  read_output(error_, OutputStream::standard_error);
  out_.pipe.close();
  error_.pipe.close();
  process_handle_.close();
  exit_status_ = WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
}

std::filesystem::path require_program(std::string_view file_name) {
  if (auto program = find_program(file_name)) return *std::move(program);
  throw std::runtime_error("cannot find the program " + std::string(file_name) +
                           ": it is neither beside this one nor on PATH; build it, or install the package");
}

}  // namespace plaintalk::session
