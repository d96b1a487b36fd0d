-- title: The whole capture over time
-- description: What happened in each span of time: packets of any kind, messages that came in, copies that went out, and what was out of the ordinary in TCP (tcp_events). Quiet spans are 0. The time is cut into spans of 1, 2 or 5 times a power of ten seconds, about a hundred of them; where the table packets was left out no span is shorter than a second.
-- empty: There is no packet in the capture
WITH RECURSIVE
known AS (SELECT EXISTS (SELECT 1 FROM packets) AS single, (SELECT CAST(duration_s AS REAL) FROM captures) AS duration,
  (SELECT first_time_ns FROM captures) AS first_ns),
step AS (
  SELECT 1e-6 AS length, 0 AS turn FROM known WHERE first_ns IS NOT NULL
  UNION ALL
  SELECT length * CASE turn % 3 WHEN 1 THEN 2.5 ELSE 2 END, turn + 1 FROM step, known WHERE length < duration / 100
),
bin AS (SELECT max(CASE WHEN single THEN step.length ELSE max(step.length, 1.0) END) AS length FROM step, known),
happened AS (
  SELECT t_s AS at, 1 AS packets, 0 AS messages, 0 AS deliveries, 0 AS events, packet FROM packets, bin WHERE bin.length < 1
  UNION ALL SELECT (time_in_ns - first_ns) / 1e9, 0, 1, 0, 0, NULL FROM messages, bin, known WHERE bin.length < 1 AND origin = 'live' AND time_in_ns IS NOT NULL
  UNION ALL SELECT (time_out_ns - first_ns) / 1e9, 0, 0, 1, 0, NULL FROM deliveries, bin, known WHERE bin.length < 1 AND time_out_ns IS NOT NULL
  UNION ALL SELECT (time_ns - first_ns) / 1e9, 0, 0, 0, 1, NULL FROM tcp_events, bin, known WHERE bin.length < 1
  UNION ALL SELECT second - first_ns / 1000000000, packets, messages, deliveries, tcp_events, NULL FROM timeline, bin, known WHERE bin.length >= 1
),
span AS (
  SELECT CAST(min(at) / length AS INTEGER) AS number, CAST(max(at) / length AS INTEGER) AS last FROM happened, bin GROUP BY bin.length
  UNION ALL
  SELECT number + 1, last FROM span WHERE number < last
)
SELECT round(s.number * b.length, 6) AS from_t_s, round((s.number + 1) * b.length, 6) AS to_t_s,
  coalesce(sum(h.packets), 0) AS packets, coalesce(sum(h.messages), 0) AS messages, coalesce(sum(h.deliveries), 0) AS deliveries,
  coalesce(sum(h.events), 0) AS tcp_events, min(h.packet) AS first_packet, max(h.packet) AS last_packet
FROM span s CROSS JOIN bin b LEFT JOIN happened h ON CAST(h.at / b.length AS INTEGER) = s.number
GROUP BY s.number
ORDER BY s.number
