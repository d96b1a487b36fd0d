// Wires are laid for real; where this machine does not allow that, the tests say why and are skipped.
#include "labs/session/wire.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

#include "labs/session/private_network.hpp"
#include "labs/session/session_network.hpp"
#include "tests/labs_stage/own_process.hpp"

namespace plaintalk::stage {
namespace {

using session::lay_wire;

// The reason why there can be no wire here; empty when there can.
std::string refusal() {
  if (const auto probed = session::probe_private_network(); !probed) return probed.error();
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "no pipe";
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  in_a_child([&] {
    if (!session::enter_private_network()) return false;
    const auto wire = lay_wire({});
    return wire || write(write_end.number(), wire.error().data(), wire.error().size()) > 0;
  });
  write_end.close();
  std::array<char, 512> text{};
  const ssize_t size = read(read_end.number(), text.data(), text.size());
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

sockaddr_in at(const char* address, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  inet_pton(AF_INET, address, &where.sin_addr);
  return where;
}

const sockaddr* generic(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

// The largest segment of a connection from the people's side to the server's; -1 when there was none.
int segment_size_across(const session::Wire& wire) {
  constexpr std::uint16_t port = 7777;
  if (setns(wire.server_network.number(), CLONE_NEWNET) != 0) return -1;
  const FileDescriptor listener(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in server = at("10.0.0.1", port);
  if (bind(listener.number(), generic(server), sizeof server) != 0 || listen(listener.number(), 1) != 0)
    return -1;
  if (setns(wire.people_network.number(), CLONE_NEWNET) != 0) return -1;
  const FileDescriptor client(socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in person = at("10.0.0.12", 0);
  if (bind(client.number(), generic(person), sizeof person) != 0 ||
      connect(client.number(), generic(server), sizeof server) != 0) {
    return -1;
  }
  int size = -1;
  socklen_t length = sizeof size;
  getsockopt(client.number(), IPPROTO_TCP, TCP_MAXSEG, &size, &length);
  return size;
}

TEST(Wire, CarriesConnectionsWithTheSegmentsOfAnEthernet) {
  if (const std::string why = refusal(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_TRUE(in_a_child([] {
    if (!session::enter_private_network()) return false;
    const auto wire = lay_wire({.people_addresses = {"10.0.0.11", "10.0.0.12"}});
    if (!wire) return false;
    const int size = segment_size_across(*wire);
    if (size != 1448) std::cerr << "segment size " << size << '\n';
    return size == 1448;  // 1460 without the time stamps
  }));
}

// Goal: nothing passes a wire with a gap by itself, and its inner ends are where the program looks for them.
TEST(Wire, WithAGapHasItsInnerEndsInANamespaceOfTheirOwn) {
  if (const std::string why = refusal(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_TRUE(in_a_child([] {
    if (!session::enter_private_network()) return false;
    const auto wire = lay_wire({.people_addresses = {"10.0.0.12"}, .has_gap = true});
    if (!wire || if_nametoindex("to-server") != 0) return false;
    if (setns(wire->gap_network.number(), CLONE_NEWNET) != 0) return false;
    return if_nametoindex("to-server") != 0 && if_nametoindex("to-people") != 0 &&
           if_nametoindex("eth0") == 0;
  }));
}

// Goal: a refusal leaves the private network as it was.
// Method: an address that is given twice makes the last step fail.
TEST(Wire, ThatIsRefusedLeavesNothingBehind) {
  if (const std::string why = refusal(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_TRUE(in_a_child([] {
    if (!session::enter_private_network()) return false;
    const auto before = std::filesystem::read_symlink("/proc/self/ns/net");
    const auto wire = lay_wire({.people_addresses = {"10.0.0.11", "10.0.0.11"}});
    return !wire && wire.error().find("10.0.0.11 failed") != std::string::npos &&
           if_nametoindex("eth0") == 0 && std::filesystem::read_symlink("/proc/self/ns/net") == before;
  }));
}

TEST(SessionNetwork, IsALoopbackOfOurOwnWhereThereIsNoWire) {
  if (const auto probed = session::probe_private_network(); !probed) GTEST_SKIP() << probed.error();
  EXPECT_TRUE(in_a_child([] {
    session::Supervisor supervisor;
    session::SessionNetwork network({.people_addresses = {"10.0.0.11", "10.0.0.11"}});
    network.choose(supervisor, {}, [&]() -> session::ChildProcess& {
      return supervisor.start({.name = "stand-in", .program = "/bin/cat", .arguments = {"/dev/null"}});
    });
    return !network.has_wire() && network.is_private() && network.interface() == "lo" &&
           network.server_network() == -1 && network.server_address() == "127.0.0.1" &&
           network.address_of("10.0.0.11") == "127.0.0.11" && network.choice().refused.size() == 1 &&
           network.choice().refused.front().starts_with("a wire: ");
  }));
}

}  // namespace
}  // namespace plaintalk::stage
