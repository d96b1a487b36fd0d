-- title: Time and sequence numbers of one connection
-- description: The time-sequence graph of Stevens. Each packet with data of one side is a bar from its first sequence number to its last; the staircase below is what the other side has acknowledged, the line above is how far its window allows. Steep bars are fast sending, flat steps are waiting; a bar below earlier ones was sent again, and bars that stand apart while the staircase waits are selectively acknowledged.
-- empty: No such connection has packets with data
-- parameter: connection =  : number of the connection; empty: the one with the most bytes
-- parameter: direction =  : whose data: client or server; empty: the side that sent more
WITH RECURSIVE
chosen AS (
  SELECT n.connection, CASE WHEN :direction <> '' THEN :direction
    WHEN n.client_payload_bytes >= n.server_payload_bytes THEN 'client' ELSE 'server' END AS direction
  FROM connections n
  WHERE n.connection = CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
    (SELECT m.connection FROM connections m ORDER BY m.client_payload_bytes + m.server_payload_bytes DESC, m.connection LIMIT 1) END
),
-- Selective acknowledgements stand in one text: "101-201 301-401".
block AS (
  SELECT p.packet, p.t_s, substr(p.sack_blocks || ' ', 1, instr(p.sack_blocks || ' ', ' ') - 1) AS one,
    substr(p.sack_blocks || ' ', instr(p.sack_blocks || ' ', ' ') + 1) AS rest
  FROM packets p JOIN chosen c ON c.connection = p.connection AND p.direction <> c.direction
  WHERE p.sack_blocks IS NOT NULL AND p.copy IS NOT 1
  UNION ALL
  SELECT packet, t_s, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM block WHERE rest <> ''
)
SELECT p.t_s, p.packet,
  CASE WHEN p.verdicts LIKE '%out-of-order or%' THEN 'out of order or sent again' WHEN p.verdicts LIKE '%out-of-order%' THEN 'out of order'
       WHEN p.verdicts LIKE '%retransmission%' OR p.verdicts LIKE '%tail loss probe%' OR p.verdicts LIKE '%doubled%' THEN 'sent again' ELSE 'data' END AS what,
  p.seq, p.next_seq AS to_seq, p.payload_bytes AS bytes, c.connection, c.direction, p.verdicts
FROM packets p JOIN chosen c ON c.connection = p.connection AND p.direction = c.direction
WHERE p.payload_bytes > 0 AND p.copy IS NOT 1
UNION ALL
SELECT p.t_s, p.packet, 'acknowledged', p.ack, NULL, NULL, c.connection, c.direction, p.verdicts
FROM packets p JOIN chosen c ON c.connection = p.connection AND p.direction <> c.direction
WHERE p.ack IS NOT NULL AND p.flags NOT LIKE '%RST%' AND p.copy IS NOT 1
UNION ALL
SELECT p.t_s, p.packet, 'window edge', p.ack + p.window, NULL, NULL, c.connection, c.direction, p.verdicts
FROM packets p JOIN chosen c ON c.connection = p.connection AND p.direction <> c.direction
WHERE p.ack IS NOT NULL AND p.flags NOT LIKE '%RST%' AND p.flags NOT LIKE '%SYN%' AND p.copy IS NOT 1
UNION ALL
SELECT b.t_s, b.packet, 'selectively acknowledged',
  CAST(substr(b.one, 1, instr(substr(b.one, 2), '-')) AS INTEGER), CAST(substr(b.one, instr(substr(b.one, 2), '-') + 2) AS INTEGER),
  NULL, c.connection, c.direction, NULL
FROM block b, chosen c
WHERE b.one <> ''
ORDER BY 1, 2
