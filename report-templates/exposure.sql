-- title: What a listener learns of each person
-- description: By account: addresses, whether a password or token could be read, in how many rooms and conversations it was seen, how many of its messages and files could be read, and with whom it spoke. Names from passwords of other protocols have their own rows.
-- empty: Nothing about anybody could be read
WITH read_of AS (
  SELECT protocol, user, sum(method LIKE '%password') AS passwords, sum(method LIKE '%token') AS tokens,
    sum(method LIKE '%password' AND accepted = 'yes') AS accepted FROM credentials GROUP BY protocol, user
),
spoke AS (
  SELECT m.sender, group_concat(DISTINCT d.recipient) AS spoke_to
  FROM messages m JOIN deliveries d ON d.server = m.server AND d.room = m.room AND d.seq = m.seq
  WHERE d.recipient <> m.sender GROUP BY m.sender
)
SELECT * FROM (
SELECT u.user, 'plaintalk' AS protocol, u.kind, u.addresses, u.devices,
  coalesce(r.passwords, 0) AS passwords, coalesce(r.accepted, 0) AS passwords_accepted, coalesce(r.tokens, 0) AS tokens,
  (SELECT group_concat(room, ' ') FROM rooms WHERE ' ' || accounts || ' ' LIKE '% ' || u.user || ' %') AS rooms,
  u.messages_sent AS said, u.deliveries AS was_sent, u.files_sent AS files,
  s.spoke_to,
  round((u.first_seen_ns - c.first_time_ns) / 1e9, 6) AS first_t_s,
  round((u.last_seen_ns - c.first_time_ns) / 1e9, 6) AS last_t_s,
  strftime('%Y-%m-%d %H:%M:%S', u.first_seen_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', u.first_seen_ns % 1000000000) AS first_utc
FROM users u JOIN captures c LEFT JOIN read_of r ON r.protocol = 'plaintalk' AND r.user = u.user
  LEFT JOIN spoke s ON s.sender = u.user
UNION ALL
SELECT r.user, r.protocol, NULL,
  (SELECT group_concat(DISTINCT n.client_address) FROM credentials s JOIN connections n ON n.connection = s.connection
    WHERE s.protocol = r.protocol AND s.user IS r.user), NULL,
  r.passwords, r.accepted, r.tokens, NULL, NULL, NULL, NULL, NULL,
  (SELECT round((min(s.time_ns) - c.first_time_ns) / 1e9, 6) FROM credentials s, captures c WHERE s.protocol = r.protocol AND s.user IS r.user),
  (SELECT round((max(s.time_ns) - c.first_time_ns) / 1e9, 6) FROM credentials s, captures c WHERE s.protocol = r.protocol AND s.user IS r.user),
  (SELECT strftime('%Y-%m-%d %H:%M:%S', min(s.time_ns) / 1000000000, 'unixepoch') || printf('.%09d UTC', min(s.time_ns) % 1000000000)
    FROM credentials s WHERE s.protocol = r.protocol AND s.user IS r.user)
FROM read_of r WHERE r.protocol <> 'plaintalk' OR r.user NOT IN (SELECT user FROM users)
)
ORDER BY protocol, user
