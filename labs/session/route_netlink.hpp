// The few requests to the kernel's routing netlink (rtnetlink(7)) that a wire of our own needs: a veth pair
// and its addresses. They concern the network namespace that the calling thread is in.
//
// Each returns 0, or the errno that the kernel answered with.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

struct mnl_socket;
struct nlmsghdr;

namespace plaintalk::session {

using MacAddress = std::array<std::uint8_t, 6>;

struct VethEnd {
  std::string name;
  MacAddress mac{};
};

class RouteNetlink {
 public:
  // Throws std::runtime_error when there is no netlink.
  RouteNetlink();

  // Makes `near` here and `far` in the namespace that `far_namespace` (a descriptor) names. Both are down.
  int make_veth(const VethEnd& near, const VethEnd& far, int far_namespace);
  int bring_up(const std::string& name);
  // No address of its own is given to the interface, so it asks and announces nothing.
  int silence_ipv6(const std::string& name);
  int add_address(const std::string& name, const std::string& ipv4_address, std::uint8_t prefix_length);

 private:
  int request(nlmsghdr* message);

  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace plaintalk::session
