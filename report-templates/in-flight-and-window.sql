-- title: Receive window and bytes in flight of one connection
-- description: How many bytes of one side were sent and not acknowledged after each of its packets, and the window that the other side offered. Where the two meet, the receiver's window limits the sender; where bytes in flight stay below it, the network or the application does.
-- empty: No such connection has packets with data
-- parameter: connection =  : number of the connection; empty: the one with the most bytes
-- parameter: direction =  : whose data: client or server; empty: the side that sent more
WITH chosen AS (
  SELECT n.connection, CASE WHEN :direction <> '' THEN :direction
    WHEN n.client_payload_bytes >= n.server_payload_bytes THEN 'client' ELSE 'server' END AS direction
  FROM connections n
  WHERE n.connection = CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
    (SELECT m.connection FROM connections m ORDER BY m.client_payload_bytes + m.server_payload_bytes DESC, m.connection LIMIT 1) END
)
SELECT p.t_s, p.packet, 'in flight' AS what, p.bytes_in_flight AS bytes, c.connection, c.direction AS sender
FROM packets p JOIN chosen c ON c.connection = p.connection AND c.direction = p.direction
WHERE p.payload_bytes > 0 AND p.copy IS NOT 1
UNION ALL
SELECT p.t_s, p.packet, 'window', p.window, c.connection, c.direction
FROM packets p JOIN chosen c ON c.connection = p.connection AND c.direction <> p.direction
WHERE p.flags NOT LIKE '%SYN%' AND p.flags NOT LIKE '%RST%' AND p.copy IS NOT 1
ORDER BY 1, 2
