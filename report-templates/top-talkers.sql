-- title: Top talkers
-- description: Accounts by the bytes of their connections, with what they said and what they were sent.
-- empty: Nobody of the messenger was seen
-- parameter: count = 20 : how many
SELECT user, kind, addresses, connections, messages_sent, files_sent, deliveries AS copies_received,
  sent_bytes, received_bytes,
  CASE WHEN total > 0 THEN round(100.0 * (sent_bytes + received_bytes) / total, 1) END AS percent_of_bytes
FROM users, (SELECT sum(sent_bytes + received_bytes) AS total FROM users)
ORDER BY sent_bytes + received_bytes DESC, user
LIMIT CAST(:count AS INTEGER)
