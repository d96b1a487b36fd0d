// A connection as a row of the table `connections`.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/tables/result_rows.hpp"
#include "base/check.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer {
namespace {

using Count = std::optional<std::uint64_t>;

const Table& table_of_connections() {
  const Table* const found = find_table("connections");
  check(found != nullptr, "the table exists");
  return *found;
}

std::optional<Nanoseconds> sampled(const RttSummary& rtt, Nanoseconds value) {
  return rtt.count == 0 ? std::nullopt : std::optional(value);
}

void add_rtt(Row& row, const RttSummary& rtt) {
  row.integer(rtt.count)
      .microseconds(sampled(rtt, rtt.min))
      .microseconds(sampled(rtt, rtt.mean))
      .microseconds(sampled(rtt, rtt.p95));
}

std::string text_of(const Tunnel& tunnel) {
  std::string text(name_of(tunnel.kind));
  if (tunnel.id != 0) text += " " + std::to_string(tunnel.id);
  if (tunnel.depth > 1) text += ", inside of " + std::to_string(tunnel.depth - 1) + " more";
  return text;
}

template <typename Value>
Count count_of(const std::optional<Value>& value) {
  return value ? Count(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

Count if_any(std::uint64_t count, std::uint64_t value) { return count == 0 ? std::nullopt : Count(value); }

// Rule 23.
Count rate_of(std::uint64_t bytes, Nanoseconds span) {
  if (span <= Nanoseconds::zero()) return std::nullopt;
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(span.count()) +
                                    0.5);
}

std::string_view name_of(Vantage::Place place) {
  switch (place) {
    case Vantage::Place::near_client: return "near client";
    case Vantage::Place::near_server: return "near server";
    case Vantage::Place::middle: return "middle";
    case Vantage::Place::same_host: return "same host";
    case Vantage::Place::unknown: break;
  }
  return "unknown";
}

std::string_view name_of(Vantage::Confidence confidence) {
  switch (confidence) {
    case Vantage::Confidence::certain: return "certain";
    case Vantage::Confidence::likely: return "likely";
    case Vantage::Confidence::ambiguous: break;
  }
  return "ambiguous";
}

void add_answer(std::string& text, std::string_view side, std::optional<Nanoseconds> answer, std::uint8_t ttl,
                bool is_unfilled) {
  const auto add = [&](const std::string& part) {
    if (!text.empty()) text += "; ";
    text += part;
  };
  const std::string the_side = "the " + std::string(side);
  if (answer)
    add(the_side + " was seen to answer after " + std::to_string(answer->count() / 1000) + " us at least");
  if (ttl != 0) {
    const unsigned hops = hops_of(ttl);
    add(the_side + "'s packets have TTL " + std::to_string(ttl) +
        (hops == 0 ? ": no router passed" : ": " + std::to_string(hops) + " routers passed"));
  }
  if (is_unfilled) add("checksums of " + the_side + " are left to its network card");
}

// Rule 25.
void add_vantage(Row& row, const Vantage& vantage) {
  std::string evidence;
  if (vantage.place == Vantage::Place::same_host) {
    evidence = "both have the same address";
  } else {
    add_answer(evidence, "client", vantage.client_answer, vantage.client_ttl, vantage.client_is_unfilled);
    add_answer(evidence, "server", vantage.server_answer, vantage.server_ttl, vantage.server_is_unfilled);
  }
  row.text(name_of(vantage.place)).text(name_of(vantage.confidence)).text(evidence);
}

void add_closed_windows(Row& row, const ConnectionRecord& connection) {
  const std::array<const ClosedWindows*, 2> sides{&connection.client.closed_windows,
                                                  &connection.server.closed_windows};
  const auto unless_cut = [](const ClosedWindows& windows, Nanoseconds span) {
    return windows.is_cut ? std::nullopt : std::optional(span);
  };
  for (const ClosedWindows* const windows : sides) row.integer(windows->count);
  for (const ClosedWindows* const windows : sides) row.microseconds(unless_cut(*windows, windows->total));
  for (const ClosedWindows* const windows : sides) row.microseconds(unless_cut(*windows, windows->longest));
  for (const ClosedWindows* const windows : sides) row.integer(windows->opened_by_answer);
  for (const ClosedWindows* const windows : sides) row.integer(std::uint64_t{windows->is_cut});
}

std::string ending_of(const ConnectionRecord& connection) {
  if (connection.first_ending == Ending::none) return {};
  return std::string(sender_of(connection.first_to_end)) +
         (connection.first_ending == Ending::fin ? " FIN" : " RST");
}

class Fnv1a {  // 64 bit, two of them with different starts
 public:
  explicit Fnv1a(std::uint64_t start) : state_(start) {}
  // Eight bytes, the lowest first. Most values are small: a byte of 0 only multiplies, and so all that are
  // left do at once.
  void add(std::uint64_t value) {
    std::size_t left = kPowers.size() - 1;
    for (; value > 0xff; value >>= 8U, --left) state_ = (state_ ^ (value & 0xff)) * kPowers[1];
    state_ = (state_ ^ value) * kPowers[left];
  }
  std::uint64_t value() const { return state_; }

 private:
  static constexpr std::array<std::uint64_t, 9> kPowers = [] {
    std::array<std::uint64_t, 9> powers{1};
    for (std::size_t index = 1; index < powers.size(); ++index)
      powers[index] = powers[index - 1] * 0x100000001b3U;
    return powers;
  }();
  std::uint64_t state_;
};

// "C" and 17 letters and digits, as Zeek writes its own.
std::string uid_of(const ConnectionRecord& connection) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string uid = "C";
  for (const auto& [start, digits] :
       {std::pair<std::uint64_t, int>{0xcbf29ce484222325U, 9}, {0x9e3779b97f4a7c15U, 8}}) {
    Fnv1a hash(start);
    for (const EndpointRecord* side : {&connection.client, &connection.server}) {
      for (const std::uint8_t octet : side->endpoint.address.octets) hash.add(octet);
      hash.add(side->endpoint.port);
      hash.add(side->traffic.first_sequence.value_or(0));
    }
    hash.add(static_cast<std::uint64_t>(connection.start.time_since_epoch().count()));
    std::uint64_t rest = hash.value() ^ (hash.value() >> 32U);
    for (int digit = 0; digit < digits; ++digit, rest /= kDigits.size())
      uid += kDigits[rest % kDigits.size()];
  }
  return uid;
}

void add_traffic(Row& row, const ConnectionRecord& connection) {
  const std::array<const EndpointRecord*, 2> sides{&connection.client, &connection.server};
  const auto both = [&](const auto& value) {
    for (const EndpointRecord* const side : sides) row.integer(value(*side, side->traffic));
  };
  using Side = EndpointRecord;
  using Traffic = TrafficRecord;
  both([](const Side&, const Traffic& traffic) { return count_of(traffic.first_sequence); });
  both([](const Side&, const Traffic& traffic) { return count_of(traffic.mss); });
  both([](const Side&, const Traffic& traffic) { return count_of(traffic.window_scale); });
  both([](const Side&, const Traffic& traffic) { return count_of(traffic.has_sack_permitted); });
  both([](const Side&, const Traffic& traffic) { return count_of(traffic.has_timestamps); });
  both([](const Side&, const Traffic& traffic) { return Count(traffic.frame_bytes); });
  both([](const Side&, const Traffic& traffic) { return Count(traffic.ip_bytes); });
  both([](const Side&, const Traffic& t) { return if_any(t.data_packets, t.payload_min); });
  both([](const Side& side, const Traffic& t) {
    return t.data_packets == 0 ? std::nullopt
                               : Count((side.payload_bytes + t.data_packets / 2) / t.data_packets);
  });
  both([](const Side&, const Traffic& t) { return if_any(t.data_packets, t.payload_max); });
  both([](const Side&, const Traffic& t) { return if_any(t.window_count, t.window_min); });
  both([](const Side&, const Traffic& t) {
    return t.window_count == 0 ? std::nullopt : Count((t.window_sum + t.window_count / 2) / t.window_count);
  });
  both([](const Side&, const Traffic& t) { return if_any(t.window_count, t.window_max); });
  both([](const Side&, const Traffic& t) { return Count(t.pure_acks); });
  both([&](const Side& side, const Traffic&) {
    return rate_of(side.bytes, connection.end - connection.start);
  });
  both([](const Side& side, const Traffic& t) { return rate_of(side.bytes, t.last_data - t.first_data); });
  both([](const Side&, const Traffic& t) { return t.in_flight_max; });
}

}  // namespace

