#include "labs/session/child_process.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/number.hpp"
#include "labs/session/supervisor.hpp"

namespace plaintalk::session {
namespace {

// Far above what any of these needs: it only ends a test that would hang.
constexpr Milliseconds kLimit{20'000};

ChildOptions shell(const std::string& script) {
  return {.name = "test child", .program = "/bin/sh", .arguments = {"-c", script}, .log_path = {}};
}

bool process_exists(pid_t pid) { return kill(pid, 0) == 0; }

// Nor waits to be reaped: whoever inherits an orphan may take its time.
bool process_runs(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(") ");
  return name_end != std::string::npos && text.substr(name_end + 2, 1) != "Z";
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

std::filesystem::path temporary_file(const std::string& name) {
  return std::filesystem::path(testing::TempDir()) / (name + '.' + std::to_string(getpid()));
}

TEST(ChildProcess, HandsOverItsLinesAndItsExitStatus) {
  Supervisor supervisor;
  ChildProcess& child = supervisor.start(shell("echo one; echo two >&2; printf three; exit 7"));
  ASSERT_TRUE(supervisor.run_until([&] { return child.has_ended(); }, kLimit));
  EXPECT_EQ(child.exit_status()->code, 7);
  std::vector<std::string> out;
  std::vector<std::string> error;
  for (const OutputLine& line : child.lines()) {
    (line.stream == OutputStream::standard_out ? out : error).push_back(line.text);
  }
  EXPECT_EQ(out, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(error, std::vector<std::string>{"two"});
  EXPECT_EQ(child.last_words(), "two");
}

TEST(ChildProcess, SignalsItsWholeGroup) {
  Supervisor supervisor;
  ChildOptions options = shell("sleep 1000 & echo child $!; wait");
  options.has_own_group = true;
  ChildProcess& child = supervisor.start(std::move(options));
  const std::string line = supervisor.wait_for_line(child, "child ", kLimit);
  const auto grandchild = static_cast<pid_t>(*parse_decimal<unsigned>(line.substr(line.rfind(' ') + 1)));
  ASSERT_TRUE(process_runs(grandchild));
  supervisor.stop(child, SIGTERM, kLimit);
  // It is nobody's child here, so its end can only be seen.
  EXPECT_TRUE(supervisor.run_until([&] { return !process_runs(grandchild); }, kLimit));
}

TEST(ChildProcess, WaitsForALineWhetherItCameAlreadyOrIsStillToCome) {
  Supervisor supervisor;
  ChildProcess& child =
      supervisor.start(shell("echo first; echo 'ready: listening on 127.0.0.1:40123'; sleep 60"));
  EXPECT_EQ(supervisor.wait_for_line(child, "ready: ", kLimit), "ready: listening on 127.0.0.1:40123");
  EXPECT_EQ(supervisor.wait_for_line(child, "first", kLimit), "first");
  EXPECT_FALSE(child.has_ended());
}

TEST(ChildProcess, SaysWhatAChildSaidLastWhenItEndsBeforeTheAwaitedLine) {
  Supervisor supervisor;
  ChildProcess& child = supervisor.start(shell("echo 'port 7777 is taken' >&2; exit 1"));
  const std::string error = error_of([&] { supervisor.wait_for_line(child, "ready", kLimit); });
  EXPECT_NE(error.find("exit status 1"), std::string::npos) << error;
  EXPECT_NE(error.find("port 7777 is taken"), std::string::npos) << error;
}

TEST(ChildProcess, SaysSoWhenTheAwaitedLineDoesNotComeInTime) {
  Supervisor supervisor;
  ChildProcess& child = supervisor.start(shell("echo waiting for nothing; sleep 60"));
  supervisor.wait_for_line(child, "waiting", kLimit);
  const std::string error = error_of([&] { supervisor.wait_for_line(child, "ready", Milliseconds(1)); });
  EXPECT_NE(error.find("did not print 'ready'"), std::string::npos) << error;
  EXPECT_NE(error.find("waiting for nothing"), std::string::npos) << error;
}

TEST(ChildProcess, CannotBeStartedWithoutAProgram) {
  Supervisor supervisor;
  const std::string error = error_of(
      [&] { supervisor.start({.name = "ghost", .program = "/nonexistent/ghost", .arguments = {}}); });
  EXPECT_NE(error.find("cannot start the ghost"), std::string::npos) << error;
  EXPECT_NE(error.find("No such file"), std::string::npos) << error;
}

TEST(ChildProcess, MakesControlCharactersInLastWordsVisible) {
  Supervisor supervisor;
  ChildProcess& child = supervisor.start(shell("printf '\\033[2Jgone\\n'"));
  supervisor.wait_for_success(child, kLimit);
  EXPECT_EQ(child.last_words(), "\\x1b[2Jgone");
}

// Goal: a child that prints without end costs a bounded amount of memory.
TEST(ChildProcess, KeepsABoundedTailOfEndlessOutput) {
  Supervisor supervisor;
  ChildProcess& child =
      supervisor.start(shell("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; head -c 300000 "
                             "/dev/zero | tr '\\0' x"));
  ASSERT_TRUE(supervisor.run_until([&] { return child.has_ended(); }, kLimit));
  EXPECT_LE(child.lines().size(), kKeptLineCountMax);
  std::size_t longest = 0;
  for (const OutputLine& line : child.lines()) longest = std::max(longest, line.text.size());
  EXPECT_LE(longest, kLineSizeMax + 16384);
}

TEST(ChildProcess, CopiesEverythingToItsLog) {
  const auto path = temporary_file("child.log");
  {
    Supervisor supervisor;
    ChildOptions options = shell("echo kept");
    options.log_path = path;
    supervisor.wait_for_success(supervisor.start(options), kLimit);
  }
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "kept\n");
  std::filesystem::remove(path);
}

TEST(Supervisor, KillsAChildThatIgnoresTheSignalToStop) {
  Supervisor supervisor;
  ChildProcess& child = supervisor.start(shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done"));
  supervisor.wait_for_line(child, "deaf", kLimit);
  EXPECT_EQ(supervisor.stop(child, SIGTERM, Milliseconds(50)).signal, SIGKILL);
  EXPECT_FALSE(process_exists(child.pid()));
}

// Goal: no orphan and no zombie is left when a session ends by an exception. One child is even stopped.
TEST(Supervisor, EndsAndReapsAllChildrenWhenItGoesAway) {
  std::vector<pid_t> pids;
  {
    Supervisor supervisor;
    for (int count = 0; count < 3; ++count) pids.push_back(supervisor.start(shell("exec sleep 60")).pid());
    kill(pids.front(), SIGSTOP);
    for (const pid_t pid : pids) EXPECT_TRUE(process_exists(pid));
  }
  for (const pid_t pid : pids) EXPECT_FALSE(process_exists(pid));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(Supervisor, TurnsAStopSignalIntoAnExceptionSoThatCleanUpRuns) {
  pid_t pid = 0;
  EXPECT_THROW(
      {
        Supervisor supervisor;
        pid = supervisor.start(shell("exec sleep 60")).pid();
        raise(SIGTERM);
        supervisor.run_until([] { return false; }, kLimit);
      },
      Interrupted);
  EXPECT_FALSE(process_exists(pid));
}

// Goal: even a SIGKILL of the parent leaves no child behind.
// Method: a forked parent starts a child, reports its process id, and is killed; the child's end of a pipe
// closes.
TEST(ChildProcess, DiesWithItsParent) {
  std::array<int, 2> report{};
  ASSERT_EQ(pipe(report.data()), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    // The child inherits the write end (no CLOEXEC here): it stays open exactly as long as the child lives.
    ChildProcess child(shell("exec sleep 60"));
    const pid_t pid = child.pid();
    if (write(report[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    raise(SIGKILL);
  }
  close(report[1]);
  pid_t child = 0;
  ASSERT_EQ(read(report[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  waitpid(parent, nullptr, 0);
  char nothing = 0;
  EXPECT_EQ(read(report[0], &nothing, 1), 0);  // end of file: nobody holds the other end any more
  close(report[0]);
}

TEST(RequireProgram, SaysWhatToDoWhenThereIsNone) {
  EXPECT_TRUE(require_program("sh").is_absolute());
  EXPECT_NE(error_of([] { require_program("plaintalk-no-such-program"); }).find("cannot find"),
            std::string::npos);
}

}  // namespace
}  // namespace plaintalk::session
