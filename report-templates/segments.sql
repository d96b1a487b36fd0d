-- title: The first data segments of a connection
-- description: Each with its sequence number, length, the packet that acknowledged it, and its round trip. estimated_ms and deviation_ms are the smoothed round trip and its variation after this sample (RFC 6298: SRTT with 1/8, RTTVAR with 1/4, begun with the first sample; EstimatedRTT of Kurose and Ross is the same as SRTT), timeout_ms = estimated + 4 * deviation before the minimum of one second. A segment that was sent again gives no sample (Karn).
-- empty: There is no such segment
-- parameter: connection =  : number of the connection; empty: the first one in which that side sent data
-- parameter: direction = client : whose segments: client or server
-- parameter: count = 6 : how many
WITH RECURSIVE
chosen AS (
  SELECT CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
    (SELECT min(connection) FROM packets WHERE direction = :direction AND payload_bytes > 0) END AS connection
),
segment AS (
  SELECT row_number() OVER (ORDER BY p.packet) AS n, p.*, a.packet AS ack_packet, a.time_ns AS ack_ns, a.t_s AS ack_t_s,
    CASE WHEN coalesce(p.verdicts, '') NOT LIKE '%retransmission%' AND coalesce(p.verdicts, '') NOT LIKE '%tail loss probe%' AND NOT EXISTS (
        SELECT 1 FROM packets r WHERE r.connection = p.connection AND r.direction = p.direction AND r.copy IS NOT 1
          AND r.packet > p.packet AND r.packet <= a.packet AND r.payload_bytes > 0 AND r.seq < p.next_seq AND r.next_seq > p.seq)
      THEN (a.time_ns - p.time_ns) / 1e6 END AS sample
  FROM packets p JOIN chosen c ON c.connection = p.connection LEFT JOIN packets a ON a.packet = p.acked_by_packet
  WHERE p.direction = :direction AND p.payload_bytes > 0 AND p.copy IS NOT 1
  ORDER BY p.packet LIMIT CAST(:count AS INTEGER)
),
estimate AS (
  SELECT 0 AS n, CAST(NULL AS REAL) AS srtt, CAST(NULL AS REAL) AS rttvar
  UNION ALL
  SELECT s.n,
    CASE WHEN s.sample IS NULL THEN e.srtt WHEN e.srtt IS NULL THEN s.sample ELSE 0.875 * e.srtt + 0.125 * s.sample END,
    CASE WHEN s.sample IS NULL THEN e.rttvar WHEN e.srtt IS NULL THEN s.sample / 2
         ELSE 0.75 * e.rttvar + 0.25 * abs(e.srtt - s.sample) END
  FROM estimate e JOIN segment s ON s.n = e.n + 1
)
SELECT s.n, s.connection, s.packet,
  strftime('%H:%M:%f', s.time, 'unixepoch') AS time,
  s.t_s, s.seq, s.seq_raw, s.payload_bytes AS length, s.next_seq, s.ack_packet, s.ack_t_s,
  round(s.sample, 3) AS rtt_ms,
  round(e.srtt, 3) AS estimated_ms, round(e.rttvar, 3) AS deviation_ms, round(e.srtt + 4 * e.rttvar, 3) AS timeout_ms,
  s.window AS window_sent, s.bytes_in_flight, s.verdicts,
  strftime('%Y-%m-%d %H:%M:%S', s.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', s.time_ns % 1000000000) AS utc
FROM segment s JOIN estimate e ON e.n = s.n
ORDER BY s.n
