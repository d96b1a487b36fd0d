#include "analyzer/report/analysis_contents.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr const char* kShares =
    "SELECT protocol, server_port, group_concat(DISTINCT application), sum(connections), "
    "sum(client_packets + server_packets) AS packets FROM traffic GROUP BY protocol, server_port "
    "ORDER BY packets DESC, protocol, server_port";
constexpr const char* kAddresses =
    "SELECT address, sum(packets) AS packets FROM ("
    "SELECT client_address AS address, client_packets + server_packets AS packets FROM traffic UNION ALL "
    "SELECT server_address, client_packets + server_packets FROM traffic WHERE server_address <> "
    "client_address) "
    "WHERE address IS NOT NULL GROUP BY address ORDER BY packets DESC, address";
constexpr const char* kConnections =
    "SELECT count(*), sum(protocol = 'plaintalk'), sum(midstream = 1 AND protocol IN ('plaintalk', "
    "'other')), "
    "sum(client_payload_bytes + server_payload_bytes = 0), sum(client_truncated_bytes + "
    "server_truncated_bytes) "
    "FROM connections";

std::uint64_t count(SqliteStatement& statement, int column) {
  return static_cast<std::uint64_t>(statement.integer(column));
}

}  // namespace

CaptureContents read_contents(const SqliteDatabase& database) {
  CaptureContents contents;
  SqliteStatement captures = database.prepare("SELECT packets, messenger_port, interface FROM captures");
  if (captures.next()) {
    contents.packets = count(captures, 0);
    contents.messenger_port = static_cast<std::uint16_t>(count(captures, 1));
    contents.interface = captures.text(2);
  }
  SqliteStatement shares = database.prepare(kShares);
  while (shares.next()) {
    auto& share = contents.shares.emplace_back();
    share.protocol = shares.text(0);
    if (const std::uint64_t port = count(shares, 1); port != 0) share.port = port;
    share.application = shares.text(2);
    share.connections = count(shares, 3);
    share.packets = count(shares, 4);
  }
  SqliteStatement addresses = database.prepare(kAddresses);
  while (addresses.next()) {
    contents.addresses.push_back({addresses.text(0), count(addresses, 1)});
    ++contents.address_count;
  }
  SqliteStatement connections = database.prepare(kConnections);
  if (connections.next()) {
    contents.connections = count(connections, 0);
    contents.messenger_connections = count(connections, 1);
    contents.begun_before = count(connections, 2);
    contents.without_data = count(connections, 3);
    contents.truncated_bytes = count(connections, 4);
  }
  return contents;
}

}  // namespace plaintalk::analyzer
