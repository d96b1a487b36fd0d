-- title: How long deliveries took
-- description: From the last byte of a command to the first byte of each copy, in microseconds, by room and recipient. Percentiles are nearest-rank.
-- empty: No delivery whose command was captured as well
WITH ranked AS (
  SELECT room, recipient, latency_us,
    row_number() OVER (PARTITION BY server, room, recipient ORDER BY latency_us) AS place,
    count(*) OVER (PARTITION BY server, room, recipient) AS total,
    server
  FROM deliveries WHERE latency_us IS NOT NULL AND status = 'delivered'
)
SELECT room, recipient, total AS deliveries,
  round(min(latency_us), 1) AS min_us,
  round(avg(latency_us), 1) AS mean_us,
  round(max(CASE WHEN place = (total + 1) / 2 THEN latency_us END), 1) AS p50_us,
  round(max(CASE WHEN place = (total * 95 + 99) / 100 THEN latency_us END), 1) AS p95_us,
  round(max(latency_us), 1) AS max_us
FROM ranked
GROUP BY server, room, recipient
ORDER BY max_us DESC, room, recipient
