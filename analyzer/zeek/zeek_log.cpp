#include "analyzer/zeek/zeek_log.hpp"

#include <utility>

namespace plaintalk::analyzer {
namespace {

using enum ZeekType;

std::vector<ZeekField> with_connection(std::vector<ZeekField> own) {
  std::vector<ZeekField> fields{{"ts", time},        {"uid", string},        {"id.orig_h", address},
                                {"id.orig_p", port}, {"id.resp_h", address}, {"id.resp_p", port}};
  fields.insert(fields.end(), own.begin(), own.end());
  return fields;
}

// Zeek counts a side's bytes by its sequence numbers, so what the capture lacks is among them. Of a single
// packet it gives neither a duration nor sizes. `telnet`, `irc` and the mail protocols have the same name in
// both; what has no analyzer of Zeek's has no service.
constexpr std::string_view kConnections = R"(
SELECT start_time, uid, client_address, client_port, server_address, server_port, 'tcp',
  CASE protocol WHEN 'tls' THEN 'ssl' WHEN 'other' THEN NULL WHEN '' THEN NULL ELSE protocol END,
  nullif(duration_s, 0),
  CASE WHEN duration_s > 0 THEN client_bytes + coalesce(client_gap_bytes, 0) END,
  CASE WHEN duration_s > 0 THEN server_bytes + coalesce(server_gap_bytes, 0) END,
  state, NULL, NULL, client_gap_bytes + server_gap_bytes, history,
  client_packets, client_ip_bytes, server_packets, server_ip_bytes, NULL
FROM connections ORDER BY connection)";

// The room is the first argument of every verb that has one, and a number comes behind it in what a server
// routes (docs/PROTOCOL.md, section 5).
constexpr std::string_view kFrames = R"(
WITH frame AS (
  SELECT *, substr(arguments, 1, instr(arguments || ' ', ' ') - 1) AS first_argument,
    substr(arguments, instr(arguments || ' ', ' ') + 1) AS rest
  FROM pdus)
SELECT f.time, c.uid, c.client_address, c.client_port, c.server_address, c.server_port,
  f.direction = 'client', f.verb, nullif(c.user, ''),
  CASE WHEN substr(first_argument, 1, 1) IN ('#', '@') THEN first_argument END,
  CASE WHEN f.direction = 'server' AND f.verb IN ('MSG', 'FILE') AND substr(rest, 1, 1) BETWEEN '0' AND '9'
    THEN CAST(substr(rest, 1, instr(rest || ' ', ' ') - 1) AS INTEGER) END,
  nullif(f.arguments, ''), f.body_length, f.hole_bytes, f.status, f.pdu, nullif(f.first_packet, 0), nullif(f.last_packet, 0)
FROM frame f JOIN connections c USING (connection) ORDER BY f.pdu)";

// Each way of a file, as Zeek sees a file for each transfer. `seen_bytes` are those in DATA frames, repeats
// included; what is missing, and the hash, are known of the file as it was put together from all its ways.
constexpr std::string_view kFiles = R"(
SELECT t.start_time, c.uid || ' ' || t.kind || ' ' || t.file || ' ' || t.first_packet,
  c.uid, c.client_address, c.client_port, c.server_address, c.server_port,
  'PLAINTALK', 0, NULL, NULL, nullif(t.name, ''), t.duration_s, NULL, t.kind = 'upload',
  t.bytes, f.size, f.gap_bytes, 0, 0, NULL, NULL, NULL, nullif(f.sha256_carved, ''), nullif(f.path, ''), NULL, NULL
FROM transfers t JOIN connections c USING (connection)
  LEFT JOIN files f ON f.file = t.file AND f.server = t.server
ORDER BY t.start_time, t.first_packet, t.kind)";

}  // namespace

std::string_view name_of(ZeekType type) {
  switch (type) {
    case time: return "time";
    case interval: return "interval";
    case string:
    case file_id: return "string";
    case string_set: return "set[string]";
    case enumeration: return "enum";
    case address: return "addr";
    case port: return "port";
    case count: return "count";
    case boolean: return "bool";
  }
  return "string";
}

const std::vector<ZeekLog>& zeek_logs() {
  static const std::vector<ZeekLog> logs{{"conn",
                                          with_connection({{"proto", enumeration},
                                                           {"service", string},
                                                           {"duration", interval},
                                                           {"orig_bytes", count},
                                                           {"resp_bytes", count},
                                                           {"conn_state", string},
                                                           {"local_orig", boolean},
                                                           {"local_resp", boolean},
                                                           {"missed_bytes", count},
                                                           {"history", string},
                                                           {"orig_pkts", count},
                                                           {"orig_ip_bytes", count},
                                                           {"resp_pkts", count},
                                                           {"resp_ip_bytes", count},
                                                           {"tunnel_parents", string_set}}),
                                          kConnections},
                                         {"plaintalk",
                                          with_connection({{"is_orig", boolean},
                                                           {"verb", string},
                                                           {"user", string},
                                                           {"room", string},
                                                           {"seq", count},
                                                           {"arguments", string},
                                                           {"body_length", count},
                                                           {"missing_bytes", count},
                                                           {"status", string},
                                                           {"pdu", count},
                                                           {"first_packet", count},
                                                           {"last_packet", count}}),
                                          kFrames},
                                         {"files",
                                          {{"ts", time},
                                           {"fuid", file_id},
                                           {"uid", string},
                                           {"id.orig_h", address},
                                           {"id.orig_p", port},
                                           {"id.resp_h", address},
                                           {"id.resp_p", port},
                                           {"source", string},
                                           {"depth", count},
                                           {"analyzers", string_set},
                                           {"mime_type", string},
                                           {"filename", string},
                                           {"duration", interval},
                                           {"local_orig", boolean},
                                           {"is_orig", boolean},
                                           {"seen_bytes", count},
                                           {"total_bytes", count},
                                           {"missing_bytes", count},
                                           {"overflow_bytes", count},
                                           {"timedout", boolean},
                                           {"parent_fuid", string},
                                           {"md5", string},
                                           {"sha1", string},
                                           {"sha256", string},
                                           {"extracted", string},
                                           {"extracted_cutoff", boolean},
                                           {"extracted_size", count}},
                                          kFiles}};
  return logs;
}

}  // namespace plaintalk::analyzer
