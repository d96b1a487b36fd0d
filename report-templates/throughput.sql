-- title: Throughput over time
-- description: What each side of a connection sent in each span of time: new bytes of its stream as goodput (repeats left out), and all frames with their headers as throughput, in kbit/s. Spans in which a side sent nothing have no row.
-- empty: No packet of TCP was captured
-- parameter: connection =  : number of one connection; empty: all of them
-- parameter: bin_s = 1 : length of a span in seconds, such as 0.1
WITH bin AS (SELECT max(CAST(:bin_s AS REAL), 1e-6) AS length)
SELECT p.connection, p.direction,
  round(CAST(p.t_s / bin.length AS INTEGER) * bin.length, 6) AS from_t_s,
  round((CAST(p.t_s / bin.length AS INTEGER) + 1) * bin.length, 6) AS to_t_s,
  count(*) AS packets, sum(p.payload_bytes) AS payload_bytes, sum(p.frame_bytes) AS frame_bytes,
  round(sum(CASE WHEN r.packet IS NULL THEN p.payload_bytes ELSE 0 END) * 8 / bin.length / 1000, 3) AS goodput_kbit_s,
  round(sum(p.frame_bytes) * 8 / bin.length / 1000, 3) AS throughput_kbit_s,
  max(p.bytes_in_flight) AS most_in_flight
FROM packets p CROSS JOIN bin
  LEFT JOIN (SELECT DISTINCT packet FROM tcp_events WHERE rule IN (12, 13, 14, 16, 17)) r ON r.packet = p.packet
WHERE p.connection IS NOT NULL AND p.copy IS NOT 1 AND (:connection = '' OR p.connection = CAST(:connection AS INTEGER))
GROUP BY p.connection, p.direction, CAST(p.t_s / bin.length AS INTEGER)
ORDER BY p.connection, from_t_s, p.direction
