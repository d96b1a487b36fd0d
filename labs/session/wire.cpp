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

namespace plaintalk::session {
namespace {

constexpr std::uint8_t kPrefixLength = 24;
const std::string kName(kWireInterface);
// Locally administered, and easy to read in a packet.
constexpr MacAddress kServerMac{0x02, 0, 0, 0, 0, 0x01};
constexpr MacAddress kPeopleMac{0x02, 0, 0, 0, 0, 0x0b};

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
void switch_offloads_off() {
  const FileDescriptor socket_file(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  require(socket_file.is_open() ? 0 : errno, "opening a socket");
  for (const std::uint32_t command :
       {0U + ETHTOOL_STSO, 0U + ETHTOOL_SGSO, 0U + ETHTOOL_SGRO, 0U + ETHTOOL_SSG, 0U + ETHTOOL_STXCSUM}) {
    ethtool_value off{command, 0};
    ifreq request{};
    std::ranges::copy(kName, request.ifr_name);
    request.ifr_data = reinterpret_cast<char*>(&off);
    require(ioctl(socket_file.number(), SIOCETHTOOL, &request) == 0 ? 0 : errno,
            "switching segmentation offload off");
  }
}

// What was refused is a lack, not a failure: the wire is of use without.
void shape(RouteNetlink& netlink, const Shaping& wanted, Wire& wire) {
  const std::string delay = std::to_string(wanted.delay.count()) + " ms each way";
  const std::string rate = std::to_string(wanted.rate_bit_s) + " bit/s";
  wire.shaping.clear();
  wire.shaping_refused.clear();
  if (wanted.delay > Milliseconds::zero()) {
    const int error = netlink.add_netem(kName, wanted);
    if (error == 0) {
      wire.shaping = delay + (wanted.rate_bit_s > 0 ? ", " + rate : "") + " (netem)";
      return;
    }
    wire.shaping_refused = "no delay of " + delay + ": " +
                           (error == ENOENT ? "this kernel has no netem (sudo modprobe sch_netem)"
                                            : "netem: " + std::string(std::strerror(error)));
  }
  if (wanted.rate_bit_s == 0) return;
  const int error = netlink.add_token_bucket(kName, wanted);
  if (error == 0) {
    wire.shaping = rate + " (tbf)";
    return;
  }
  wire.shaping_refused += (wire.shaping_refused.empty() ? "" : "; ") + ("no rate of " + rate + ": ") +
                          (error == ENOENT ? "this kernel has no tbf (sudo modprobe sch_tbf)"
                                           : "tbf: " + std::string(std::strerror(error)));
}

void configure_end(RouteNetlink& netlink, const std::vector<std::string>& addresses, const Shaping& shaping,
                   Wire& wire) {
  switch_offloads_off();
  netlink.silence_ipv6(kName);  // refused where there is no IPv6, which is as silent
  for (const std::string& address : addresses) {
    require(netlink.add_address(kName, address, kPrefixLength), "adding the address " + address);
  }
  require(netlink.bring_up(kName), "bringing up an end of the wire");
  shape(netlink, shaping, wire);
}

void lay(const WireOptions& options, Wire& wire) {
  require(unshare(CLONE_NEWNET) == 0 ? 0 : errno, "making a second network namespace");
  wire.server_network = own_network();
  RouteNetlink server_netlink;
  require(server_netlink.bring_up("lo"), "bringing up the loopback interface");
  require(server_netlink.make_veth({kName, kServerMac}, {kName, kPeopleMac}, wire.people_network.number()),
          "making a veth pair");
  configure_end(server_netlink, {std::string(kWireServerAddress)}, options.shaping, wire);
  enter(wire.people_network);
  RouteNetlink people_netlink;
  configure_end(people_netlink, options.people_addresses, options.shaping, wire);
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
