-- title: The conversation
-- description: What was said, in order, as anybody on the way could read it. Messages known only from history pages have no time.
-- empty: No message could be read
-- parameter: room =  : only this room or conversation, such as #lab or @alice,bob
WITH said AS (
  SELECT m.*, coalesce(time_in_ns, time_ok_ns,
    (SELECT min(time_out_ns) FROM deliveries d WHERE d.server = m.server AND d.room = m.room AND d.seq = m.seq)) AS at_ns
  FROM messages m
  WHERE :room = '' OR room = :room
)
SELECT strftime('%H:%M:%f', at_ns / 1e9, 'unixepoch') AS time,
  round((at_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  room, seq, sender,
  CASE kind WHEN 'file' THEN '[file ' || text || ', ' || body_length || ' bytes]' ELSE text END AS text,
  packet_in AS packet,
  strftime('%Y-%m-%d %H:%M:%S', at_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', at_ns % 1000000000) AS utc
FROM said, captures c
ORDER BY CASE WHEN :room = '' THEN coalesce(at_ns, 0) ELSE 0 END, server, room, seq
