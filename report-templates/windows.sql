-- title: Receive windows
-- description: The window that each side offered, as sent (raw) and in bytes (scaled; empty when the handshake was not captured), smallest and largest after the handshake; how often it was closed, for how long together and at the longest (empty when the capture begins or ends meanwhile: closed_cut), and how often only the answer to a probe told that it was open again.
-- empty: No packet of TCP was captured
-- parameter: connection =  : number of one connection; empty: all of them
SELECT p.connection, p.direction AS offered_by,
  max(p.window_scale) AS scale,
  min(p.window_raw) AS least_raw, min(p.window) AS least_bytes,
  (SELECT min(q.packet) FROM packets q WHERE q.connection = p.connection AND q.direction = p.direction AND q.copy IS NOT 1
     AND q.flags NOT LIKE '%SYN%' AND q.flags NOT LIKE '%RST%' AND q.window_raw = min(p.window_raw)) AS in_packet,
  max(p.window_raw) AS most_raw, max(p.window) AS most_bytes,
  sum(p.window_raw = 0) AS closed,
  CASE p.direction WHEN 'client' THEN n.client_window_closures ELSE n.server_window_closures END AS closures,
  round(CASE p.direction WHEN 'client' THEN n.client_window_closed_us ELSE n.server_window_closed_us END / 1e3, 3) AS closed_ms,
  round(CASE p.direction WHEN 'client' THEN n.client_window_closed_max_us ELSE n.server_window_closed_max_us END / 1e3, 3) AS closed_max_ms,
  CASE p.direction WHEN 'client' THEN n.client_window_opened_by_probe ELSE n.server_window_opened_by_probe END AS opened_by_probe,
  CASE p.direction WHEN 'client' THEN n.client_window_closed_cut ELSE n.server_window_closed_cut END AS closed_cut
FROM packets p JOIN connections n ON n.connection = p.connection
WHERE p.connection IS NOT NULL AND p.copy IS NOT 1 AND p.flags NOT LIKE '%RST%' AND p.flags NOT LIKE '%SYN%'
  AND (:connection = '' OR p.connection = CAST(:connection AS INTEGER))
GROUP BY p.connection, p.direction
ORDER BY p.connection, p.direction
