-- title: Secrets that could be read
-- description: Every password and token that crossed the network in clear text, where it stands, and whether it opened the door.
SELECT strftime('%H:%M:%f', c.time, 'unixepoch') AS time,
  c.packet, c.connection,
  n.client_address || ':' || n.client_port AS client,
  n.server_address || ':' || n.server_port AS server,
  c.user, c.method, c.secret, c.accepted
FROM credentials c LEFT JOIN connections n ON n.connection = c.connection
ORDER BY c.time_ns, c.packet, c.method
