-- title: How each message was routed
-- description: One command in, one copy out to every connection in the room: who got it, in which packet, and how long it took.
-- empty: No message was routed while the capture ran
-- parameter: room =  : only this room or conversation, such as #lab
SELECT m.room, m.seq, m.sender,
  strftime('%H:%M:%f', m.time_in, 'unixepoch') AS time_in,
  round((m.time_in_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  m.packet_in,
  m.members AS due, m.deliveries AS delivered,
  (SELECT group_concat(recipient || ' (packet ' || packet_out || ')', ', ')
     FROM (SELECT d.recipient, d.packet_out FROM deliveries d
           WHERE d.server = m.server AND d.room = m.room AND d.seq = m.seq AND d.status = 'delivered' ORDER BY d.packet_out, d.connection)) AS recipients,
  m.latency_min_us, m.latency_max_us,
  CASE
    WHEN m.leaked > 0 THEN 'went outside the room'
    WHEN m.missing > 0 THEN 'missing ' || m.missing
    WHEN m.duplicates > 0 THEN 'doubled ' || m.duplicates
    WHEN m.shed > 0 THEN 'shed ' || m.shed
    WHEN m.not_captured > 0 THEN 'not captured ' || m.not_captured
    WHEN m.undecided > 0 THEN 'cut off ' || m.undecided
    ELSE 'complete'
  END AS balance,
  strftime('%Y-%m-%d %H:%M:%S', m.time_in_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', m.time_in_ns % 1000000000) AS utc
FROM messages m, captures c
WHERE m.origin = 'live' AND (:room = '' OR m.room = :room)
ORDER BY coalesce(m.time_in_ns, m.time_ok_ns, (SELECT min(time_out_ns) FROM deliveries d WHERE d.server = m.server AND d.room = m.room AND d.seq = m.seq)), m.room, m.seq
