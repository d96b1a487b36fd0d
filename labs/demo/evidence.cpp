#include "labs/demo/evidence.hpp"

#include <algorithm>
#include <limits>

#include "base/number.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::demo {
namespace {

using Query = SqliteStatement;

std::uint64_t count(const Query& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

void read_connections(const SqliteDatabase& tables, Evidence& evidence) {
  Query row = tables.prepare(
      "SELECT connection, client_address, client_port, start_time, duration_s, client_packets + "
      "server_packets, "
      "client_bytes, server_bytes, client_gap_bytes + server_gap_bytes, state FROM connections");
  while (row.next()) {
    evidence.connections[count(row, 0)] = {
        .client = {row.text(1), static_cast<std::uint16_t>(row.integer(2))},
        .start_time = row.real(3),
        .duration_s = row.real(4),
        .packets = count(row, 5),
        .client_bytes = count(row, 6),
        .server_bytes = count(row, 7),
        .gap_bytes = count(row, 8),
        .state = row.text(9),
    };
  }
}

void read_messages(const SqliteDatabase& tables, Evidence& evidence) {
  Query row = tables.prepare(
      "SELECT room, seq, sender, time_in, packet_in, text, members, deliveries, missing, latency_min_us, "
      "latency_p50_us, latency_max_us FROM messages ORDER BY CAST(packet_in AS INTEGER), room, CAST(seq AS "
      "INTEGER)");
  while (row.next()) {
    evidence.messages.push_back({
        .key = {row.text(0), count(row, 1)},
        .sender = row.text(2),
        .time_in = row.real(3),
        .packet_in = count(row, 4),
        .text = row.text(5),
        .members = count(row, 6),
        .delivery_count = count(row, 7),
        .missing_count = count(row, 8),
        .latency_min_us = row.real(9),
        .latency_p50_us = row.real(10),
        .latency_max_us = row.real(11),
    });
  }
}

void read_deliveries(const SqliteDatabase& tables, Evidence& evidence) {
  Query row = tables.prepare(
      "SELECT d.room, d.seq, d.recipient, c.client_address, c.client_port FROM deliveries d "
      "LEFT JOIN connections c ON c.connection = d.connection");
  while (row.next()) {
    evidence.deliveries.push_back({
        .key = {row.text(0), count(row, 1)},
        .recipient = row.text(2),
        .client = {row.text(3), static_cast<std::uint16_t>(row.integer(4))},
    });
  }
}

void read_secrets_and_files(const SqliteDatabase& tables, Evidence& evidence) {
  Query secret =
      tables.prepare("SELECT packet, user, method, secret FROM credentials ORDER BY CAST(packet AS INTEGER)");
  while (secret.next()) {
    evidence.credentials.push_back({count(secret, 0), secret.text(1), secret.text(2), secret.text(3)});
  }
  Query file = tables.prepare(
      "SELECT file, name, sender, size, sha256_announced, sha256_carved, complete, path FROM files");
  while (file.next()) {
    const std::string complete = file.text(6);
    evidence.files.push_back({
        .file = file.text(0),
        .name = file.text(1),
        .sender = file.text(2),
        .size = count(file, 3),
        .sha256_announced = file.text(4),
        .sha256_carved = file.text(5),
        .complete = complete == "1" || complete == "true" || complete == "yes",
        .path = file.text(7),
    });
  }
}

// "#lab 9 alice 1789201502123": the room and the number of a MSG or FILE frame.
MessageKey parse_key(std::string_view arguments) {
  const std::size_t first_end = arguments.find(' ');
  if (first_end == arguments.npos) return {std::string(arguments), 0};
  const std::string_view rest = arguments.substr(first_end + 1);
  const auto seq = parse_decimal<std::uint64_t>(rest.substr(0, rest.find(' ')));
  return {std::string(arguments.substr(0, first_end)), seq.value_or(0)};
}

void read_frames(const SqliteDatabase& tables, Evidence& evidence) {
  Query row = tables.prepare(
      "SELECT connection, verb, arguments, time FROM pdus WHERE verb IN ('MSG', 'FILE', 'SYNC') "
      "ORDER BY CAST(last_packet AS INTEGER), CAST(stream_offset AS INTEGER)");
  while (row.next()) {
    evidence.frames.push_back({count(row, 0), row.text(1), parse_key(row.text(2)), row.real(3)});
  }
}

}  // namespace

std::string render(const ClientEnd& end) { return end.address + ':' + std::to_string(end.port); }
std::string render(const MessageKey& key) { return key.room + ' ' + std::to_string(key.seq); }

Evidence read_evidence(const std::filesystem::path& analysis_folder) {
  const SqliteDatabase tables(analysis_folder / "analysis.sqlite", SqliteDatabase::Mode::read_only);
  Evidence evidence;
  read_connections(tables, evidence);
  read_messages(tables, evidence);
  read_deliveries(tables, evidence);
  read_secrets_and_files(tables, evidence);
  read_frames(tables, evidence);
  return evidence;
}

Comeback trace_comeback(const Evidence& evidence, std::string_view address, std::string_view room) {
  std::vector<std::pair<double, std::uint64_t>> visits;
  for (const auto& [number, connection] : evidence.connections) {
    if (connection.client.address == address) visits.emplace_back(connection.start_time, number);
  }
  std::ranges::sort(visits);
  Comeback comeback{.connection_count = visits.size()};
  if (visits.size() < 2) return comeback;
  const std::uint64_t before = visits[0].second;
  const SeenConnection& first = evidence.connections.at(before);
  comeback.away_s = visits[1].first - (first.start_time + first.duration_s);

  double asked_at = std::numeric_limits<double>::infinity();
  std::set<std::uint64_t> heard_before;
  std::set<std::uint64_t> heard_after;
  for (const SeenFrame& frame : evidence.frames) {
    if (frame.key.room != room) continue;
    const SeenConnection& connection = evidence.connections.at(frame.connection);
    if (connection.client.address != address) continue;
    if (frame.verb == "SYNC") {
      if (frame.connection != before) asked_at = std::min(asked_at, frame.time);
    } else {
      (frame.connection == before ? heard_before : heard_after).insert(frame.key.seq);
    }
  }
  std::ranges::set_intersection(heard_before, heard_after,
                                std::inserter(comeback.repeated, comeback.repeated.end()));
  const std::uint64_t last_heard = heard_before.empty() ? 0 : *heard_before.rbegin();
  for (const SeenMessage& message : evidence.messages) {
    if (message.key.room != room || message.key.seq <= last_heard) continue;
    const bool came = heard_after.contains(message.key.seq);
    if (!came) comeback.lost.insert(message.key.seq);
    if (message.time_in >= asked_at) continue;
    comeback.missed.insert(message.key.seq);
    if (came) comeback.paged.insert(message.key.seq);
  }
  return comeback;
}

}  // namespace plaintalk::demo
