#include "analyzer/page/page_queries.hpp"

namespace plaintalk::analyzer {

// Texts of strangers are cut to 500 characters here: the page is for looking, the CSV files have all of it.
const std::vector<PageQuery>& page_queries() {
  static const std::vector<PageQuery> all{
      {"people", "people", "People", "Everybody who was seen, and how much each said and was sent.",
       "No account was seen.", "users.csv", 2'000,
       R"(SELECT user, display_name, kind, login_methods, addresses, messages_sent, files_sent, deliveries AS copies_received,
  refused_logins, round((first_seen_ns - c.first_time_ns) / 1e9, 6) AS first_t_s,
  round((last_seen_ns - c.first_time_ns) / 1e9, 6) AS last_t_s
FROM users, captures c ORDER BY user)"},
      {"credentials", "listener", "Secrets in clear text",
       "Passwords and tokens that crossed the network readable, each in its packet.",
       "No password and no token could be read.", "credentials.csv", 2'000,
       R"(SELECT round((time_ns - c.first_time_ns) / 1e9, 6) AS t_s, packet, connection, user, protocol, method, secret,
  coalesce(accepted, 'nobody knows') AS accepted, direction AS sent_by
FROM credentials, captures c ORDER BY time_ns, packet, method)"},
      {"messages", "listener", "Messages",
       "What was said, in the order of the capture, and how many copies of it went out.",
       "No message was routed while the capture ran.", "messages.csv", 10'000,
       R"(SELECT round((coalesce(m.time_in_ns, m.time_ok_ns) - c.first_time_ns) / 1e9, 6) AS t_s, m.packet_in, m.connection_in, m.room, m.seq,
  m.sender, m.kind, CASE WHEN length(m.text) > 500 THEN substr(m.text, 1, 500) || '…' ELSE m.text END AS text,
  CASE WHEN m.hole_bytes > 0 THEN m.hole_bytes END AS missing_bytes,
  m.members AS due, m.deliveries AS delivered, m.missing, m.latency_max_us AS slowest_us,
  (SELECT group_concat(recipient, ', ') FROM (SELECT DISTINCT recipient FROM deliveries d
    WHERE d.room = m.room AND d.seq = m.seq AND d.server = m.server ORDER BY recipient LIMIT 20)) AS recipients
FROM messages m, captures c ORDER BY m.rowid)"},
      {"files", "listener", "Files",
       "Each file that was seen, whether all of it was there, and the proof: its SHA-256 against the "
       "announced one.",
       "No file was seen in transfer.", "files.csv", 1'000,
       R"(SELECT name, sender, recipients, room, seq, size AS size_bytes,
  CASE WHEN complete = 1 AND sha256_carved = sha256_announced THEN 'complete, SHA-256 as announced'
    WHEN complete = 1 AND sha256_announced IS NOT NULL THEN 'complete, SHA-256 differs'
    WHEN complete = 1 THEN 'complete; no SHA-256 was announced'
    ELSE coalesce(gap_bytes, 'some') || ' bytes are missing' END AS proof,
  sha256_carved AS sha256, path AS in_this_folder, first_packet, last_packet,
  round((start_time_ns - c.first_time_ns) / 1e9, 6) AS t_s, round((end_time_ns - c.first_time_ns) / 1e9, 6) AS until_s
FROM files, captures c ORDER BY first_packet, file)"},
      {"connections", "connections", "Connections",
       "Every TCP connection with its end, its bytes and what had to be sent again.",
       "No TCP connection was captured.", "connections.csv", 5'000,
       R"(SELECT connection, tcp_stream, user, round((start_time_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  round((start_time_ns - c.first_time_ns) / 1e9 + x.duration_s, 6) AS until_s,
  client_address || ':' || client_port AS client, server_address || ':' || server_port AS server, protocol, state, closed_first,
  client_bytes, server_bytes, client_packets, server_packets, client_retransmitted_packets AS client_repeated,
  server_retransmitted_packets AS server_repeated, client_gap_bytes + server_gap_bytes AS not_captured_bytes,
  handshake_rtt_us, client_rtt_min_us, server_rtt_min_us, vantage
FROM connections x, captures c ORDER BY connection)"},
      {"verdicts", "connections", "Judgements about packets",
       "What was out of the ordinary, by which rule of docs/TCP_RULES.md, on what evidence and how surely.",
       "No packet was out of the ordinary.", "tcp_events.csv", 5'000,
       R"(SELECT round((time_ns - c.first_time_ns) / 1e9, 6) AS t_s, packet, connection, direction AS sent_by, verdict, rule, confidence, evidence
FROM tcp_events, captures c ORDER BY time_ns, packet, rule)"},
  };
  return all;
}

}  // namespace plaintalk::analyzer
