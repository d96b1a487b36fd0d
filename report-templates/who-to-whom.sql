-- title: Who sent to whom
-- description: One row for each pair. Accounts, by the messages that one said and the other was sent (one's own copy left out); and addresses, by the bytes of their TCP connections, whatever protocol they speak.
-- empty: Nobody sent anything to anybody
WITH pair AS (
  SELECT 'account' AS level, m.sender, d.recipient,
    sum(m.kind = 'text') AS messages, sum(m.kind = 'file') AS files, sum(CASE m.kind WHEN 'text' THEN m.body_length END) AS bytes,
    group_concat(DISTINCT m.room) AS rooms, min(d.time_out_ns) AS first_ns, max(d.time_out_ns) AS last_ns
  FROM deliveries d JOIN messages m ON m.server = d.server AND m.room = d.room AND m.seq = d.seq
  WHERE d.recipient <> m.sender
  GROUP BY m.sender, d.recipient
  UNION ALL
  SELECT 'address', client_address, server_address, NULL, NULL, sum(client_bytes),
    group_concat(DISTINCT protocol || ' (port ' || server_port || ')'),
    min(start_time_ns), max(start_time_ns + CAST(duration_s * 1e9 AS INTEGER))
  FROM connections GROUP BY client_address, server_address HAVING sum(client_bytes) > 0
  UNION ALL
  SELECT 'address', server_address, client_address, NULL, NULL, sum(server_bytes),
    group_concat(DISTINCT protocol || ' (port ' || server_port || ')'),
    min(start_time_ns), max(start_time_ns + CAST(duration_s * 1e9 AS INTEGER))
  FROM connections GROUP BY client_address, server_address HAVING sum(server_bytes) > 0
)
SELECT level, sender, recipient, messages, files, bytes, rooms AS places,
  strftime('%H:%M:%f', first_ns / 1e9, 'unixepoch') AS first_time,
  round((first_ns - c.first_time_ns) / 1e9, 6) AS first_t_s,
  round((last_ns - c.first_time_ns) / 1e9, 6) AS last_t_s,
  strftime('%Y-%m-%d %H:%M:%S', first_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', first_ns % 1000000000) AS first_utc
FROM pair, captures c
ORDER BY level, sender, recipient
