-- title: The ladder: every frame and sign of TCP, in the order of time
-- description: One arrow for each frame, with a message and its copies as one fan; handshake, FIN, RST and repeats are marked. Of other protocols each packet with payload is an arrow. Tokens are always masked.
-- empty: No TCP connection was captured
-- parameter: events = 10000 : at most so many arrows, the first ones
WITH clock AS (SELECT first_time_ns AS t0 FROM captures),
line AS (
  SELECT connection, server_address || ':' || server_port AS server, user AS person, protocol,
    CASE WHEN user IS NULL THEN client_address || ':' || client_port || ' | client'
      ELSE user || ' | ' || coalesce(device || ' ', '') || client_address END AS client
  FROM connections),
repeat AS (
  SELECT packet, connection, direction, time_ns, group_concat(verdict, ', ') AS verdict, max(length) AS length
  FROM (SELECT DISTINCT packet, connection, direction, time_ns, verdict, length FROM tcp_events
        WHERE verdict LIKE '%retransmission%' OR verdict IN ('tail loss probe', 'suspected reset injection'))
  GROUP BY packet, connection),
sign AS (
  SELECT packet, connection, direction, time_ns, flags, payload_bytes, acks_packet FROM packets
  WHERE connection IS NOT NULL AND coalesce(copy, 0) = 0
    AND (flags LIKE '%SYN%' OR flags LIKE '%FIN%' OR flags LIKE '%RST%')),
event AS (
  SELECT time_ns, first_packet AS packet, last_packet, connection, direction, pdu, 'frame' AS kind, NULL AS words, verb, status, body_length, arguments FROM pdus
  UNION ALL
  SELECT time_ns, packet, packet, connection, direction, NULL, CASE WHEN flags LIKE '%RST%' THEN 'reset' ELSE 'tcp' END,
    replace(flags, ' ', ', ') || CASE WHEN payload_bytes > 0 THEN ' (' || payload_bytes || ' bytes)' ELSE '' END, NULL, NULL, NULL, NULL
  FROM sign WHERE NOT EXISTS (SELECT 1 FROM repeat r WHERE r.packet = sign.packet)
  UNION ALL
  SELECT a.time_ns, a.packet, a.packet, a.connection, a.direction, NULL, 'tcp', 'ACK, connected', NULL, NULL, NULL, NULL
  FROM sign s JOIN packets a ON a.connection = s.connection AND a.acks_packet = s.packet
  WHERE s.flags = 'SYN ACK' AND a.flags = 'ACK' AND a.payload_bytes = 0
  UNION ALL
  SELECT time_ns, packet, packet, connection, direction, NULL, 'repeat',
    verdict || CASE WHEN length > 0 THEN ' (' || length || ' bytes)' ELSE '' END, NULL, NULL, NULL, NULL FROM repeat
  UNION ALL
  SELECT p.time_ns, p.packet, p.packet, p.connection, p.direction, NULL, 'data', c.protocol || ', ' || p.payload_bytes || ' bytes', NULL, NULL, NULL, NULL
  FROM connections c JOIN packets p ON p.connection = c.connection
  WHERE c.protocol IS NOT NULL AND c.protocol <> 'plaintalk' AND p.payload_bytes > 0 AND coalesce(p.copy, 0) = 0
    AND NOT EXISTS (SELECT 1 FROM repeat r WHERE r.packet = p.packet)),
chosen AS (SELECT * FROM event ORDER BY time_ns, packet, coalesce(pdu, 0), kind LIMIT CAST(:events AS INTEGER)),
-- The frame's words, without the value of a token.
worded AS (
  SELECT time_ns, packet, last_packet, connection, direction, pdu, kind, words, verb, status, body_length,
    CASE WHEN instr(arguments, 'token=') > 0 THEN substr(arguments, 1, instr(arguments, 'token=') + 5) || '******' ELSE coalesce(arguments, '') END AS arguments
  FROM chosen),
placed AS (
  SELECT w.*, l.server, l.client, l.person, l.protocol,
    CASE WHEN verb IN ('MSG', 'FILE') AND w.direction = 'server' AND status = 'ok' THEN substr(arguments, 1, instr(arguments || ' ', ' ') - 1) END AS copy_room,
    CASE WHEN verb IN ('MSG', 'FILE') AND w.direction = 'server' AND status = 'ok' THEN CAST(substr(arguments, instr(arguments, ' ') + 1) AS INTEGER) END AS copy_seq,
    CASE WHEN verb IN ('SAY', 'DONE') AND w.direction = 'client' THEN
      row_number() OVER (PARTITION BY w.connection, w.last_packet, verb IN ('SAY', 'DONE') AND w.direction = 'client' ORDER BY w.pdu) END AS command_place
  FROM worded w JOIN line l ON l.connection = w.connection),
said AS (
  SELECT room, seq, sender, text, connection_in, packet_in,
    row_number() OVER (PARTITION BY connection_in, packet_in ORDER BY time_ok_ns, room, seq) AS command_place
  FROM messages WHERE origin = 'live' AND packet_in IS NOT NULL),
-- Several commands in one packet are told apart by their place in it.
joined AS (
  SELECT p.*, coalesce(p.copy_room, s.room) AS room_of, coalesce(p.copy_seq, s.seq) AS seq_of, s.sender AS said_by, s.text AS said
  FROM placed p LEFT JOIN said s ON p.command_place IS NOT NULL AND s.connection_in = p.connection AND s.packet_in = p.last_packet
    AND s.command_place = p.command_place)
SELECT round((j.time_ns - clock.t0) / 1e9, 9) AS t_s, j.packet, j.last_packet, j.connection, j.direction,
  CASE WHEN j.kind <> 'frame' THEN j.kind
    WHEN j.status <> 'ok' THEN 'fault'
    WHEN j.seq_of IS NOT NULL AND j.copy_seq IS NULL THEN 'command'
    WHEN j.copy_seq IS NOT NULL THEN CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE d.connection = j.connection AND d.room = j.room_of
      AND d.seq = j.seq_of AND d.packet_out = j.packet) THEN 'copy' ELSE 'replay' END
    ELSE 'frame' END AS kind,
  CASE WHEN j.kind <> 'frame' THEN j.words
    ELSE coalesce(j.verb, '?') || CASE WHEN j.arguments = '' THEN '' ELSE ' ' || j.arguments END
      || CASE WHEN j.said IS NOT NULL THEN ' “' || substr(j.said, 1, 60) || CASE WHEN length(j.said) > 60 THEN '…' ELSE '' END || '”'
         WHEN j.body_length > 0 THEN ' {' || j.body_length || ' bytes}' ELSE '' END
      || CASE WHEN j.status <> 'ok' THEN ' (' || j.status || ')' ELSE '' END END AS label,
  coalesce(j.room_of, CASE WHEN substr(j.arguments, 1, 1) IN ('#', '@') THEN substr(j.arguments, 1, instr(j.arguments || ' ', ' ') - 1) END) AS room,
  j.seq_of AS seq,
  coalesce(j.said_by, (SELECT m.sender FROM messages m WHERE m.room = j.room_of AND m.seq = j.seq_of AND m.server LIKE j.server || '%' LIMIT 1)) AS sender,
  j.person, j.client, j.server
FROM joined j, clock
ORDER BY j.time_ns, j.packet, coalesce(j.pdu, 0), j.kind
