-- title: Headers and content
-- description: Where the bytes of TCP's packets went, layer by layer, repeats included. Of our protocol what it carries is divided further: lines and lengths of frames, texts of messages (in once and out to every member), and content of files.
-- empty: No packet of TCP was captured
-- parameter: connection =  : number of one connection; empty: all of them
WITH p AS (
  SELECT * FROM packets WHERE connection IS NOT NULL AND copy IS NOT 1 AND payload_bytes IS NOT NULL
    AND (:connection = '' OR connection = CAST(:connection AS INTEGER))
),
d AS (SELECT * FROM pdus WHERE :connection = '' OR connection = CAST(:connection AS INTEGER)),
total AS (SELECT sum(frame_bytes) AS bytes, count(*) AS packets FROM p),
layer AS (
  SELECT 1 AS place, 'link layer' AS layer, 'Ethernet and the like, padding included' AS what, sum(frame_bytes - ip_bytes) AS bytes FROM p
  UNION ALL SELECT 2, 'IP and TCP', 'headers with their options', sum(ip_bytes - payload_bytes) FROM p
  UNION ALL SELECT 3, 'TCP payload', 'all of it', sum(payload_bytes) FROM p
  UNION ALL SELECT 4, 'of the payload', 'PLAINTALK lines and lengths', sum(length - body_length) FROM d HAVING count(*) > 0
  UNION ALL SELECT 5, 'of the payload', 'PLAINTALK texts of messages', sum(body_length) FROM d WHERE verb IN ('SAY', 'MSG') HAVING count(*) > 0
  UNION ALL SELECT 6, 'of the payload', 'PLAINTALK content of files', sum(body_length) FROM d WHERE verb = 'DATA' HAVING count(*) > 0
  UNION ALL SELECT 7, 'of the payload', 'PLAINTALK other bodies', sum(body_length) FROM d WHERE verb NOT IN ('SAY', 'MSG', 'DATA') HAVING sum(body_length) > 0
  UNION ALL SELECT 8, 'packets without payload', 'SYN, FIN, acknowledgements: whole frames', sum(frame_bytes) FROM p WHERE payload_bytes = 0
)
SELECT layer, what, layer.bytes,
  round(100.0 * layer.bytes / total.bytes, 2) AS percent_of_frames,
  round(1.0 * layer.bytes / total.packets, 2) AS bytes_per_packet
FROM layer, total WHERE layer.bytes IS NOT NULL AND total.packets > 0
ORDER BY place
