-- title: Each delivery and how long it took
-- description: One point for each copy of a message that was delivered: the time from the last byte of the command to the first byte of the copy, by recipient and room. The bar is the median. The axis is logarithmic, so equal distances are equal factors.
-- empty: No delivery whose command was captured as well
-- parameter: room =  : only this room or conversation, such as #lab
WITH delivery AS (
  SELECT d.recipient || ' in ' || d.room AS way, d.latency_us / 1000.0 AS ms, d.room, d.recipient, m.sender, d.seq, m.packet_in, d.packet_out,
    d.connection, (d.time_out_ns - c.first_time_ns) / 1e9 AS t_s,
    row_number() OVER (PARTITION BY d.recipient, d.room ORDER BY d.latency_us, d.packet_out) AS place,
    count(*) OVER (PARTITION BY d.recipient, d.room) AS total
  FROM deliveries d JOIN messages m ON m.server = d.server AND m.room = d.room AND m.seq = d.seq, captures c
  WHERE d.latency_us IS NOT NULL AND d.status = 'delivered' AND (:room = '' OR d.room = :room)
)
SELECT way, ms, CASE WHEN place = (total + 1) / 2 THEN ms END AS median_ms, CASE WHEN place = (total + 1) / 2 THEN way END AS median_way,
  room, recipient, sender, seq, packet_in, packet_out, connection, t_s
FROM delivery
ORDER BY room, recipient, t_s, packet_out
