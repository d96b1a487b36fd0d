-- title: Which packets carry a file
-- description: Each TCP segment with bytes of the file's DATA frames, up to the server and down from it, with the place of the frame in the file.
-- empty: No packet with content of such a file was captured
-- parameter: file =  : name or handle of the file; empty: every file
WITH wanted AS (
  SELECT DISTINCT server, file, name FROM files WHERE :file = '' OR name = :file OR file = :file
),
chunk AS (
  SELECT d.*, w.name, w.file AS handle,
    CAST(substr(d.arguments, length(w.file) + 2) AS INTEGER) AS file_offset
  FROM wanted w JOIN pdus d ON d.verb = 'DATA' AND (d.arguments = w.file OR substr(d.arguments, 1, length(w.file) + 1) = w.file || ' ')
  JOIN connections n ON n.connection = d.connection
),
-- The packets between its first and its last byte, and repeats that came later.
carried AS (
  SELECT c.pdu, p.packet FROM chunk c JOIN packets p ON p.connection = c.connection AND p.direction = c.direction
    AND p.first_pdu <= c.pdu AND p.last_pdu >= c.pdu AND p.copy IS NOT 1
    AND p.packet BETWEEN c.first_packet AND c.last_packet
  UNION
  SELECT c.pdu, p.packet FROM packets p JOIN chunk c ON p.connection = c.connection AND p.direction = c.direction
    AND p.first_pdu <= c.pdu AND p.last_pdu >= c.pdu AND p.copy IS NOT 1 AND p.verdicts LIKE '%retransmission%'
)
SELECT c.name, CASE c.direction WHEN 'client' THEN 'upload' ELSE 'download' END AS way,
  c.connection, n.user, p.packet, p.t_s, p.seq, p.payload_bytes, c.pdu,
  c.file_offset AS frame_from, c.file_offset + c.body_length AS frame_to,
  c.first_packet || '-' || c.last_packet AS frame_packets, p.verdicts,
  strftime('%Y-%m-%d %H:%M:%S', p.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', p.time_ns % 1000000000) AS utc
FROM carried x JOIN chunk c ON c.pdu = x.pdu JOIN packets p ON p.packet = x.packet
JOIN connections n ON n.connection = c.connection
ORDER BY c.name, c.connection, p.packet, c.pdu
