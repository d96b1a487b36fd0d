-- title: What the capture shows
-- description: One page of answers: how many packets, who was there, what could be read, whether every message arrived, how TCP did.
SELECT topic, item, value FROM (
  SELECT 1 AS part, 1 AS line, 'capture' AS topic, 'packets captured' AS item, CAST(coalesce(sum(packets), 0) AS TEXT) AS value FROM captures
  UNION ALL SELECT 1, 2, 'capture', 'first packet (UTC)', coalesce((SELECT strftime('%Y-%m-%d %H:%M:%f', first_time, 'unixepoch') FROM captures), '')
  UNION ALL SELECT 1, 3, 'capture', 'seconds with traffic', CAST(count(*) AS TEXT) FROM timeline
  UNION ALL SELECT 1, 4, 'capture', 'bytes missing in the capture', CAST(coalesce(sum(client_gap_bytes + server_gap_bytes), 0) AS TEXT) FROM connections
  UNION ALL SELECT 1, 5, 'capture', 'packets by protocol', coalesce((SELECT group_concat(protocol || ' ' || packets, ', ') FROM
    (SELECT protocol, sum(client_packets + server_packets) AS packets FROM traffic GROUP BY protocol ORDER BY packets DESC, protocol)), '')
  UNION ALL SELECT 2, 1, 'connections', 'TCP connections', CAST(count(*) AS TEXT) FROM connections
  UNION ALL SELECT 2, 2, 'connections', 'of them messenger connections', CAST(count(*) AS TEXT) FROM connections WHERE protocol = 'plaintalk'
  UNION ALL SELECT 2, 3, 'connections', 'client addresses', coalesce((SELECT group_concat(client_address, ', ') FROM (SELECT DISTINCT client_address FROM connections ORDER BY 1)), '')
  UNION ALL SELECT 2, 4, 'connections', 'bytes from clients', CAST(coalesce(sum(client_bytes), 0) AS TEXT) FROM connections
  UNION ALL SELECT 2, 5, 'connections', 'bytes from servers', CAST(coalesce(sum(server_bytes), 0) AS TEXT) FROM connections
  UNION ALL SELECT 3, 1, 'people', 'accounts', coalesce((SELECT group_concat(user, ', ') FROM (SELECT user FROM users ORDER BY user)), '')
  UNION ALL SELECT 3, 2, 'people', 'busiest sender', coalesce((SELECT user || ' (' || messages_sent || ' messages)' FROM users WHERE messages_sent > 0 ORDER BY messages_sent DESC, user LIMIT 1), '')
  UNION ALL SELECT 3, 3, 'people', 'rooms and conversations', coalesce((SELECT group_concat(room, ' ') FROM (SELECT room FROM rooms ORDER BY room)), '')
  UNION ALL SELECT 4, 1, 'secrets', 'readable passwords', CAST(count(*) AS TEXT) FROM credentials WHERE method LIKE '%password'
  UNION ALL SELECT 4, 4, 'secrets', 'passwords by protocol', coalesce((SELECT group_concat(protocol || ' ' || n, ', ') FROM
    (SELECT protocol, count(*) AS n FROM credentials WHERE method LIKE '%password' GROUP BY protocol ORDER BY protocol)), '')
  UNION ALL SELECT 4, 2, 'secrets', 'passwords of', coalesce((SELECT group_concat(user, ', ') FROM (SELECT DISTINCT user FROM credentials WHERE method LIKE '%password' ORDER BY 1)), '')
  UNION ALL SELECT 4, 3, 'secrets', 'readable session tokens', CAST(count(*) AS TEXT) FROM credentials WHERE method LIKE '%token'
  UNION ALL SELECT 5, 1, 'routing', 'messages in', CAST(count(*) AS TEXT) FROM messages WHERE origin = 'live'
  UNION ALL SELECT 5, 2, 'routing', 'copies due', CAST(coalesce(sum(members), 0) AS TEXT) FROM messages WHERE origin = 'live'
  UNION ALL SELECT 5, 3, 'routing', 'copies delivered', CAST(coalesce(sum(deliveries), 0) AS TEXT) FROM messages WHERE origin = 'live'
  UNION ALL SELECT 5, 4, 'routing', 'missing / doubled / misdirected', coalesce(sum(missing), 0) || ' / ' || coalesce(sum(duplicates), 0) || ' / ' || coalesce(sum(leaked), 0) FROM messages
  UNION ALL SELECT 5, 5, 'routing', 'slowest delivery (ms)', coalesce((SELECT printf('%.3f', max(latency_us) / 1000.0) FROM deliveries WHERE latency_us IS NOT NULL HAVING count(*) > 0), '')
  UNION ALL SELECT 6, 1, 'files', 'files recovered completely', coalesce(sum(complete), 0) || ' of ' || count(*) FROM files
  UNION ALL SELECT 6, 2, 'files', 'with the announced SHA-256', CAST(count(*) AS TEXT) FROM files WHERE complete = 1 AND sha256_carved = sha256_announced
  UNION ALL SELECT 7, 1, 'tcp', 'retransmitted packets', CAST(coalesce(sum(client_retransmitted_packets + server_retransmitted_packets), 0) AS TEXT) FROM connections
  UNION ALL SELECT 7, 2, 'tcp', 'out-of-order packets', CAST(coalesce(sum(client_out_of_order_packets + server_out_of_order_packets), 0) AS TEXT) FROM connections
  UNION ALL SELECT 7, 3, 'tcp', 'duplicate acknowledgements', CAST(coalesce(sum(client_duplicate_acks + server_duplicate_acks), 0) AS TEXT) FROM connections
  UNION ALL SELECT 8, 1, 'findings', 'high / warnings / notes',
    coalesce(sum(severity = 'high'), 0) || ' / ' || coalesce(sum(severity = 'warning'), 0) || ' / ' || coalesce(sum(severity = 'note'), 0) FROM findings
)
ORDER BY part, line
