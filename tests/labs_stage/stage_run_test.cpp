// Whole stages with the real programs: at a terminal, with people who fail, and where only a recording is
// possible.
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "labs/stage/stage.hpp"
#include "tests/labs_stage/own_process.hpp"
#include "tests/labs_stage/scratch_folder.hpp"

namespace plaintalk::stage {
namespace {

StageOptions stage_in(const ScratchFolder& scratch) {
  StageOptions options;
  options.folder = scratch / "lab";
  options.plan.student_name = "zed";
  options.plan.student_address = "10.0.0.17";
  return options;
}

Person person(const std::string& name, const std::string& address, const std::string& script,
              const std::string& starts_after = {}) {
  return {.name = name, .address = address, .script = script, .starts_after_text = starts_after};
}

// Goal: whatever becomes of the others, the student's stage goes on, and it is told what became of whom.
TEST(Stage, NamesThoseWhoFailedWithTheirLastWordsAndGoesOn) {
  const ScratchFolder scratch;
  StageOptions options = stage_in(scratch);
  options.mode = session::CaptureMode::own_recording;
  options.plan.needs_real_tcp = true;
  options.plan.people = {person("alice", "10.0.0.11", "/join #lab\n/expect zed joined\nHello, zed.\n"),
                         person("bob", "10.0.0.12", "/join #lab\n/send there-is-no-such-file\n"),
                         person("carol", "10.0.0.13", "/join #lab\n/expect Godot\n"),
                         person("dave", "10.0.0.14", "/join #lab\n", "nobody says this"),
                         person("erin", "10.0.0.15", "/join #lab\nHere I am.\n", "zed: Come, erin")};
  std::ofstream(scratch / "zed.txt") << "/join #lab\n/expect Hello, zed\nCome, erin\n/expect Here I am\n";
  options.student_script = scratch / "zed.txt";

  const StageResult result = run_stage(options);
  EXPECT_EQ(result.capture.mode, session::CaptureMode::own_recording);
  EXPECT_TRUE(result.lacks_real_tcp);
  EXPECT_EQ(result.student_exit_code, 0);
  EXPECT_FALSE(result.is_clean());
  EXPECT_GT(result.packet_count, 20U);
  EXPECT_EQ(result.server.substr(0, 10), "127.0.0.1:");
  ASSERT_EQ(result.people.size(), 5U);
  using End = PersonOutcome::End;
  const std::array expected{End::finished, End::failed, End::stopped, End::never_came, End::finished};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(result.people[i].end, expected[i])
        << result.people[i].name << ": " << result.people[i].last_words;
  }
  EXPECT_NE(result.people[1].last_words.find("there-is-no-such-file"), std::string::npos);
  EXPECT_NE(result.people[2].last_words.find("/expect Godot"), std::string::npos);
  const auto lines = describe(result);
  EXPECT_TRUE(
      std::ranges::any_of(lines, [](const auto& line) { return line.starts_with("! bob failed: "); }));
  EXPECT_FALSE(running_stage(options.folder));
  // Nothing of what the people know is left beside the capture.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".pcapng") continue;
    EXPECT_EQ(entry.file_size(), 0U) << entry.path();
  }
}