Row row_of(const ConnectionResult& result) {
  static const Table& connections = table_of_connections();
  const ConnectionRecord& connection = *result.connection;
  const EndpointRecord& client = connection.client;
  const EndpointRecord& server = connection.server;
  Row row(connections);
  row.integer(static_cast<std::uint64_t>(connection.id))
      .time(connection.start)
      .seconds(connection.end - connection.start);
  row.text(render(client.endpoint.address)).integer(std::uint64_t{client.endpoint.port});
  row.text(render(server.endpoint.address)).integer(std::uint64_t{server.endpoint.port});
  row.text(connection.role_reason).text(connection.state).text(connection.history);
  row.integer(client.packets).integer(server.packets).integer(client.bytes).integer(server.bytes);
  row.integer(client.retransmitted_packets).integer(server.retransmitted_packets);
  row.integer(client.out_of_order_packets).integer(server.out_of_order_packets);
  row.integer(client.duplicate_acks).integer(server.duplicate_acks);
  row.integer(client.gap_bytes).integer(server.gap_bytes).integer(connection.duplicate_capture_packets);
  row.microseconds(connection.handshake_rtt);
  add_rtt(row, client.rtt);
  add_rtt(row, server.rtt);
  row.text(result.protocol)
      .text(result.user)
      .text(result.device)
      .integer(std::uint64_t{connection.completeness});
  row.integer(client.payload_bytes).integer(server.payload_bytes);
  row.integer(client.ambiguous_packets).integer(server.ambiguous_packets);
  row.integer(client.zero_windows).integer(server.zero_windows).integer(std::uint64_t{connection.midstream});
  row.integer(client.truncated_bytes).integer(server.truncated_bytes);
  row.integer(client.retransmitted_bytes).integer(server.retransmitted_bytes);
  row.integer(client.damaged_packets).integer(server.damaged_packets);
  row.text(text_of(connection.tunnel));
  row.integer(std::uint64_t{connection.wireshark_stream});
  row.text(uid_of(connection)).text(ending_of(connection));
  add_traffic(row, connection);
  for (const RttSummary* const rtt : {&client.stamped_rtt, &server.stamped_rtt})
    row.integer(rtt->count)
        .microseconds(sampled(*rtt, rtt->min))
        .microseconds(sampled(*rtt, rtt->mean))
        .microseconds(sampled(*rtt, rtt->max));
  add_closed_windows(row, connection);
  add_vantage(row, connection.vantage);
  row.integer(client.doubled_packets).integer(server.doubled_packets);
  return row;
}

}  // namespace plaintalk::analyzer
