#include "labs/demo/cross_check.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace plaintalk::demo {
namespace {

// Compares two lists of things that have a name; the same thing may stand in a list twice and then must in
// the other.
Check compare(std::string subject, std::vector<std::string> server, std::vector<std::string> packets) {
  Check check{.subject = std::move(subject), .server_count = server.size(), .packet_count = packets.size()};
  std::ranges::sort(server);
  std::ranges::sort(packets);
  std::vector<std::string> only;
  std::ranges::set_difference(server, packets, std::back_inserter(only));
  for (const std::string& thing : only)
    check.differences.push_back(check.subject + ": only the server has " + thing);
  only.clear();
  std::ranges::set_difference(packets, server, std::back_inserter(only));
  for (const std::string& thing : only)
    check.differences.push_back(check.subject + ": only the packets have " + thing);
  return check;
}

using ByteCount = std::function<std::uint64_t(const LoggedConnection&)>;
using SeenByteCount = std::function<std::uint64_t(const SeenConnection&)>;

// Byte counts are compared for each connection; the totals are what a person reads.
Check compare_bytes(std::string subject, const ServerLog& server, const Evidence& packets,
                    const ByteCount& logged, const SeenByteCount& seen) {
  Check check{.subject = std::move(subject)};
  std::map<ClientEnd, std::uint64_t> seen_bytes;
  for (const auto& [number, connection] : packets.connections) {
    seen_bytes[connection.client] += seen(connection);
    check.packet_count += seen(connection);
  }
  for (const auto& [number, connection] : server.connections()) {
    check.server_count += logged(connection);
    const std::uint64_t in_packets = seen_bytes[connection.client];
    if (in_packets == logged(connection)) continue;
    check.differences.push_back(check.subject + ": connection of " + render(connection.client) + " (" +
                                connection.account + "): the server says " +
                                std::to_string(logged(connection)) + ", the packets " +
                                std::to_string(in_packets));
  }
  return check;
}

}  // namespace

bool CrossCheck::agrees() const {
  return std::ranges::all_of(checks, [](const Check& check) {
    return check.differences.empty() && check.server_count == check.packet_count;
  });
}

std::vector<std::string> CrossCheck::differences() const {
  std::vector<std::string> all;
  for (const Check& check : checks) all.insert(all.end(), check.differences.begin(), check.differences.end());
  return all;
}

CrossCheck cross_check(const ServerLog& server, const Evidence& packets) {
  std::vector<std::string> logged;
  std::vector<std::string> seen;
  CrossCheck result;
  const auto compare_lists = [&](std::string subject) {
    result.checks.push_back(compare(std::move(subject), std::exchange(logged, {}), std::exchange(seen, {})));
  };

  for (const auto& [number, connection] : server.connections()) logged.push_back(render(connection.client));
  for (const auto& [number, connection] : packets.connections) seen.push_back(render(connection.client));
  compare_lists("connections");

  for (const LoggedMessage& message : server.messages()) {
    logged.push_back(render(message.key) + " from " + message.sender);
  }
  for (const SeenMessage& message : packets.messages)
    seen.push_back(render(message.key) + " from " + message.sender);
  compare_lists("messages");

  for (const LoggedMessage& message : server.messages()) {
    for (const std::uint64_t recipient : message.recipients) {
      const auto found = server.connections().find(recipient);
      const std::string to = found == server.connections().end()
                                 ? "unknown connection " + std::to_string(recipient)
                                 : render(found->second.client);
      logged.push_back(render(message.key) + " to " + to);
    }
  }
  for (const SeenDelivery& delivery : packets.deliveries) {
    seen.push_back(render(delivery.key) + " to " + render(delivery.client));
  }
  compare_lists("deliveries");

  for (const LoggedFile& file : server.verified_files())
    logged.push_back(file.file + " sha256 " + file.sha256);
  for (const SeenFile& file : packets.files) seen.push_back(file.file + " sha256 " + file.sha256_carved);
  compare_lists("files");

  result.checks.push_back(compare_bytes(
      "bytes in", server, packets, [](const LoggedConnection& connection) { return connection.bytes_in; },
      [](const SeenConnection& connection) { return connection.client_bytes; }));
  result.checks.push_back(compare_bytes(
      "bytes out", server, packets, [](const LoggedConnection& connection) { return connection.bytes_out; },
      [](const SeenConnection& connection) { return connection.server_bytes; }));

  if (server.lost_event_count() > 0) {
    result.checks.front().differences.push_back("the server's log is not complete: it lost " +
                                                std::to_string(server.lost_event_count()) + " events");
  }
  return result;
}

}  // namespace plaintalk::demo
