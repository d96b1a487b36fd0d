# Real packets in a network namespace of our own: the deliveries in them are those of the server's log, copy for copy.
. "$(dirname "$0")/common.sh"
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  PLAINTALK_INSIDE=yes "$bin/e2e_in_private_network" bash "$0" && exit 0 || exit $?
fi
start_server
"$bin/plaintalk-capture" --interface lo --port "$port" --out "$work/live.pcapng" 2>"$work/capture.err" &
capture=$!
pids+=("$capture")
wait_for "$work/capture.err" 'ready: capturing on lo'
client bob --bind 127.0.0.12 <<'END' &
/join #lab
/expect goodbye
END
other=$!
{ printf '/join #lab\n/members #lab 2\n'; printf 'message %d\n' {1..40}; printf '/msg bob psst\ngoodbye\n'; } |
  client alice --bind 127.0.0.11 || fail "alice: $(cat "$work/alice.err")"
wait "$other" || fail "bob: $(cat "$work/bob.err")"
stop_server
kill -INT "$capture"
wait "$capture" || fail "the capture ended with an error: $(cat "$work/capture.err")"
"$bin/plaintalk-analyze" "$work/live.pcapng" --out "$work/analysis" --quiet --no-html >/dev/null || fail 'the analyzer failed'
logged_deliveries "$work/server.jsonl" >"$work/logged"
equal "$(wc -l <"$work/logged")" 84 'deliveries in the log'
seen_deliveries "$work/analysis" | diff "$work/logged" - || fail 'deliveries.csv differs from the server log'
