#include "analyzer/run/traffic.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "analyzer/wire/ipv4_view.hpp"
#include "analyzer/wire/ipv6_view.hpp"
#include "analyzer/wire/link_layer.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::size_t kUdpHeaderSize = 8;

// What a UDP port is usually for (IANA).
std::string_view udp_service(std::uint16_t port) {
  constexpr std::array<std::pair<std::uint16_t, std::string_view>, 15> kServices{{{53, "dns"},
                                                                                  {67, "dhcp"},
                                                                                  {123, "ntp"},
                                                                                  {137, "netbios"},
                                                                                  {138, "netbios"},
                                                                                  {161, "snmp"},
                                                                                  {443, "quic"},
                                                                                  {500, "isakmp"},
                                                                                  {514, "syslog"},
                                                                                  {546, "dhcpv6"},
                                                                                  {1900, "ssdp"},
                                                                                  {3478, "stun"},
                                                                                  {5353, "mdns"},
                                                                                  {5355, "llmnr"},
                                                                                  {51820, "wireguard"}}};
  const auto* const found =
      std::ranges::find(kServices, port, &std::pair<std::uint16_t, std::string_view>::first);
  return found == kServices.end() ? std::string_view() : found->second;
}

struct Datagram {
  std::uint8_t protocol = 0;
  IpAddress source;
  IpAddress target;
  Bytes payload;
  std::size_t wire_size = 0;
  bool has_header = true;  // of the protocol: a later fragment has none
  bool is_fragment = false;
};

std::optional<Datagram> datagram_of(const NetworkPacket& network) {
  if (const auto ip = Ipv4View::parse(network.bytes, network.wire_size))
    return Datagram{ip->protocol(),
                    ip->source(),
                    ip->target(),
                    ip->payload(),
                    ip->payload_wire_size(),
                    ip->fragment_offset() == 0,
                    ip->is_fragment()};
  if (const auto ip = Ipv6View::parse(network.bytes, network.wire_size))
    return Datagram{ip->protocol(),
                    ip->source(),
                    ip->target(),
                    ip->payload(),
                    ip->payload_wire_size(),
                    !ip->fragment() || ip->fragment()->offset == 0,
                    ip->fragment().has_value()};
  return std::nullopt;
}

std::string joined(const std::set<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

}  // namespace

std::size_t Traffic::KeyHash::operator()(const Key& key) const {
  const std::hash<Endpoint> endpoint;
  return std::hash<std::string_view>{}(key.protocol) ^ endpoint({key.client, 0}) * 31 ^
         endpoint({key.server, key.port}) * 17;
}

std::map<Traffic::Key, const Traffic::Counts*> Traffic::sorted() const {
  std::map<Key, const Counts*> result;
  for (const auto& [key, counts] : rows_) result.emplace(key, &counts);
  return result;
}

Traffic::Counts& Traffic::at(Key key) {
  if (const auto found = rows_.find(key); found != rows_.end()) return found->second;
  if (rows_.size() < kRowCountMax) return rows_[std::move(key)];
  Key without{key.protocol, {}, {}, key.port, false};
  if (const auto found = rows_.find(without); found != rows_.end()) return found->second;
  if (rows_.size() < 2 * kRowCountMax) return rows_[std::move(without)];
  return rows_[{"others", {}, {}, 0, false}];
}

void Traffic::add(const ConnectionResult& result) {
  const ConnectionRecord& connection = *result.connection;
  Counts& counts = at({"tcp", connection.client.endpoint.address, connection.server.endpoint.address,
                       connection.server.endpoint.port, true});
  ++counts.connections;
  counts.client_packets += connection.client.packets;
  counts.server_packets += connection.server.packets;
  counts.client_bytes += connection.client.payload_bytes;
  counts.server_bytes += connection.server.payload_bytes;
  if (!result.protocol.empty()) counts.applications.insert(result.protocol);
  ++connections_;
  const bool is_messenger = result.protocol == "plaintalk";
  if (is_messenger || result.is_described) ++messenger_connections_;
  if (connection.midstream && (is_messenger || result.protocol == "other")) ++begun_before_;
  if (connection.client.payload_bytes + connection.server.payload_bytes == 0) ++without_data_;
  truncated_bytes_ += connection.client.truncated_bytes + connection.server.truncated_bytes;
}

