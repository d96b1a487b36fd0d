# From the server's JSON log: one line for each copy of each message: ROOM SEQ ADDRESS:PORT.
function text_of(key) { return match($0, "\"" key "\":\"[^\"]*\"") ? substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 5) : "" }
function number_of(key) { return match($0, "\"" key "\":[0-9]+") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) : "" }
/"event":"opened"/ { client[number_of("connection")] = text_of("client_address") ":" number_of("client_port") }
/"event":"routed"/ {
  match($0, /"recipients":\[[^\]]*\]/)
  count = split(substr($0, RSTART + 14, RLENGTH - 15), recipients, ",")
  for (i = 1; i <= count; i++) print text_of("room"), number_of("seq"), client[recipients[i]]
}
