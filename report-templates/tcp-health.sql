-- title: How TCP did
-- description: Each connection with its repeats, reorderings, holes and round-trip times. A rate is the share of the packets sent in that direction. Client columns are about what the client sent. taken_at is where the capture was taken (rule 25); near a side, the round trips of what the other side sends are those of the last piece of the way, and left empty.
-- empty: There was no TCP connection
SELECT connection,
  client_address || ':' || client_port AS client,
  server_address || ':' || server_port AS server,
  protocol, user, state,
  round((start_time_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  round(connections.duration_s, 3) AS seconds,
  client_packets + server_packets AS packets,
  client_retransmitted_packets AS client_retransmitted,
  server_retransmitted_packets AS server_retransmitted,
  CASE WHEN client_packets > 0 THEN round(100.0 * client_retransmitted_packets / client_packets, 2) END AS client_percent,
  CASE WHEN server_packets > 0 THEN round(100.0 * server_retransmitted_packets / server_packets, 2) END AS server_percent,
  client_out_of_order_packets + server_out_of_order_packets AS out_of_order,
  client_duplicate_acks + server_duplicate_acks AS duplicate_acks,
  client_gap_bytes + server_gap_bytes AS gap_bytes,
  client_truncated_bytes + server_truncated_bytes AS cut_bytes,
  duplicate_capture_packets AS captured_twice,
  handshake_rtt_us,
  CASE WHEN vantage <> 'near server' THEN client_rtt_p95_us END AS client_rtt_p95_us,
  CASE WHEN vantage <> 'near client' THEN server_rtt_p95_us END AS server_rtt_p95_us,
  vantage AS taken_at,
  strftime('%Y-%m-%d %H:%M:%S', start_time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', start_time_ns % 1000000000) AS start_utc
FROM connections, captures c
ORDER BY client_retransmitted_packets + server_retransmitted_packets DESC, connection
