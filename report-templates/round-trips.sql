-- title: Round-trip times of one connection
-- description: Each acknowledgement of bytes that were sent once (Karn's rule): the time since the packet whose last byte it acknowledges. "data of the client" is how long the server's acknowledgement took to come back to where the capture was made, and the other way round; near one side the round trip of the other side's data is only that of the last piece of the way.
-- empty: No acknowledgement gives a round trip
-- parameter: connection =  : number of the connection; empty: the one with the most samples
SELECT p.t_s, p.rtt_us / 1000.0 AS rtt_ms,
  'data of the ' || CASE p.direction WHEN 'client' THEN 'server' ELSE 'client' END AS of, p.acks_packet, p.packet, p.connection
FROM packets p
WHERE p.rtt_us IS NOT NULL AND p.copy IS NOT 1 AND p.connection = CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
  (SELECT connection FROM connections ORDER BY coalesce(client_rtt_count, 0) + coalesce(server_rtt_count, 0) DESC, connection LIMIT 1) END
ORDER BY p.packet
