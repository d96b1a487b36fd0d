# A bad line in the stage's private network, as an ordinary user: what plaintalk-link says it did is what the capture beside
# the server shows, packet by packet; whatever happens to the stage, the link ends with it.
. "$(dirname "$0")/common.sh"
as_ordinary_user
stage=$bin/e2e_stage
student_of_stage >"$work/zed.script"
play() {  # folder link
  local status=0
  "$stage" run "$work/$1" "$work/zed.script" "$2" >"$work/story" 2>&1 || status=$?
  [ "$status" = 0 ] || { cat "$work/story" "$work/$1"-logs/*.log >&2; fail "the stage ended with status $status"; }
  grep -q 'a wire of a network of our own' "$work/story" || skip "no wire here: $(grep '^not by' "$work/story" || true)"
  cmp "$work/$1-logs/map.bin" "$work/$1/downloads/map.bin"
  for log in "$work/$1"-logs/*.log; do healthy "$log"; done
  "$bin/plaintalk-analyze" "$work/$1/session-1.pcapng" --out "$work/$1-analysis" --quiet --no-html
  columns "$work/$1-analysis/connections.csv" client_damaged_packets server_damaged_packets client_mss >"$work/ends"
  equal "$(sort -u "$work/ends")" $'0\t0\t1460' 'wrong checksums, and the MSS'
}
# The packets of which the ledger says that something happened to them: "SEQ IP-ID".
told() {  # folder direction word
  sed -nE "/\"direction\":\"$2\".*$3/s/.*\"ip_id\":([0-9]+).*\"seq_raw\":([0-9]+),\"payload_bytes\":[1-9].*/\2 \1/p" \
    "$work/$1-logs/link.jsonl" | sort
}
captured() {  # folder direction
  columns "$work/$1-analysis/packets.csv" direction seq_raw ip_id payload_bytes |
    awk -F'\t' -v from="$2" '$1 == from && $4 > 0 { print $2, $3 }' | sort
}
sum() { columns "$work/$1-analysis/connections.csv" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

# What is lost on the way to the people was captured before, and every such packet was sent again; what is lost on the way
# to the server was not captured; the rest is whole.
play loss '{"seed":5,"to_people":{"delay_ms":5,"loss_percent":5},"to_server":{"delay_ms":5,"loss_percent":3}}'
contains "$work/story" 'the line: to the server: 5 ms, 3 % lost; from it: 5 ms, 5 % lost'
told loss to_people '"lost_by":"chance"' >"$work/lost"
captured loss server >"$work/sent"
[ "$(wc -l <"$work/lost")" -ge 3 ] || fail "hardly anything was lost: $(cat "$work/loss-logs/link.log")"
equal "$(comm -23 "$work/lost" "$work/sent")" '' 'lost packets that the server never sent'
cut -d' ' -f1 "$work/sent" | uniq -d >"$work/twice"
equal "$(cut -d' ' -f1 "$work/lost" | sort -u | comm -23 - "$work/twice")" '' 'lost places that were not sent again'
repeats=$(sum loss server_retransmitted_packets)
[ "$repeats" -ge "$(wc -l <"$work/lost")" ] || fail "$repeats repeats for $(wc -l <"$work/lost") lost packets"
told loss to_server '"lost_by":"chance"' >"$work/lost"
captured loss client >"$work/arrived"
equal "$(comm -12 "$work/lost" "$work/arrived")" '' 'lost packets that arrived'

# Nothing is lost: who is held back is overtaken, who is doubled comes twice, and the capture says so of exactly those.
play late '{"seed":9,"to_server":{"delay_ms":5,"reorder_percent":30,"reorder_ms":4,"rate_kbit_s":20000},"to_people":{"delay_ms":5}}'
told late to_server '"held_by":"chance"' >"$work/held"
columns "$work/late-analysis/packets.csv" direction seq_raw ip_id verdicts |
  awk -F'\t' '$1 == "client" && $4 ~ /(^|,)out-of-order(,|$)/ { print $2, $3 }' | sort >"$work/overtaken"
[ -s "$work/overtaken" ] || fail 'nobody was overtaken'
equal "$(comm -13 "$work/held" "$work/overtaken")" '' 'overtaken packets that nobody held back'

# A chosen packet is lost as often as is asked, and the waits of its sender double.
play chosen '{"to_people":{"delay_ms":5},"address":"10.0.0.17","packets":[{"direction":"to_people","text":"Good-bye, zed","times":3,"fate":"lose"}]}'
told chosen to_people '"lost_by":"chosen"' >"$work/lost"
equal "$(wc -l <"$work/lost")" 3 'losses of the chosen packet'
equal "$(cut -d' ' -f1 "$work/lost" | uniq | wc -l)" 1 'places of the chosen packet'
equal "$(sum chosen server_retransmitted_packets)" 3 'repeats'

# Nonsense is refused before anything starts.
status=0
"$stage" run "$work/nonsense" "$work/zed.script" '{"to_people":{"loss_percent":80}}' >"$work/story" 2>&1 || status=$?
equal "$status" 1 'status of nonsense'
contains "$work/story" 'to_people: loss_percent must be from 0 to 50'

# However a stage ends, its link ends with it.
for signal in INT TERM KILL; do
  printf '/join #lab\n/expect nobody says this\n' >"$work/zed.script"
  "$stage" run "$work/end-$signal" "$work/zed.script" '{"to_people":{"delay_ms":5,"loss_percent":5}}' >"$work/story-$signal" 2>&1 &
  process=$!
  pids+=("$process")
  wait_for "$work/story-$signal" 'Welcome, zed'
  pgrep -f -- "plaintalk-link .*$work/end-$signal" >/dev/null || fail 'there is no link'
  # A background process of a shell does not hear SIGINT; its client does, as at a terminal.
  if [ "$signal" = INT ]; then kill -INT "$(pgrep -f -- "plaintalk-client .*$work/end-$signal/downloads")"; else kill -$signal "$process"; fi
  wait "$process" 2>/dev/null || true
  for ((turn = 0; turn < 500; turn++)); do pgrep -f -- "$work/end-$signal" >"$work/left" || break; sleep 0.02; done
  [ ! -s "$work/left" ] || fail "left after SIG$signal: $(ps -o args= -p "$(paste -sd, "$work/left")")"
done
