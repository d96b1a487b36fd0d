-- title: Files on the wire
-- description: Every file that was sent through the server: from whom, to whom, whether it could be put together again, and whether it is what was announced.
SELECT f.name, f.sender, f.room, f.seq, f.recipients, f.size,
  CASE WHEN f.end_time_ns > f.start_time_ns
    THEN round((f.uploaded_bytes + f.downloaded_bytes) * 1e9 / (f.end_time_ns - f.start_time_ns) / 1024, 1) END AS kib_per_s,
  f.uploaded_bytes, f.downloaded_bytes, f.downloads,
  CASE WHEN f.complete = 0 THEN f.gap_bytes || ' bytes missing'
       WHEN f.sha256_announced IS NULL THEN 'complete, nothing announced to compare with'
       WHEN f.sha256_carved IS NULL THEN 'complete, not kept'
       WHEN f.sha256_carved = f.sha256_announced THEN 'identical to what was announced'
       ELSE 'differs from what was announced' END AS verdict,
  f.path
FROM files f
ORDER BY f.start_time_ns, f.file
