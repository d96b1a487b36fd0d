#include "messenger/net/start_lines.hpp"

#include <stdexcept>

#include "protocol/limits.hpp"

namespace plaintalk::messenger {

HostPort listen_address(std::string_view text) {
  auto where = parse_host_port(text, kDefaultPort);
  if (!where) throw std::runtime_error("--listen: " + where.error());
  return *std::move(where);
}

std::string start_lines(const std::vector<Endpoint>& endpoints) {
  std::string lines;
  std::string all;
  for (const Endpoint& endpoint : endpoints) {
    const std::string shown = render(endpoint);
    if (!endpoint.address.is_loopback())
      lines += "warning: " + shown +
               " can be reached from other machines; everything sent to it, passwords included, " +
               "is readable on the network\n";
    all += (all.empty() ? "" : ", ") + shown;
  }
  return lines + "ready: listening on " + all + '\n';
}

}  // namespace plaintalk::messenger