void Traffic::add(const PacketRecord& record) {
  const auto network = network_packet_of(record);
  const auto datagram = network ? datagram_of(*network) : std::nullopt;
  if (!datagram) {
    const std::string name = network ? "unreadable ip" : name_of(network.error());
    ++at({name, {}, {}, 0, false}).client_packets;
    return;
  }
  Key key;
  key.protocol = datagram->protocol != kTcp ? name_of({Skip::ip_protocol, datagram->protocol})
                 : datagram->is_fragment    ? "tcp fragment"
                                            : "unreadable tcp";
  key.has_addresses = true;
  std::size_t size = datagram->wire_size;
  Endpoint source{datagram->source, 0};
  Endpoint target{datagram->target, 0};
  if (datagram->protocol == kUdp && datagram->has_header && datagram->payload.size() >= kUdpHeaderSize) {
    source.port = be16(datagram->payload, 0);
    target.port = be16(datagram->payload, 2);
    size -= std::min(size, kUdpHeaderSize);
  }
  // Servers have the lower port; without one the order of the addresses keeps both directions together.
  const bool from_client =
      source.port != target.port ? source.port > target.port : source.address < target.address;
  key.client = from_client ? source.address : target.address;
  key.server = from_client ? target.address : source.address;
  key.port = std::min(source.port, target.port);
  Counts& counts = at(std::move(key));
  ++(from_client ? counts.client_packets : counts.server_packets);
  (from_client ? counts.client_bytes : counts.server_bytes) += size;
}

void Traffic::write(RowSink& sink) const {
  static const Table* const table = find_table("traffic");
  check(table != nullptr, "the table exists");
  for (const auto& [key, at] : sorted()) {
    const Counts& counts = *at;
    const bool is_tcp = key.protocol == "tcp";
    Row row(*table);
    row.text(key.protocol);
    row.text(key.has_addresses ? render(key.client) : std::string());
    row.text(key.has_addresses ? render(key.server) : std::string());
    row.integer(key.port == 0 ? std::nullopt : std::optional<std::uint64_t>(key.port));
    row.text(is_tcp ? joined(counts.applications) : std::string(udp_service(key.port)));
    row.integer(is_tcp ? std::optional(counts.connections) : std::nullopt);
    row.integer(counts.client_packets).integer(counts.server_packets);
    row.integer(counts.client_bytes).integer(counts.server_bytes);
    sink.row(row);
  }
}

void Traffic::describe(CaptureContents& contents) const {
  std::map<std::pair<std::string, std::uint16_t>, CaptureContents::Share> shares;
  std::map<IpAddress, std::uint64_t> addresses;
  std::map<std::pair<std::string, std::uint16_t>, std::set<std::string_view>> applications;
  for (const auto& [key, at] : sorted()) {
    const Counts& counts = *at;
    const std::pair place(key.protocol, key.port);
    CaptureContents::Share& share = shares[place];
    share.protocol = key.protocol;
    if (key.port != 0) share.port = key.port;
    share.connections += counts.connections;
    const std::uint64_t packets = counts.client_packets + counts.server_packets;
    share.packets += packets;
    applications[place].insert(counts.applications.begin(), counts.applications.end());
    if (!key.has_addresses) continue;
    addresses[key.client] += packets;
    if (key.server != key.client) addresses[key.server] += packets;
  }
  for (auto& [place, share] : shares) {
    share.application =
        share.protocol == "tcp" ? joined(applications[place]) : std::string(udp_service(place.second));
    contents.shares.push_back(std::move(share));
  }
  for (const auto& [address, packets] : addresses) contents.addresses.push_back({render(address), packets});
  contents.address_count = addresses.size();
  std::ranges::stable_sort(contents.shares, std::greater{}, &CaptureContents::Share::packets);
  std::ranges::stable_sort(contents.addresses, std::greater{}, &CaptureContents::Address::packets);
  contents.connections = connections_;
  contents.messenger_connections = messenger_connections_;
  contents.begun_before = begun_before_;
  contents.without_data = without_data_;
  contents.truncated_bytes = truncated_bytes_;
}

}  // namespace plaintalk::analyzer
