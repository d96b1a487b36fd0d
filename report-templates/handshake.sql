-- title: How connections were opened
-- description: The SYN, the SYN-ACK and the acknowledgement of each connection: initial sequence numbers (raw), relative numbers, window and options. rtt_ms is the time since the packet that it answers.
-- empty: No handshake was captured
-- parameter: connection =  : number of one connection; empty: all of them
WITH chosen AS (
  SELECT * FROM packets WHERE connection IS NOT NULL AND copy IS NOT 1
    AND (:connection = '' OR connection = CAST(:connection AS INTEGER))
),
answer AS (
  SELECT connection, min(packet) AS packet FROM chosen WHERE direction = 'server' AND flags LIKE '%SYN%' GROUP BY connection
),
third AS (
  SELECT min(p.packet) AS packet FROM chosen p JOIN answer a ON a.connection = p.connection AND p.packet > a.packet
  WHERE p.direction = 'client' AND p.flags LIKE '%ACK%' AND p.flags NOT LIKE '%SYN%' GROUP BY p.connection
),
part AS (
  SELECT p.*, CASE
      WHEN p.flags LIKE '%SYN%' AND p.flags LIKE '%ACK%' THEN 'SYN-ACK'
      WHEN p.flags LIKE '%SYN%' THEN 'SYN'
      ELSE 'ACK' END AS step
  FROM chosen p WHERE p.flags LIKE '%SYN%' OR p.packet IN (SELECT packet FROM third)
)
SELECT p.connection, p.step, p.packet,
  strftime('%H:%M:%f', p.time, 'unixepoch') AS time,
  p.t_s,
  CASE p.direction WHEN 'client' THEN n.client_address || ':' || n.client_port ELSE n.server_address || ':' || n.server_port END AS sender,
  p.seq_raw, p.seq, p.ack_raw, p.ack, p.window_raw, p.window, p.mss, p.window_scale, p.sack_permitted, p.ts_val, p.ts_ecr,
  round(p.rtt_us / 1000.0, 3) AS rtt_ms,
  strftime('%Y-%m-%d %H:%M:%S', p.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', p.time_ns % 1000000000) AS utc
FROM part p JOIN connections n ON n.connection = p.connection
ORDER BY p.connection, p.packet
