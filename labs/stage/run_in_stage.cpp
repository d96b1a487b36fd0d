#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "labs/session/capabilities.hpp"
#include "labs/stage/memory_file.hpp"
#include "labs/stage/process_identity.hpp"
#include "labs/stage/stage.hpp"

namespace plaintalk::stage {
namespace {

FileDescriptor open_namespace(pid_t process, const std::string& kind) {
  return FileDescriptor(
      open(("/proc/" + std::to_string(process) + "/ns/" + kind).c_str(), O_RDONLY | O_CLOEXEC));
}

bool is_own_namespace(const FileDescriptor& file, const std::string& kind) {
  struct stat theirs {};
  struct stat ours {};
  return fstat(file.number(), &theirs) == 0 && stat(("/proc/self/ns/" + kind).c_str(), &ours) == 0 &&
         theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

// Empty, or why not.
std::string enter_network_of(pid_t process, std::uint64_t start) {
  const FileDescriptor user = open_namespace(process, "user");
  const FileDescriptor network = open_namespace(process, "net");
  if (!user.is_open() || !network.is_open()) {
    return std::string("cannot enter the network of the stage: ") + std::strerror(errno) +
           (errno == EACCES || errno == EPERM ? " (it belongs to another user?)" : "");
  }
  // The process may have ended, and its number be somebody else's, after it was looked up.
  if (start_time_of(process) != start) return "the stage has just ended";
  if (!is_own_namespace(user, "user") && setns(user.number(), CLONE_NEWUSER) != 0) {
    return std::string("cannot enter the user namespace of the stage: ") + std::strerror(errno);
  }
  if (!is_own_namespace(network, "net") && setns(network.number(), CLONE_NEWNET) != 0) {
    return std::string("cannot enter the network namespace of the stage: ") + std::strerror(errno);
  }
  return {};
}

std::string user_shell() {
  const char* shell = std::getenv("SHELL");
  return shell != nullptr && *shell == '/' ? shell : "/bin/sh";
}

// A bash reads its own start-up file after the environment, and would set its usual prompt.
std::vector<std::string> shell_command(const std::string& prompt) {
  const std::string shell = user_shell();
  if (std::filesystem::path(shell).filename() != "bash") {
    ::setenv("PS1", prompt.c_str(), 1);
    return {shell, "-i"};
  }
  FileDescriptor start_up =
      memory_file("prompt", "[ ! -r ~/.bashrc ] || . ~/.bashrc\nPS1='" + prompt + "'\n");
  ::fcntl(start_up.number(), F_SETFD, 0);
  const std::string path = path_of(start_up);
  start_up.release();
  return {shell, "--rcfile", path, "-i"};
}

}  // namespace

std::string run_in_stage(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                         Side side) {
  const auto stage = running_stage(folder);
  if (!stage) return stage.error();
  const bool beside_server = side == Side::server;
  if (stage->is_private) {
    const std::string why = enter_network_of(beside_server ? stage->server_process : stage->stage_process,
                                             beside_server ? stage->server_start : stage->stage_start);
    if (!why.empty()) return why;
    session::keep_capture_rights_over_exec();
  }
  ::setenv("PLAINTALK_SERVER", stage->server.c_str(), 1);
  ::setenv("PLAINTALK_INTERFACE", stage->interface.c_str(), 1);
  ::setenv("PLAINTALK_STAGE", beside_server ? "server" : "people", 1);
  std::vector<std::string> words = arguments;
  if (words.empty()) {
    std::cerr << "In the network of the stage" << (beside_server ? ", on the server's side" : "")
              << ": the server is " << stage->server << ", packets pass on "
              << stage->interface << ". 'exit' leaves.\n";
    words = shell_command("(stage " + stage->server + ") $ ");
  }
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execvp(pointers.front(), pointers.data());
  return "cannot run " + words.front() + ": " + std::strerror(errno);
}

}  // namespace plaintalk::stage
