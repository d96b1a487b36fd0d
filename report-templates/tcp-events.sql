-- title: What was unusual in TCP
-- description: Retransmissions, packets out of order, duplicate acknowledgements, closed windows and other judgements about single packets, with what each was concluded from.
-- empty: No packet was out of the ordinary
-- parameter: connection =  : number of one connection; empty: all of them
-- parameter: verdict =  : only verdicts with this word, such as retransmission
SELECT strftime('%H:%M:%f', e.time, 'unixepoch') AS time,
  round((e.time_ns - c.first_time_ns) / 1e9, 6) AS t_s,
  e.packet, e.connection, e.direction AS sender, e.verdict, e.offset, e.length, e.confidence, e.evidence,
  strftime('%Y-%m-%d %H:%M:%S', e.time_ns / 1000000000, 'unixepoch') || printf('.%09d UTC', e.time_ns % 1000000000) AS utc
FROM tcp_events e, captures c
WHERE (:connection = '' OR e.connection = CAST(:connection AS INTEGER))
  AND (:verdict = '' OR e.verdict LIKE '%' || :verdict || '%')
ORDER BY e.time_ns, e.packet
