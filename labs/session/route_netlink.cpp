#include "labs/session/route_netlink.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

namespace plaintalk::session {
namespace {

constexpr std::uint32_t kMtu = 1500;

// A request in the making. 8 KiB hold the largest of them many times.
struct Message {
  alignas(NLMSG_ALIGNTO) std::array<char, 8192> buffer{};
  nlmsghdr* header = mnl_nlmsg_put_header(buffer.data());

  Message(std::uint16_t type, std::uint16_t flags) {
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  }
  Message(const Message&) = delete;  // `header` points into it
  Message& operator=(const Message&) = delete;
  template <typename Header>
  Header* extra() {
    return static_cast<Header*>(mnl_nlmsg_put_extra_header(header, sizeof(Header)));
  }
};

void describe_end(nlmsghdr* message, const VethEnd& end) {
  mnl_attr_put_strz(message, IFLA_IFNAME, end.name.c_str());
  mnl_attr_put(message, IFLA_ADDRESS, end.mac.size(), end.mac.data());
  mnl_attr_put_u32(message, IFLA_MTU, kMtu);
}

int index_of(const std::string& name) { return static_cast<int>(if_nametoindex(name.c_str())); }

}  // namespace

void RouteNetlink::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

RouteNetlink::RouteNetlink() : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)) {
  if (!socket_ || mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) != 0) {
    throw std::runtime_error(std::string("cannot talk to the kernel's routing netlink: ") +
                             std::strerror(errno));
  }
}

int RouteNetlink::request(nlmsghdr* message) {
  message->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return errno;
  alignas(NLMSG_ALIGNTO) std::array<char, 8192> answer{};
  ssize_t size = 0;
  do {
    size = mnl_socket_recvfrom(socket_.get(), answer.data(), answer.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return errno;
  const unsigned port = mnl_socket_get_portid(socket_.get());
  return mnl_cb_run(answer.data(), static_cast<std::size_t>(size), sequence_, port, nullptr, nullptr) < 0
             ? errno
             : 0;
}

int RouteNetlink::make_veth(const VethEnd& near, const VethEnd& far, int far_namespace) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.extra<ifinfomsg>()->ifi_family = AF_UNSPEC;
  describe_end(message.header, near);
  nlattr* const info = mnl_attr_nest_start(message.header, IFLA_LINKINFO);
  mnl_attr_put_strz(message.header, IFLA_INFO_KIND, "veth");
  nlattr* const data = mnl_attr_nest_start(message.header, IFLA_INFO_DATA);
  nlattr* const peer = mnl_attr_nest_start(message.header, VETH_INFO_PEER);
  message.extra<ifinfomsg>()->ifi_family = AF_UNSPEC;
  describe_end(message.header, far);
  mnl_attr_put_u32(message.header, IFLA_NET_NS_FD, static_cast<std::uint32_t>(far_namespace));
  mnl_attr_nest_end(message.header, peer);
  mnl_attr_nest_end(message.header, data);
  mnl_attr_nest_end(message.header, info);
  return request(message.header);
}

int RouteNetlink::bring_up(const std::string& name) {
  Message message(RTM_NEWLINK, 0);
  auto* link = message.extra<ifinfomsg>();
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = index_of(name);
  link->ifi_flags = IFF_UP;
  link->ifi_change = IFF_UP;
  return request(message.header);
}

int RouteNetlink::silence_ipv6(const std::string& name) {
  Message message(RTM_SETLINK, 0);
  auto* link = message.extra<ifinfomsg>();
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = index_of(name);
  nlattr* const families = mnl_attr_nest_start(message.header, IFLA_AF_SPEC);
  nlattr* const ipv6 = mnl_attr_nest_start(message.header, AF_INET6);
  mnl_attr_put_u8(message.header, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
  mnl_attr_nest_end(message.header, ipv6);
  mnl_attr_nest_end(message.header, families);
  return request(message.header);
}

int RouteNetlink::add_address(const std::string& name, const std::string& ipv4_address,
                              std::uint8_t prefix_length) {
  in_addr address{};
  if (inet_pton(AF_INET, ipv4_address.c_str(), &address) != 1) return EINVAL;
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  auto* header = message.extra<ifaddrmsg>();
  header->ifa_family = AF_INET;
  header->ifa_prefixlen = prefix_length;
  header->ifa_scope = RT_SCOPE_UNIVERSE;
  header->ifa_index = static_cast<std::uint32_t>(index_of(name));
  mnl_attr_put_u32(message.header, IFA_LOCAL, address.s_addr);
  mnl_attr_put_u32(message.header, IFA_ADDRESS, address.s_addr);
  return request(message.header);
}

}  // namespace plaintalk::session
