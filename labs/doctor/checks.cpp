#include "labs/doctor/checks.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <expected>
#include <filesystem>
#include <optional>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/session/capture_mode.hpp"
#include "labs/session/private_network.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/session/wire.hpp"

namespace plaintalk::doctor {
namespace {

using Answer = Finding::Answer;
using session::Supervisor;

constexpr Milliseconds kReadyLimit{10'000};
constexpr Milliseconds kStopLimit{5'000};
constexpr std::uint16_t kDefaultPort = 7777;
constexpr std::size_t kDetailSizeMax = 200;

std::optional<std::filesystem::path> find(std::string_view name) {
  try {
    return session::require_program(name);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

Finding check_program(const std::string& name) {
  const auto path = find(name);
  if (path) return {Answer::yes, name, path->string()};
  return {Answer::no, name, "not found", "build it: " + front_door("build") + " (or install the package)"};
}

Finding check_tool(const std::string& name, const std::string& use, const std::string& package) {
  const auto path = find(name);
  if (path) return {Answer::yes, name, path->string() + " (" + use + ')'};
  return {Answer::optional_no, name, "not installed (" + use + ')', "sudo apt-get install " + package};
}

// Opens a capture on the loopback interface with the capture program, as a session would.
std::expected<void, std::string> capture_briefly(Supervisor& supervisor) {
  try {
    session::ChildProcess& capture =
        supervisor.start({.name = "capture program",
                          .program = session::require_program("plaintalk-capture"),
                          .arguments = {"--interface", "lo", "--out", "/dev/null", "--duration", "20"},
                          .inherits_capture_rights = true});
    supervisor.wait_for_line(capture, "ready: capturing on", kReadyLimit);
    supervisor.stop(capture, SIGINT, kStopLimit);
    return {};
  } catch (const session::Interrupted&) {
    throw;
  } catch (const std::runtime_error& error) {
    return std::unexpected(error.what());
  }
}

std::string live_capture_fix() {
  const auto program = find("plaintalk-capture");
  if (!program) return "build it first: " + front_door("build");
  struct statvfs file_system {};
  if (statvfs(program->c_str(), &file_system) == 0 && (file_system.f_flag & ST_NOSUID) != 0) {
    return "its file system is mounted nosuid, so setcap has no effect there: install the package instead";
  }
  // setcap does not follow links.
  return "sudo setcap cap_net_raw+ep '" + std::filesystem::canonical(*program).string() +
         "'   (again after each build)";
}

Finding check_live_capture(Supervisor& supervisor) {
  const std::string subject = "live capture on this machine's loopback";
  const auto captured = capture_briefly(supervisor);
  if (captured) return {Answer::yes, subject, geteuid() == 0 ? "as root" : "as this user"};
  return {Answer::no, subject, captured.error().substr(0, kDetailSizeMax), live_capture_fix()};
}

Finding check_address(std::string_view address, std::uint16_t port, const std::string& subject,
                      std::string fix) {
  const FileDescriptor socket_file(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int reuse = 1;  // a server that has just ended leaves waiting connections behind: that is not "taken"
  setsockopt(socket_file.number(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  inet_pton(AF_INET, std::string(address).c_str(), &where.sin_addr);
  if (bind(socket_file.number(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0 &&
      listen(socket_file.number(), 1) == 0) {
    return {Answer::yes, subject, "free"};
  }
  return {Answer::no, subject, std::strerror(errno), std::move(fix)};
}

Finding check_private_capture(Supervisor& supervisor) {
  const std::string subject = "capture in a private network, without root";
  const auto entered = session::enter_private_network();
  if (!entered)
    return {Answer::no, subject, entered.error(), "see the reason above; without it, use live capture"};
  const auto captured = capture_briefly(supervisor);
  if (!captured) return {Answer::no, subject, captured.error(), "build it: " + front_door("build")};
  const bool by_user = *entered == session::PrivateNetwork::user_and_network_namespace;
  return {Answer::yes, subject, by_user ? "user and network namespace" : "network namespace (as root)"};
}

// A lab about segments needs a wire, one about bad networks a gap in it, where a program carries the packets.
// Tried in the private network.
Finding check_wire() {
  const std::string subject = "a wire in it (veth, MTU 1500)";
  const auto wire = session::lay_wire({.people_addresses = {"10.0.0.11"}, .has_gap = true});
  if (!wire) {
    return {Answer::optional_no, subject, wire.error(),
            "sudo modprobe veth; without it, sessions meet on loopback, and lines cannot be slow or bad"};
  }
  return {Answer::yes, subject, "segments, MSS and checksums as on an Ethernet; slow and bad lines"};
}

}  // namespace

std::vector<Finding> check_this_machine() {
  std::vector<Finding> findings;
  for (const char* name : {"server", "client", "capture", "analyze", "report", "lab", "link", "demo"}) {
    findings.push_back(check_program(std::string("plaintalk-") + name));
  }
  findings.push_back(
      check_address("127.0.0.1", kDefaultPort, "port 7777 on loopback",
                    "find out who has it: ss -ltnp 'sport = :7777'; or use --listen 127.0.0.1:0"));
  findings.push_back(check_address("127.0.0.11", 0, "more loopback addresses (127.0.0.11)",
                                   "sudo ip address add 127.0.0.11/8 dev lo"));
  Supervisor supervisor;
  const std::size_t live = findings.size();
  findings.push_back(check_live_capture(supervisor));
  findings.push_back(check_tool("wireshark", "looks at captures", "wireshark"));
  findings.push_back(check_tool("tshark", "looks at captures in a terminal", "tshark"));
  findings.push_back(check_tool("sqlite3", "asks analysis.sqlite", "sqlite3"));
  findings.push_back(check_private_capture(supervisor));
  const std::size_t in_private = findings.size() - 1;
  if (findings[in_private].answer == Answer::yes) {
    findings.push_back(check_wire());
    // One way to capture is enough.
    if (findings[live].answer == Answer::no) findings[live].answer = Answer::optional_no;
  } else if (findings[live].answer == Answer::yes) {
    findings[in_private].answer = Answer::optional_no;
  }
  return findings;
}

std::string render(const Finding& finding) {
  const char* word = finding.answer == Answer::yes ? "yes" : finding.answer == Answer::no ? "no " : "-  ";
  std::string text = std::string(word) + "  " + finding.subject + ": " + terminal_safe(finding.detail) + '\n';
  if (!finding.fix.empty()) text += "     fix: " + terminal_safe(finding.fix) + '\n';
  return text;
}

}  // namespace plaintalk::doctor
