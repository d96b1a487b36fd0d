-- title: Throughput and goodput in spans of equal length
-- description: What each side of one connection sent in each span of time, in kbit/s. Throughput counts all packets with their headers; goodput counts the new bytes of the stream only, so that the difference is headers and what was sent again. A span in which a side sent nothing is 0. The time is cut into spans of a length that gives about a hundred.
-- empty: No packet of TCP was captured
-- parameter: connection =  : number of the connection; empty: the one with the most bytes
-- parameter: bin_s =  : length of a span in seconds, such as 0.1; empty: 1, 2 or 5 times a power of ten, so that there are about a hundred
WITH RECURSIVE
chosen AS (
  SELECT CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
    (SELECT connection FROM connections ORDER BY client_payload_bytes + server_payload_bytes DESC, connection LIMIT 1) END AS connection
),
ends AS (
  SELECT min(p.t_s) AS first, max(p.t_s) AS last, count(*) AS packets FROM packets p JOIN chosen c ON c.connection = p.connection
),
step AS (
  SELECT 1e-6 AS length, 0 AS turn
  UNION ALL
  SELECT length * CASE turn % 3 WHEN 1 THEN 2.5 ELSE 2 END, turn + 1 FROM step, ends WHERE length < (last - first) / 100.0
),
bin AS (
  -- Not more than 2,000 spans, whatever was asked for.
  SELECT max(CASE WHEN CAST(:bin_s AS REAL) > 0 THEN CAST(:bin_s AS REAL) ELSE (SELECT max(length) FROM step) END, (last - first) / 2000.0, 1e-6) AS length
  FROM ends WHERE packets > 0
),
span AS (
  SELECT CAST(first / length AS INTEGER) AS number FROM ends, bin
  UNION ALL
  SELECT number + 1 FROM span, ends, bin WHERE number < CAST(last / length AS INTEGER)
),
sent AS (
  SELECT CAST(p.t_s / b.length AS INTEGER) AS number, p.direction, sum(p.frame_bytes) AS frame_bytes,
    sum(CASE WHEN r.packet IS NULL THEN p.payload_bytes ELSE 0 END) AS new_bytes, count(*) AS packets, min(p.packet) AS first_packet, max(p.packet) AS last_packet
  FROM packets p JOIN chosen c ON c.connection = p.connection CROSS JOIN bin b
    LEFT JOIN (SELECT DISTINCT packet FROM tcp_events WHERE rule IN (12, 13, 14, 16, 17)) r ON r.packet = p.packet
  WHERE p.copy IS NOT 1
  GROUP BY 1, 2
)
SELECT c.connection, side.direction AS sender, round(s.number * b.length, 6) AS from_t_s, round((s.number + 1) * b.length, 6) AS to_t_s,
  coalesce(t.packets, 0) AS packets,
  CASE WHEN known.frame_bytes THEN round(coalesce(t.frame_bytes, 0) * 8 / b.length / 1000, 3) END AS throughput_kbit_s,
  round(coalesce(t.new_bytes, 0) * 8 / b.length / 1000, 3) AS goodput_kbit_s,
  t.first_packet, t.last_packet
FROM span s CROSS JOIN bin b CROSS JOIN chosen c CROSS JOIN (SELECT 'client' AS direction UNION ALL SELECT 'server') side
  CROSS JOIN (SELECT count(frame_bytes) > 0 AS frame_bytes FROM sent) known
  LEFT JOIN sent t ON t.number = s.number AND t.direction = side.direction
ORDER BY s.number, side.direction