// Goal: shells play people and the student's further terminals: with the programs, the server and an address,
// each at its time, and what fails in them is told.
TEST(Stage, LetsShellsPlayToo) {
  const ScratchFolder scratch;
  StageOptions options = stage_in(scratch);
  options.mode = session::CaptureMode::own_recording;
  Person typist = person("typist", "10.0.0.12", "", "zed: Come");
  typist.commands =
      "printf 'at %s of %s\\n' \"$PLAINTALK_ADDRESS\" \"$PLAINTALK_SERVER\"\n"
      "printf '/join #lab\\nTyped by %s\\n' 'a shell' |\n"
      "  plaintalk client --user typist --guest --bind \"$PLAINTALK_ADDRESS\" --script -\n";
  Person clumsy = person("clumsy", "10.0.0.13", "");
  clumsy.commands = "echo 'I stumble' >&2; false; echo 'never said'";
  Person terminal = person("terminal", "", "", "Typed by a shell");
  terminal.commands =
      "printf '/join #lab\\nI come twice, from %s\\n' \"$PLAINTALK_ADDRESS\" |\n"
      "  plaintalk client --user zed-2 --guest --script -\n";
  options.plan.people = {
      typist, clumsy, terminal,
      person("host", "10.0.0.14", "/join #lab\n/expect I come twice, from 127.0.0.17\nTwice, zed.\n")};
  std::ofstream(scratch / "zed.txt") << "/join #lab\nCome, typist\n/expect Twice\n";
  options.student_script = scratch / "zed.txt";
  options.keep_logs_in = scratch / "logs";

  const StageResult result = run_stage(options);
  EXPECT_EQ(result.student_exit_code, 0);
  using End = PersonOutcome::End;
  ASSERT_EQ(result.people.size(), 4U);
  EXPECT_EQ(result.people[0].end, End::finished) << result.people[0].last_words;
  EXPECT_EQ(result.people[1].end, End::failed);
  EXPECT_EQ(result.people[1].last_words, "I stumble");
  EXPECT_EQ(result.people[2].end, End::finished) << result.people[2].last_words;
  std::ifstream log(scratch / "logs" / "typist.log");
  std::string first;
  std::getline(log, first);
  EXPECT_EQ(first, "at 127.0.0.12 of " + result.server);
  EXPECT_EQ(std::filesystem::file_size(scratch / "logs" / "clumsy.log"), std::string("I stumble\n").size());
}

// The other side of a terminal.
class Terminal {
 public:
  explicit Terminal(int descriptor) : file_(descriptor) {}
  void type(std::string_view text) const {
    ASSERT_EQ(write(file_.number(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // False when the other side went away first. The limit only ends a test that would hang.
  bool shows(std::string_view text) {
    while (seen_.find(text) == std::string::npos) {
      pollfd entry{file_.number(), POLLIN, 0};
      std::array<char, 4096> buffer{};
      if (poll(&entry, 1, 60'000) <= 0) return false;
      const ssize_t size = read(file_.number(), buffer.data(), buffer.size());
      if (size <= 0) return false;
      seen_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return true;
  }
  const std::string& seen() const { return seen_; }

 private:
  FileDescriptor file_;
  std::string seen_;
};

// Goal: Ctrl-C at the terminal is the client's. The others do not hear it, and the stage ends in good order.
TEST(Stage, LeavesCtrlCToTheStudentsClient) {
  const ScratchFolder scratch;
  int descriptor = -1;
  const pid_t child = forkpty(&descriptor, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::setenv("TERM", "dumb", 1);  // no line editing: Ctrl-C is a signal to everybody in the foreground
    StageOptions options = stage_in(scratch);
    options.plan.people = {
        person("alice", "10.0.0.11", "/join #lab\n/expect zed joined\nHello, zed.\n/expect Godot\n")};
    int status = 1;
    try {
      const StageResult result = run_stage(options);
      for (const std::string& line : describe(result)) std::cout << line << '\n';
      std::cout << "exit code " << result.student_exit_code << ", clean " << result.is_clean() << '\n'
                << std::flush;
      status = result.is_clean() ? 0 : 1;
    } catch (const std::exception& error) {
      std::cout << "exception: " << error.what() << '\n' << std::flush;
    }
    _exit(status);
  }
  Terminal terminal(descriptor);
  EXPECT_TRUE(terminal.shows("connected to")) << terminal.seen();
  terminal.type("/join #lab\n");
  EXPECT_TRUE(terminal.shows("alice: Hello, zed.")) << terminal.seen();
  terminal.type("\x03");
  EXPECT_TRUE(terminal.shows("exit code 130, clean 1")) << terminal.seen();
  EXPECT_NE(terminal.seen().find("alice was still waiting"), std::string::npos) << terminal.seen();
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::exists(scratch / "lab/session-1.pcapng"));
}

TEST(RunInStage, SaysSoWhereNoneIsRunning) {
  const ScratchFolder scratch;
  EXPECT_NE(run_in_stage(scratch.path(), {"true"}).find("no stage is running in"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::stage
