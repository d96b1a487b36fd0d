# The live view over real packets: a session on loopback in a network namespace of our own, --live with --web, and a client that
# reads events. What it is told are the deliveries of the server's log; the secrets stay masked; Ctrl-C writes the tables.
. "$(dirname "$0")/common.sh"
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  PLAINTALK_INSIDE=yes "$bin/e2e_in_private_network" bash "$0" && exit 0 || exit $?
fi
# A file behind --web would be taken for an address.
status=0
"$bin/plaintalk-analyze" --web "$0" 2>"$work/order.err" || status=$?
equal "$status" 2 'exit status with a file behind --web'
contains "$work/order.err" 'write the file before --web'
command -v python3 >/dev/null || skip "there is no python3 here"
start_server
"$bin/plaintalk-analyze" --live lo --port "$port" --web 0 --out "$work/analysis" >"$work/live.out" 2>"$work/live.err" &
live=$!
pids+=("$live")
wait_for "$work/live.err" 'live view: http://127.0.0.1:'
view=$(sed -n 's/^live view: //p' "$work/live.err")
python3 "$here/live_web.py" "$view" "$work/events" 'goodbye' &
reader=$!
pids+=("$reader")
wait_for "$work/events" 'connected'
client bob --bind 127.0.0.12 <<'END' &
/join #lab
/expect goodbye
END
other=$!
{ printf '/join #lab\n/members #lab 2\n'; printf 'message %d\n' {1..20}; printf 'a <b>bold</b> claim\n/msg bob psst\ngoodbye\n'; } |
  client alice --bind 127.0.0.11 || fail "alice: $(cat "$work/alice.err")"
wait "$other" || fail "bob: $(cat "$work/bob.err")"
status=0
wait "$reader" || status=$?
equal "$status" 0 'the reader of events'
kill -INT "$live"
status=0
wait "$live" || status=$?
equal "$status" 0 "exit status of the analysis ($(tail -n 3 "$work/live.err"))"
stop_server
healthy "$work/live.err"
# Each copy that the server's log has was told, and no other.
logged_deliveries "$work/server.jsonl" | awk '{ print $1, $2 }' | sort >"$work/logged"
grep '^copy ' "$work/events" | cut -d' ' -f2,3 | sort | diff "$work/logged" - || fail 'the view told of other copies than the log'
contains "$work/events" 'text a <b>bold</b> claim'
contains "$work/events" 'drops 0'
contains "$work/live.out" '#lab  alice: message 20'
seen_deliveries "$work/analysis" >"$work/seen"
logged_deliveries "$work/server.jsonl" | diff - "$work/seen" || fail 'deliveries.csv differs from the server log'
