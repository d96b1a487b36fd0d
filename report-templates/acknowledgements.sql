-- title: How much each acknowledgement confirms
-- description: How many bytes of new data the packets of one side acknowledged at a time, and how long after the segment that they confirm (delayed acknowledgements show as two segments at once).
-- empty: Nothing was acknowledged
-- parameter: connection =  : number of one connection; empty: all of them
WITH acknowledged AS (
  SELECT connection, direction, packet, payload_bytes, rtt_us, acks_packet,
    ack - max(ack) OVER (PARTITION BY connection, direction ORDER BY packet ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS new_bytes
  FROM packets WHERE copy IS NOT 1 AND connection IS NOT NULL AND ack IS NOT NULL AND flags NOT LIKE '%SYN%'
    AND (:connection = '' OR connection = CAST(:connection AS INTEGER))
)
SELECT connection, direction AS acknowledged_by, new_bytes, count(*) AS times,
  sum(payload_bytes = 0) AS of_them_pure,
  min(packet) AS first_in_packet,
  round(min(rtt_us) / 1000.0, 3) AS quickest_ms, round(avg(rtt_us) / 1000.0, 3) AS mean_ms, round(max(rtt_us) / 1000.0, 3) AS slowest_ms
FROM acknowledged WHERE new_bytes > 0
GROUP BY connection, direction, new_bytes
ORDER BY connection, direction, times DESC, new_bytes
