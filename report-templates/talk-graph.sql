-- title: Who talks to whom
-- description: One row for each pair of people, way (room or direct) and span of time, one's own copies left out: messages and files that one sent and the other was sent. The 40 busiest people.
-- empty: Nobody sent anything to anybody
-- parameter: people = 40 : the busiest people
WITH clock AS (SELECT first_time_ns AS t0, max(1, last_time_ns - first_time_ns + 1) AS whole FROM captures),
copy AS (
  SELECT m.sender, d.recipient, m.room, m.connection_in, d.connection, m.kind, m.body_length, m.packet_in, d.packet_out, d.time_out_ns
  FROM deliveries d JOIN messages m ON m.server = d.server AND m.room = d.room AND m.seq = d.seq
  WHERE d.recipient <> m.sender AND d.status <> 'duplicate'),
person AS (SELECT name FROM (SELECT sender AS name FROM copy UNION ALL SELECT recipient FROM copy)
  GROUP BY name ORDER BY count(*) DESC, name LIMIT CAST(:people AS INTEGER)),
chosen AS (SELECT * FROM copy WHERE sender IN (SELECT name FROM person) AND recipient IN (SELECT name FROM person)),
-- As fine as 10,000 rows allow, so that a span of time can be chosen.
grain AS (SELECT max(1, min(60, 10000 / max(1, (SELECT count(*) FROM (SELECT DISTINCT sender, recipient, room, connection_in, connection FROM chosen))))) AS spans)
SELECT sender, recipient, CASE WHEN substr(room, 1, 1) = '@' THEN 'direct' ELSE 'room' END AS way, room, connection_in, connection,
  round(min(time_out_ns - t0) / 1e9, 6) AS from_s, round(max(time_out_ns - t0) / 1e9, 6) AS to_s,
  count(*) AS messages, sum(kind = 'file') AS files, sum(CASE kind WHEN 'text' THEN body_length END) AS bytes,
  min(coalesce(packet_in, packet_out)) AS first_packet, max(packet_out) AS last_packet
FROM chosen, clock, grain
GROUP BY sender, recipient, room, connection_in, connection, (time_out_ns - t0) * spans / whole
ORDER BY sender, recipient, room, from_s, connection
LIMIT 20000
