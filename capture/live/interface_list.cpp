#include <array>

#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/socket.h>

#include "capture/live/live_capture.hpp"

namespace plaintalk::capture {
namespace {

// libpcap also lists USB buses, Bluetooth adapters and netfilter logs, where no TCP can be seen.
bool is_network(const pcap_if_t& interface) {
  return std::string_view(interface.name) == "any" || ::if_nametoindex(interface.name) != 0;
}

std::string numeric_address(const sockaddr& address) {
  if (address.sa_family != AF_INET && address.sa_family != AF_INET6) return {};
  const socklen_t size = address.sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  std::array<char, NI_MAXHOST> text{};
  const int status = ::getnameinfo(&address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return status == 0 ? text.data() : std::string();
}

InterfaceSummary summary(const pcap_if_t& interface) {
  InterfaceSummary summary;
  summary.name = interface.name;
  if (interface.description != nullptr) summary.description = interface.description;
  summary.is_up = (interface.flags & PCAP_IF_UP) != 0;
  summary.is_loopback = (interface.flags & PCAP_IF_LOOPBACK) != 0;
  for (const pcap_addr_t* address = interface.addresses; address != nullptr; address = address->next) {
    if (address->addr == nullptr) continue;
    if (std::string text = numeric_address(*address->addr); !text.empty())
      summary.addresses.push_back(std::move(text));
  }
  return summary;
}

}  // namespace

std::vector<InterfaceSummary> list_interfaces() {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, text.data()) != 0)
    throw OpenError(std::string("the interfaces cannot be listed: ") + text.data());
  std::vector<InterfaceSummary> summaries;
  for (const pcap_if_t* interface = first; interface != nullptr; interface = interface->next)
    if (is_network(*interface)) summaries.push_back(summary(*interface));
  pcap_freealldevs(first);
  return summaries;
}

}  // namespace plaintalk::capture
