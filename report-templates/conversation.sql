-- title: The conversation
-- description: What was said, in order, as anybody on the way could read it. Messages known only from history pages have no time.
-- parameter: room =  : only this room or conversation, such as #lab or @alice,bob
SELECT strftime('%H:%M:%f', coalesce(time_in, time_ok,
    (SELECT min(time_out) FROM deliveries d WHERE d.server = m.server AND d.room = m.room AND d.seq = m.seq)), 'unixepoch') AS time,
  room, seq, sender,
  CASE kind WHEN 'file' THEN '[file ' || text || ', ' || body_length || ' bytes]' ELSE text END AS text
FROM messages m
WHERE :room = '' OR room = :room
ORDER BY CASE WHEN :room = '' THEN coalesce(time_in_ns, time_ok_ns,
    (SELECT min(time_out_ns) FROM deliveries d WHERE d.server = m.server AND d.room = m.room AND d.seq = m.seq), 0) ELSE 0 END, server, room, seq
