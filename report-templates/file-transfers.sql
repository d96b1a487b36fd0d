-- title: Files on the wire
-- description: Every way that a file went, up to the server and down from it, each with its own rate: bytes of content by the time from the first byte of its first DATA to the last byte of its last. Whether the file could be put together again, and whether it is what was announced.
-- empty: No file was sent
SELECT strftime('%H:%M:%f', t.start_time, 'unixepoch') AS time,
  round((t.start_time_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  f.name, t.kind AS way, t.user, f.room, f.seq, f.size,
  t.bytes, t.connection, t.first_packet, t.last_packet,
  round(t.duration_s * 1000, 3) AS ms,
  CASE WHEN t.duration_s > 0 THEN round(t.bytes / t.duration_s / 1024, 1) END AS kib_per_s,
  CASE t.complete WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS to_its_end,
  CASE WHEN f.complete = 0 THEN f.gap_bytes || ' bytes missing'
       WHEN f.sha256_announced IS NULL THEN 'complete, nothing announced to compare with'
       WHEN f.sha256_carved IS NULL THEN 'complete, not kept'
       WHEN f.sha256_carved = f.sha256_announced THEN 'identical to what was announced'
       ELSE 'differs from what was announced' END AS verdict,
  f.path,
  strftime('%Y-%m-%d %H:%M:%S', t.start_time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', t.start_time_ns % 1000000000) AS utc
FROM files f JOIN captures c LEFT JOIN transfers t ON t.server = f.server AND t.file = f.file
  AND t.first_packet >= f.first_packet AND t.last_packet <= f.last_packet
ORDER BY f.start_time_ns, f.file, t.kind DESC, t.start_time_ns, t.connection
