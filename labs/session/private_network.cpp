#include "labs/session/private_network.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::session {
namespace {

enum class Step : std::uint8_t {
  done,
  unshare,
  deny_setgroups,
  map_user,
  map_group,
  loopback_up,
  packet_socket
};

// Crosses the pipe from the probing child: plain data only.
struct Outcome {
  Step step = Step::done;
  int error = 0;
};

std::string_view describe(Step step) {
  switch (step) {
    case Step::done: return "done";
    case Step::unshare: return "making the namespace";
    case Step::deny_setgroups: return "writing /proc/self/setgroups";
    case Step::map_user: return "writing /proc/self/uid_map";
    case Step::map_group: return "writing /proc/self/gid_map";
    case Step::loopback_up: return "bringing up its loopback interface";
    case Step::packet_socket: return "opening a packet socket in it";
  }
  return "?";
}

int write_file(const char* path, const std::string& text) {
  const FileDescriptor file(open(path, O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) return errno;
  return write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

int bring_loopback_up() {
  const FileDescriptor socket_file(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket_file.is_open()) return errno;
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);
  if (ioctl(socket_file.number(), SIOCGIFFLAGS, &request) != 0) return errno;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  return ioctl(socket_file.number(), SIOCSIFFLAGS, &request) == 0 ? 0 : errno;
}

Outcome enter(PrivateNetwork kind) {
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  if (kind == PrivateNetwork::network_namespace) {
    if (unshare(CLONE_NEWNET) != 0) return {Step::unshare, errno};
  } else {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return {Step::unshare, errno};
    // Without privilege the kernel accepts a group map only after setgroups() was given up for good.
    if (const int error = write_file("/proc/self/setgroups", "deny")) return {Step::deny_setgroups, error};
    if (const int error = write_file("/proc/self/uid_map", user + ' ' + user + " 1"))
      return {Step::map_user, error};
    if (const int error = write_file("/proc/self/gid_map", group + ' ' + group + " 1"))
      return {Step::map_group, error};
  }
  if (const int error = bring_loopback_up()) return {Step::loopback_up, error};
  const FileDescriptor packets(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!packets.is_open()) return {Step::packet_socket, errno};
  return {};
}

// A refusal halfway would leave this process in a crippled namespace, so a child goes first.
Outcome try_in_child(PrivateNetwork kind) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {Step::unshare, errno};
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t child = fork();
  if (child < 0) return {Step::unshare, errno};
  if (child == 0) {
    const Outcome outcome = enter(kind);
    _exit(write(write_end.number(), &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
  }
  write_end.close();
  Outcome outcome;
  ssize_t size = 0;
  do {
    size = read(read_end.number(), &outcome, sizeof outcome);
  } while (size < 0 && errno == EINTR);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return size == sizeof outcome ? outcome : Outcome{Step::unshare, EIO};
}

bool setting_is(const char* path, std::string_view value) {
  std::ifstream file(path);
  std::string text;
  return file >> text && text == value;
}

// The kernel only says EPERM; which of the usual gatekeepers it was can be looked up.
std::string gatekeeper(const Outcome& outcome) {
  if (setting_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") && geteuid() != 0) {
    return "AppArmor restricts user namespaces here (allow them with: sudo sysctl "
           "kernel.apparmor_restrict_unprivileged_userns=0)";
  }
  if (setting_is("/proc/sys/kernel/unprivileged_userns_clone", "0") && geteuid() != 0) {
    return "user namespaces are switched off (allow them with: sudo sysctl "
           "kernel.unprivileged_userns_clone=1)";
  }
  if (setting_is("/proc/sys/user/max_user_namespaces", "0")) {
    return "the limit of user namespaces is 0 (allow them with: sudo sysctl user.max_user_namespaces=1000)";
  }
  if (setting_is("/proc/sys/user/max_net_namespaces", "0")) {
    return "the limit of network namespaces is 0 (allow them with: sudo sysctl user.max_net_namespaces=1000)";
  }
  if (outcome.error == EPERM || outcome.error == ENOSYS) {
    return "a container or a security policy forbids it (in Docker: --cap-add SYS_ADMIN, or --security-opt "
           "seccomp=unconfined)";
  }
  return {};
}

std::string explain(const Outcome& outcome) {
  const std::string step(describe(outcome.step));
  const std::string error = std::strerror(outcome.error);
  const std::string why = gatekeeper(outcome);
  return why.empty() ? step + " failed: " + error : why + " (" + step + ": " + error + ')';
}

}  // namespace

std::expected<PrivateNetwork, std::string> probe_private_network() {
  if (geteuid() == 0 && try_in_child(PrivateNetwork::network_namespace).step == Step::done) {
    return PrivateNetwork::network_namespace;
  }
  const Outcome outcome = try_in_child(PrivateNetwork::user_and_network_namespace);
  if (outcome.step == Step::done) return PrivateNetwork::user_and_network_namespace;
  return std::unexpected(explain(outcome));
}

std::expected<PrivateNetwork, std::string> enter_private_network() {
  const auto kind = probe_private_network();
  if (!kind) return kind;
  const Outcome outcome = enter(*kind);
  if (outcome.step != Step::done) return std::unexpected(explain(outcome));
  return kind;
}

}  // namespace plaintalk::session
