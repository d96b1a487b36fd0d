#include "capture/live/capture_filter.hpp"

namespace plaintalk::capture {

std::string port_filter(std::uint16_t port, bool with_vlan) {
  // Of IPv6 every fragment passes, the first included: its TCP header stands behind an extension header.
  const std::string plain =
      "tcp port " + std::to_string(port) + " or (ip and ip[6:2] & 0x1fff != 0) or (ip6 and ip6[6] == 44)";
  return with_vlan ? plain + " or (vlan and (" + plain + "))" : plain;
}

}  // namespace plaintalk::capture
