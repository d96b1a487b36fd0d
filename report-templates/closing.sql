-- title: How connections were closed
-- description: Every FIN and RST, and the packets that acknowledge a FIN, in their order. state is Zeek's word for the whole life: SF closed by both, S1 still open at the end of the capture, RSTO and RSTR reset by the client and by the server.
-- empty: No connection was closed while the capture ran
-- parameter: connection =  : number of one connection; empty: all of them
WITH fin AS (
  SELECT connection, packet, direction FROM packets
  WHERE copy IS NOT 1 AND connection IS NOT NULL AND flags LIKE '%FIN%'
    AND (:connection = '' OR connection = CAST(:connection AS INTEGER))
),
first_fin AS (SELECT connection, min(packet) AS packet FROM fin GROUP BY connection),
side_fin AS (SELECT connection, direction, min(packet) AS packet FROM fin GROUP BY connection, direction)
SELECT p.connection, n.state, p.packet,
  strftime('%H:%M:%f', p.time, 'unixepoch') AS time,
  p.t_s, p.direction AS sender, p.flags, p.seq, p.ack,
  CASE
    WHEN p.flags LIKE '%RST%' THEN 'resets the connection'
    WHEN p.flags LIKE '%FIN%' AND p.packet = f.packet THEN 'closes first'
    WHEN p.flags LIKE '%FIN%' AND p.packet = s.packet
      THEN 'closes as well' || CASE WHEN p.acks_packet IN (SELECT packet FROM fin) THEN ', and acknowledges the FIN' ELSE '' END
    WHEN p.flags LIKE '%FIN%' THEN 'its FIN again'
    ELSE 'acknowledges the FIN' END AS meaning,
  p.acks_packet,
  strftime('%Y-%m-%d %H:%M:%S', p.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', p.time_ns % 1000000000) AS utc
FROM packets p JOIN connections n ON n.connection = p.connection
LEFT JOIN first_fin f ON f.connection = p.connection
LEFT JOIN side_fin s ON s.connection = p.connection AND s.direction = p.direction
WHERE p.copy IS NOT 1 AND (:connection = '' OR p.connection = CAST(:connection AS INTEGER))
  AND (p.flags LIKE '%FIN%' OR p.flags LIKE '%RST%' OR p.acks_packet IN (SELECT packet FROM fin))
ORDER BY p.connection, p.packet
