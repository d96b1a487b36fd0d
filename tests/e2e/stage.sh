# A stage as an ordinary user: people who answer, a wire with full segments and right checksums, and a way in.
. "$(dirname "$0")/common.sh"
as_ordinary_user
stage=$bin/e2e_stage
student_of_stage >"$work/zed.script"
status=0
"$stage" run "$work/lab" "$work/zed.script" >"$work/story" 2>"$work/err" || status=$?
cat "$work/err" >>"$work/story"
[ "$status" = 0 ] || { cat "$work/story" "$work"/lab-logs/*.log >&2; fail "the stage ended with status $status"; }
grep -q 'a wire of a network of our own' "$work/story" || skip "no wire here: $(grep '^not by' "$work/story" || true)"
contains "$work/story" 'server 10.0.0.1:4711, interface eth0, attempt 1'
contains "$work/story" 'bob was still waiting'
contains "$work/story" '/expect a word from the clouds: stopped before this was done'
cmp "$work/lab-logs/map.bin" "$work/lab/downloads/map.bin"
for log in "$work"/lab-logs/*.log; do healthy "$log"; done

# What the packets say: every host by its address, both ways, as on an Ethernet.
"$bin/plaintalk-analyze" "$work/lab/session-1.pcapng" --out "$work/analysis" --quiet --no-html
logged_deliveries "$work/lab-logs/server.jsonl" >"$work/logged"
seen_deliveries "$work/analysis" | diff "$work/logged" - || fail 'deliveries.csv differs from the server log'
ends() { columns "$work/analysis/connections.csv" "$@"; }
equal "$(ends client_address server_address | tr '\t' '\n' | sort -uV | xargs)" \
  '10.0.0.1 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.17' addresses
equal "$(ends client_mss server_mss | sort -u)" $'1460\t1460' 'MSS of the SYNs'
equal "$(ends client_segment_max server_segment_max | tr '\t' '\n' | sort -n | tail -n 1)" 1448 \
  'longest segment: 1500 bytes without headers of 20 + 20 and time stamps of 12'
equal "$(ends client_damaged_packets server_damaged_packets | sort -u)" $'0\t0' 'packets with a wrong checksum'
if command -v tshark >/dev/null; then
  equal "$(HOME=$work tshark -r "$work/lab/session-1.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -T fields \
    -e ip.checksum.status -e tcp.checksum.status 2>/dev/null | sort -u)" $'1\t1' 'checksums, as tshark finds them'
fi

# A second attempt stands beside the first; a second terminal gets into its network on either side, and only there.
printf '/join #lab\n/expect Welcome\n/expect good night\n' >"$work/zed.script"
"$stage" run "$work/lab" "$work/zed.script" >"$work/story" 2>&1 &
pids+=($!)
wait_for "$work/story" 'Welcome, zed'
if command -v python3 >/dev/null; then
  # The live view, by the command that the stage has said: the packets are shown while the session runs.
  command=$(sed -n "s|.*in another terminal: \\(tail .* . \\).*analyze \\(- --port 4711 --web\\)$|\\1'$bin/plaintalk-analyze' \\2 0 --out '$work/live'|p" "$work/story")
  [ -n "$command" ] || fail "no way to watch is said: $(cat "$work/story")"
  set -m
  sh -c "$command" >"$work/live.out" 2>"$work/live.err" &
  watched=$!
  set +m
  pids=("$watched" "${pids[@]}")
  wait_for "$work/live.err" 'live view: http:'
  python3 - "$(sed -n 's/^live view: //p' "$work/live.err")" <<'END' || fail 'the live view does not show who is here'
import json, sys, time, urllib.request
for turn in range(1000):
    with urllib.request.urlopen(sys.argv[1] + "entries?after=0") as answer:
        if any(line["kind"] == "login" and line["who"] == "zed" for line in json.load(answer)["entries"]):
            sys.exit(0)
    time.sleep(0.02)
sys.exit("nobody came")
END
  kill -INT -- "-$watched"
  wait "$watched" || true
  [ -s "$work/live/summary.md" ] || fail "the live view left no tables: $(cat "$work/live.err")"
fi
status=0
"$stage" run "$work/lab" "$work/zed.script" >"$work/second" 2>&1 || status=$?
equal "$status" 1 'status of a second start'
contains "$work/second" 'running in'
inside() { "$stage" in "$work/lab" "$@" </dev/null 2>"$work/inside.err" || { cat "$work/inside.err" >&2; fail "in the stage: $*"; }; }
equal "$(inside people sh -c 'echo $PLAINTALK_SERVER $PLAINTALK_INTERFACE $PLAINTALK_STAGE')" '10.0.0.1:4711 eth0 people' environment
inside server "$bin/plaintalk-capture" --list >"$work/list"
contains "$work/list" 10.0.0.1
inside people "$bin/plaintalk-capture" --interface eth0 --port 4711 --out "$work/own.pcapng" --count 3 2>"$work/own.err" &
own=$!
wait_for "$work/inside.err" 'ready: capturing on eth0'
printf '/join #lab\ngood night\n' >"$work/yan.script"
inside people "$bin/plaintalk-client" --user yan --guest --script "$work/yan.script" >"$work/yan.out"
wait "$own" || fail 'the capture of the second terminal'
wait "${pids[-1]}" || { cat "$work/story" >&2; fail 'the second attempt'; }
contains "$work/story" 'attempt 2'
[ -s "$work/lab/session-1.pcapng" ] && [ -s "$work/lab/session-2.pcapng" ] || fail 'a capture of an attempt is missing'
status=0
"$stage" in "$work/lab" people true 2>"$work/err" || status=$?
equal "$status" 1 'status without a stage'
contains "$work/err" 'no stage is running in'

# Killed, it leaves no process; what it left is known as such, and a new one starts.
"$stage" run "$work/lab" "$work/zed.script" >"$work/story" 2>&1 &
wait_for "$work/story" 'Welcome, zed'
kill -KILL $!
wait $! 2>/dev/null || true
for ((turn = 0; turn < 500; turn++)); do pgrep -f -- "$work/lab" >"$work/left" || break; sleep 0.02; done
[ ! -s "$work/left" ] || fail "left running: $(ps -o args= -p "$(paste -sd, "$work/left")")"
status=0
"$stage" in "$work/lab" people true 2>"$work/err" || status=$?
contains "$work/err" 'no stage is running in'
