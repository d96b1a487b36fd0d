#include "labs/session/wire.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/session/route_netlink.hpp"

namespace plaintalk::session {
namespace {

constexpr std::uint8_t kPrefixLength = 24;
const std::string kName(kWireInterface);
const std::string kGapToServer(kGapServerInterface);
const std::string kGapToPeople(kGapPeopleInterface);
// Locally administered, and easy to read in a packet.
constexpr MacAddress kServerMac{0x02, 0, 0, 0, 0, 0x01};
constexpr MacAddress kPeopleMac{0x02, 0, 0, 0, 0, 0x0b};
constexpr MacAddress kGapToServerMac{0x02, 0, 0, 0, 0x01, 0x01};
constexpr MacAddress kGapToPeopleMac{0x02, 0, 0, 0, 0x01, 0x02};

// A step of the work that failed. Never leaves this file.
struct Refused {
  std::string what;
  int error;
};

void require(int error, std::string_view what) {
  if (error != 0) throw Refused{std::string(what), error};
}

FileDescriptor own_network() {
  FileDescriptor file(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) throw Refused{"opening /proc/self/ns/net", errno};
  return file;
}

void enter(const FileDescriptor& network) {
  require(setns(network.number(), CLONE_NEWNET) == 0 ? 0 : errno, "entering a network namespace");
}

// Otherwise a capture shows segments of 64 KiB with sums that nobody has computed.
void switch_offloads_off(const std::string& name) {
  const FileDescriptor socket_file(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  require(socket_file.is_open() ? 0 : errno, "opening a socket");
  for (const std::uint32_t command :
       {0U + ETHTOOL_STSO, 0U + ETHTOOL_SGSO, 0U + ETHTOOL_SGRO, 0U + ETHTOOL_SSG, 0U + ETHTOOL_STXCSUM}) {
    ethtool_value off{command, 0};
    ifreq request{};
    std::ranges::copy(name, request.ifr_name);
    request.ifr_data = reinterpret_cast<char*>(&off);
    require(ioctl(socket_file.number(), SIOCETHTOOL, &request) == 0 ? 0 : errno,
            "switching segmentation offload off");
  }
}

void configure_end(RouteNetlink& netlink, const std::vector<std::string>& addresses) {
  switch_offloads_off(kName);
  netlink.silence_ipv6(kName);  // refused where there is no IPv6, which is as silent
  for (const std::string& address : addresses) {
    require(netlink.add_address(kName, address, kPrefixLength), "adding the address " + address);
  }
  require(netlink.bring_up(kName), "bringing up an end of the wire");
}

// An inner end: it has no address, and says nothing by itself.
void configure_gap_end(RouteNetlink& netlink, const std::string& name) {
  switch_offloads_off(name);
  netlink.silence_ipv6(name);
  require(netlink.bring_up(name), "bringing up an inner end of the wire");
}

FileDescriptor make_network(std::string_view which) {
  require(unshare(CLONE_NEWNET) == 0 ? 0 : errno, "making a " + std::string(which) + " network namespace");
  return own_network();
}

void lay(const WireOptions& options, Wire& wire) {
  if (options.has_gap) wire.gap_network = make_network("third");
  wire.server_network = make_network("second");
  RouteNetlink server_netlink;
  require(server_netlink.bring_up("lo"), "bringing up the loopback interface");
  const VethEnd server_end{kName, kServerMac};
  const VethEnd people_end{kName, kPeopleMac};
  constexpr const char* kWhat = "making a veth pair";
  if (!options.has_gap) {
    require(server_netlink.make_veth(server_end, people_end, wire.people_network.number()), kWhat);
  } else {
    require(server_netlink.make_veth(server_end, {kGapToServer, kGapToServerMac}, wire.gap_network.number()),
            kWhat);
  }
  configure_end(server_netlink, {std::string(kWireServerAddress)});
  enter(wire.people_network);
  RouteNetlink people_netlink;
  if (options.has_gap) {
    require(people_netlink.make_veth(people_end, {kGapToPeople, kGapToPeopleMac}, wire.gap_network.number()),
            kWhat);
  }
  configure_end(people_netlink, options.people_addresses);
  if (!options.has_gap) return;
  enter(wire.gap_network);
  RouteNetlink gap_netlink;
  configure_gap_end(gap_netlink, kGapToServer);
  configure_gap_end(gap_netlink, kGapToPeople);
  enter(wire.people_network);
}

// The error with the fix where there is a usual one.
std::string explain(const Refused& refused) {
  std::string text = refused.what + " failed: " + std::strerror(refused.error);
  if (refused.error == EOPNOTSUPP) text += " (is there a veth driver? sudo modprobe veth)";
  return text;
}

// Nullopt when a wire can be laid. The child has a people's namespace of its own to try it in.
std::optional<std::string> try_in_child(const WireOptions& options) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::string("making a pipe failed: ") + std::strerror(errno);
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t child = fork();
  if (child < 0) return std::string("starting a process failed: ") + std::strerror(errno);
  if (child == 0) {
    std::string answer = "yes";
    try {
      require(unshare(CLONE_NEWNET) == 0 ? 0 : errno, "making a network namespace");
      Wire wire;
      wire.people_network = own_network();
      lay(options, wire);
    } catch (const Refused& refused) {
      answer = explain(refused);
    } catch (const std::exception& error) {
      answer = error.what();
    }
    _exit(write(write_end.number(), answer.data(), answer.size()) > 0 ? 0 : 1);
  }
  write_end.close();
  std::array<char, 512> answer{};
  ssize_t size = 0;
  do {
    size = read(read_end.number(), answer.data(), answer.size());
  } while (size < 0 && errno == EINTR);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::string text(answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (text == "yes") return std::nullopt;
  return text.empty() ? "the process that tried it died" : text;
}

}  // namespace

std::expected<Wire, std::string> lay_wire(const WireOptions& options) {
  if (auto why = try_in_child(options)) return std::unexpected(*std::move(why));
  Wire wire;
  std::string why;
  try {
    wire.people_network = own_network();
    lay(options, wire);
    return wire;
  } catch (const Refused& refused) {
    why = explain(refused);
  } catch (const std::runtime_error& error) {
    why = error.what();
  }
  // Half of a wire goes away with its server's namespace.
  if (wire.people_network.is_open()) setns(wire.people_network.number(), CLONE_NEWNET);
  return std::unexpected(why);
}

}  // namespace plaintalk::session
