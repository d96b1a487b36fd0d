-- title: Secrets that could be read
-- description: Every password and token that crossed the network in clear text, of our protocol and of others, where it stands, and whether it opened the door (empty: no answer says so).
-- empty: No password and no token was seen
SELECT strftime('%H:%M:%f', s.time, 'unixepoch') AS time,
  round((s.time_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  s.packet, s.connection,
  n.client_address || ':' || n.client_port AS client,
  n.server_address || ':' || n.server_port AS server,
  s.protocol, s.user, s.method, s.secret, s.accepted,
  strftime('%Y-%m-%d %H:%M:%S', s.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', s.time_ns % 1000000000) AS utc
FROM credentials s JOIN captures c LEFT JOIN connections n ON n.connection = s.connection
ORDER BY s.time_ns, s.packet, s.method
