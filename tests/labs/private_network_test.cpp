#include "labs/session/private_network.hpp"

#include <cstring>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/file_descriptor.hpp"
#include "labs/session/supervisor.hpp"

namespace plaintalk::session {
namespace {

// Runs `action` in a child process, because there is no way out of a namespace. True when it returned true.
template <typename Action>
bool in_own_process(Action action) {
  const pid_t child = fork();
  if (child == 0) _exit(action() ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool loopback_answers() {
  const FileDescriptor listener(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.number(), generic, size) != 0 || listen(listener.number(), 1) != 0) return false;
  if (getsockname(listener.number(), generic, &size) != 0) return false;
  const FileDescriptor client(socket(AF_INET, SOCK_STREAM, 0));
  return connect(client.number(), generic, size) == 0;
}

// Tunnel templates such as "sit0" may exist in every namespace, but they are down.
std::vector<std::string> interfaces_that_are_up() {
  std::vector<std::string> up;
  const FileDescriptor socket_file(socket(AF_INET, SOCK_DGRAM, 0));
  struct if_nameindex* all = if_nameindex();
  for (const auto* entry = all; entry != nullptr && entry->if_index != 0; ++entry) {
    ifreq request{};
    std::strncpy(request.ifr_name, entry->if_name, IFNAMSIZ - 1);
    if (ioctl(socket_file.number(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0) {
      up.emplace_back(entry->if_name);
    }
  }
  if_freenameindex(all);
  return up;
}

// Root turns into "nobody"; anybody else is ordinary enough.
bool become_ordinary_user() {
  if (geteuid() != 0) return true;
  if (setgid(65534) != 0 || setuid(65534) != 0) return false;
  // Changing the user hides /proc/self from it, as after a set-user-id program; an ordinary login has not
  // done that.
  return prctl(PR_SET_DUMPABLE, 1) == 0;
}

TEST(PrivateNetwork, ProbingChangesNothingForThisProcess) {
  const auto before = std::filesystem::read_symlink("/proc/self/ns/net");
  const auto probed = probe_private_network();
  EXPECT_TRUE(probed || !probed.error().empty());
  EXPECT_EQ(std::filesystem::read_symlink("/proc/self/ns/net"), before);
}

TEST(PrivateNetwork, HasALoopbackThatAnswersAndNothingElse) {
  if (const auto probed = probe_private_network(); !probed) GTEST_SKIP() << probed.error();
  EXPECT_TRUE(in_own_process([] {
    const uid_t user = geteuid();
    if (!enter_private_network() || geteuid() != user || !loopback_answers()) return false;
    return interfaces_that_are_up() == std::vector<std::string>{"lo"};
  }));
}

// Goal: the capture program may capture in the private network although it is not root there.
// Method: an ordinary user (nobody) enters one and starts a child that prints its effective capabilities.
TEST(PrivateNetwork, HandsTheCaptureRightToAChildOfAnOrdinaryUser) {
  const bool allowed =
      in_own_process([] { return become_ordinary_user() && probe_private_network().has_value(); });
  if (!allowed) GTEST_SKIP() << "an ordinary user may not make a user namespace here";
  const auto effective_rights = [](bool handed_over) {
    return in_own_process([handed_over] {
      if (!become_ordinary_user()) return false;
      if (enter_private_network() != PrivateNetwork::user_and_network_namespace) return false;
      Supervisor supervisor;
      ChildProcess& child = supervisor.start({.name = "child",
                                              .program = "/bin/sh",
                                              .arguments = {"-c", "grep CapEff /proc/self/status"},
                                              .log_path = {},
                                              .inherits_capture_rights = handed_over});
      // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13: 0x3000.
      return supervisor.wait_for_line(child, "CapEff", Milliseconds(20'000)).ends_with("0000000000003000");
    });
  };
  EXPECT_TRUE(effective_rights(true));
  EXPECT_FALSE(effective_rights(false));
}

}  // namespace
}  // namespace plaintalk::session
