-- title: Sequence numbers over time
-- description: Every data segment of one side with its sequence number, the bytes that were not acknowledged after it, and the window that the other side had offered last: the time-sequence graph as a table. While bytes_in_flight doubles each round trip the sender is in slow start; a straight line is congestion avoidance, or an application that has no more to send. Near the receiver (taken_at, rule 25) bytes_in_flight is what was between the capture and it, not what the sender had sent.
-- empty: There is no such segment
-- parameter: connection =  : number of the connection; empty: the first one in which that side sent data
-- parameter: direction = client : whose segments: client or server
WITH chosen AS (
  SELECT CASE WHEN :connection <> '' THEN CAST(:connection AS INTEGER) ELSE
    (SELECT min(connection) FROM packets WHERE direction = :direction AND payload_bytes > 0) END AS connection
)
SELECT p.connection, p.packet, p.t_s, p.seq, p.next_seq, p.payload_bytes, p.bytes_in_flight,
  (SELECT w.window FROM packets w WHERE w.connection = p.connection AND w.direction <> :direction AND w.packet < p.packet AND w.copy IS NOT 1
     ORDER BY w.packet DESC LIMIT 1) AS window_offered,
  p.acked_by_packet, p.verdicts, (SELECT n.vantage FROM connections n WHERE n.connection = p.connection) AS taken_at,
  strftime('%Y-%m-%d %H:%M:%S', p.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', p.time_ns % 1000000000) AS utc
FROM packets p JOIN chosen c ON c.connection = p.connection
WHERE p.direction = :direction AND p.payload_bytes > 0 AND p.copy IS NOT 1
ORDER BY p.packet
