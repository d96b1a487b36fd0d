-- title: Addresses and ports
-- description: Every TCP connection with its two addresses and ports, how client and server were told apart, and what it carried; then everything that is not TCP, by pairs of addresses.
-- empty: The capture has no packet
SELECT * FROM (
SELECT 'tcp' AS transport, n.connection, n.client_address, n.client_port, n.server_address, n.server_port,
  n.role_reason AS known_by, n.protocol AS application, n.user, n.state,
  n.client_packets, n.server_packets, n.client_bytes, n.server_bytes,
  round((n.start_time_ns - c.first_time_ns) / 1e9, 6) AS start_t_s, round(n.duration_s, 6) AS duration_s
FROM connections n, captures c
UNION ALL
SELECT protocol, NULL, client_address, NULL, server_address, server_port, NULL, application, NULL, NULL,
  client_packets, server_packets, client_bytes, server_bytes, NULL, NULL
FROM traffic WHERE protocol <> 'tcp'
)
ORDER BY connection IS NULL, connection, transport, client_address, server_address, server_port
