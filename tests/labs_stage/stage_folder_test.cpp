// Plans, folders, and how a stage is found by others.
#include "labs/stage/stage_folder.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/stage/process_identity.hpp"
#include "labs/stage/stage.hpp"
#include "tests/labs_stage/scratch_folder.hpp"

namespace plaintalk::stage {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

StagePlan good_plan() {
  StagePlan plan;
  plan.student_name = "zed";
  plan.student_address = "10.0.0.17";
  plan.people.push_back({.name = "alice", .address = "10.0.0.11"});
  plan.files.push_back({"sent/notes.txt", "mine"});
  return plan;
}

std::string complaint(const StagePlan& plan) {
  try {
    check_plan(plan);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(StagePlan, IsRefusedWithTheReasonWhenItMakesNoSense) {
  EXPECT_EQ(complaint(good_plan()), "");
  const auto expect_refused = [](auto change, const std::string& why) {
    StagePlan plan = good_plan();
    change(plan);
    EXPECT_NE(complaint(plan).find(why), std::string::npos) << complaint(plan);
  };
  expect_refused([](StagePlan& plan) { plan.people[0].name = "zed"; }, "two are called zed");
  for (const char* name : {"", "../alice", "--user", "al ice", "a\x1b[2Jlice"}) {
    expect_refused([&](StagePlan& plan) { plan.people[0].name = name; }, "is no name");
  }
  for (const char* address :
       {"10.0.0.17", "10.0.0.1", "10.0.0.255", "10.0.1.11", "127.0.0.1", "10.0.0.x", ""}) {
    expect_refused([&](StagePlan& plan) { plan.people[0].address = address; }, "the address");
  }
  expect_refused([](StagePlan& plan) { plan.people[0].registers = true; }, "without a password");
  expect_refused([](StagePlan& plan) { plan.student_password = "a\nb"; }, "several lines");
  for (const char* path : {"/etc/passwd", "../out", "a/../../out", "", "folder/"}) {
    expect_refused([&](StagePlan& plan) { plan.people_files = {{path, ""}}; }, "does not lie in its folder");
  }
}

TEST(StageFolder, CountsAttemptsAndOverwritesNone) {
  const ScratchFolder scratch;
  for (const char* name : {"session-2.pcapng", "session-9.txt", "session-x.pcapng", "session-1.pcapng"})
    put(scratch / name, "kept");
  const StageFolder folder(scratch.path(), {});
  EXPECT_EQ(folder.attempt(), 3U);
  EXPECT_EQ(folder.capture_file().filename(), "session-3.pcapng");
}

TEST(StageFolder, BelongsToOneStageAtATime) {
  const ScratchFolder scratch;
  {
    const StageFolder first(scratch.path(), {});
    EXPECT_THROW(StageFolder(scratch.path(), {}), std::runtime_error);
    EXPECT_TRUE(fs::exists(first.private_folder()));
  }
  const StageFolder again(scratch.path(), {});
  EXPECT_EQ(again.attempt(), 1U);
}

TEST(StageFolder, IsRemovedWhenItsProcessWasKilledAndNotBefore) {
  const ScratchFolder scratch;
  fs::create_directory(scratch / "tmp");
  ASSERT_EQ(setenv("TMPDIR", (scratch / "tmp").c_str(), 1), 0);
  int told[2] = {};
  ASSERT_EQ(pipe(told), 0);
  const pid_t child = fork();
  if (child == 0) {
    fs::create_directory(scratch / "work");
    const StageFolder folder(scratch / "work", {});
    put(folder.private_folder() / "secret", "copper-lantern");
    [[maybe_unused]] const auto written = write(told[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(told[0], &byte, 1), 1);
  // Of others: without a lock, and one that only looks like it.
  fs::create_directory(scratch / "tmp/plaintalk-lab-mine12");
  fs::create_directory(scratch / "tmp/plaintalk-grade-mine12");
  for (const char* name : {"tmp/plaintalk-lab-mine12", "tmp/plaintalk-grade-mine12"})
    fs::permissions(scratch / name, fs::perms::owner_all);
  put(scratch / "tmp/plaintalk-grade-mine12/.in-use.new", "");
  const auto count = [&] {
    return std::distance(fs::directory_iterator(scratch / "tmp"), fs::directory_iterator());
  };
  labs::remove_left_folders();
  EXPECT_EQ(count(), 3);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  labs::remove_left_folders();
  EXPECT_EQ(count(), 2);
  close(told[0]);
  close(told[1]);
  unsetenv("TMPDIR");
}

TEST(StageFolder, LeavesAFileThatTheStudentHasChanged) {
  const ScratchFolder scratch;
  const std::vector<StageFile> files{{"sent/notes.txt", "ours"}};
  EXPECT_TRUE(write_stage_files(scratch.path(), files).empty());
  EXPECT_TRUE(write_stage_files(scratch.path(), files).empty());
  put(scratch / "sent/notes.txt", "mine");
  EXPECT_EQ(write_stage_files(scratch.path(), files), std::vector<std::string>{"sent/notes.txt"});
  EXPECT_EQ(text_of(scratch / "sent/notes.txt"), "mine");
}

TEST(RunningStage, IsFoundOnlyWhileItRuns) {
  const ScratchFolder scratch;
  const auto why_not = [&] { return running_stage(scratch.path()).error(); };
  EXPECT_NE(why_not().find("no stage is running"), std::string::npos);
  const std::uint64_t start = start_time_of(getpid()).value();
  const RunningStage stage{.server = "10.0.0.1:7777",
                           .interface = "eth0",
                           .mode = "wire",
                           .attempt = 4,
                           .stage_process = getpid(),
                           .server_process = getpid(),
                           .stage_start = start,
                           .server_start = start,
                           .is_private = true};
  const StageState state(scratch.path());
  state.write(stage);
  const auto found = running_stage(scratch.path());
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ(found->server, "10.0.0.1:7777");
  EXPECT_EQ(found->attempt, 4U);

  // The same process number, another process: the numbers of a small machine come around.
  RunningStage other = stage;
  other.stage_start = start + 1;
  state.write(other);
  EXPECT_NE(why_not().find("any more"), std::string::npos);

  for (const char* text : {"", "{", "[]", "{\"server\":7}", "null"}) {
    put(scratch / ".stage.json", text);
    EXPECT_NE(why_not().find("no stage is running"), std::string::npos) << text;
  }
}

TEST(RunningStage, PutsNothingIntoAShellThatCouldBeACommand) {
  const ScratchFolder scratch;
  const std::uint64_t start = start_time_of(getpid()).value();
  const StageState state(scratch.path());
  state.write({.server = "'; rm -r x; '",
               .interface = "$(id)",
               .mode = "wire",
               .stage_process = getpid(),
               .server_process = getpid(),
               .stage_start = start,
               .server_start = start});
  const auto found = running_stage(scratch.path());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->server + found->interface, "??");
}

TEST(ProcessIdentity, KnowsThatAnEndedProcessIsNone) {
  EXPECT_TRUE(start_time_of(getpid()));
  EXPECT_FALSE(start_time_of(0));
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  EXPECT_FALSE(start_time_of(child)) << "not reaped yet";
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(start_time_of(child));
}

}  // namespace
}  // namespace plaintalk::stage
