# Sourced by every end-to-end test: a work folder, the programs, and words to say what must be true.
# A test that fails leaves its work folder behind and names it; every process it started is ended either way.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC
bin=${PLAINTALK_BIN:?set it to the folder with the programs, such as build/dev/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/plaintalk-e2e.XXXXXX")
pids=()

finish() {
  local status=$?
  trap - EXIT
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  none_left || status=1
  case $status in 0 | 77) rm -rf "$work" ;; *) printf 'kept for inspection: %s\n' "$work" >&2 ;; esac
  exit "$status"
}
# What others have started for the test ends with them; whatever does not is a fault.
none_left() {
  local turn left
  for ((turn = 0; turn < 500; turn++)); do
    left=$(pgrep -f -- "$work/") || return 0
    sleep 0.02
  done
  printf 'FAILED: left running: %s\n' "$(ps -o pid=,args= -p "$(paste -sd, <<<"$left")")" >&2
  xargs kill -KILL <<<"$left" 2>/dev/null || true
  return 1
}
trap finish EXIT

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
skip() { printf 'SKIPPED: %s\n' "$*"; exit 77; }
equal() { [ "$1" = "$2" ] || fail "$3: expected '$2', found '$1'"; }          # actual expected what
contains() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not in $1"; }; }  # file text
lacks() { ! grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is in $1"; }; }

# Root goes on as nobody, in the same script: what an ordinary user may do is what is tested.
as_ordinary_user() {
  if [ "$(id -u)" != 0 ] || [ -n "${PLAINTALK_INSIDE:-}" ]; then return 0; fi
  chmod 777 "$work"  # whatever "nobody" makes in it goes away with it
  PLAINTALK_INSIDE=$work setpriv --reuid 65534 --regid 65534 --clear-groups bash "$0" && exit 0 || exit $?
}

# Two analyses of the same packets, whatever they came through: all tables but the names and forms of the captures.
same_tables() {  # folder folder
  local table
  for table in "$1"/*.csv; do
    [ "${table##*/}" = captures.csv ] || cmp "$table" "$2/${table##*/}"
  done
}

# Waits until a file has a line with a text. The limit only ends a test that would hang.
wait_for() {  # file text
  local turn
  for ((turn = 0; turn < 1500; turn++)); do
    if grep -qsF -- "$2" "$1"; then return; fi
    sleep 0.02
  done
  cat "$1" >&2 || true
  fail "'$2' did not come in $1"
}

# Starts a server on a free port; sets server, address, host and port. Further words are passed on.
start_server() {
  "$bin/plaintalk-server" --listen 127.0.0.1:0 --log "$work/server.jsonl" "$@" >"$work/server.out" 2>"$work/server.err" &
  server=$!
  pids+=("$server")
  wait_for "$work/server.out" 'ready: listening on '
  address=$(sed -n 's/.*ready: listening on \([^ ]*\).*/\1/p' "$work/server.out" | head -n 1)
  host=${address%:*} port=${address##*:}
}
stop_server() {
  kill -TERM "$server"
  local status=0
  wait "$server" || status=$?
  equal "$status" 0 "exit status of the server ($(tail -n 3 "$work/server.err"))"
  healthy "$work/server.err"
}
# No sanitizer has complained.
healthy() { for word in 'Sanitizer' 'runtime error:'; do lacks "$1" "$word"; done; }

# Runs a client with a script read from standard input; its output goes to NAME.out and NAME.err.
client() {  # name further words...
  local name=$1
  shift
  cat >"$work/$name.script"
  "$bin/plaintalk-client" "$address" --user "$name" --guest --timeout 30 --download-dir "${downloads:-$work}" \
    --script "$work/$name.script" "$@" >"$work/$name.out" 2>"$work/$name.err"
}

# A connection typed by hand, on descriptor 5: hello, tell LINE, hear (sets $line), hear_until PREFIX (sets $line).
hello() { exec 5<>"/dev/tcp/$host/$port"; hear; }
tell() { printf '%s\n' "$1" >&5; }
hear() { IFS= read -r -t 20 line <&5 || fail 'the server closed, or did not answer'; }
hear_until() { until hear && [[ $line == "$1"* ]]; do :; done; }
hang_up() { exec 5<&- 5>&-; }
# Sends raw bytes (printf format) on a fresh connection and keeps what comes back until the server closes.
bytes() {  # printf-format
  hello
  { printf "$1" >&5 || true; } 2>/dev/null
  timeout 20 cat <&5 >"$work/answer" || true
  hang_up
}

# Tables: the named columns of a CSV file, tab-separated; and every delivery as "ROOM SEQ CLIENT", from either witness.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
columns() { local file=$1; shift; awk -v want="$*" -f "$here/csv_columns.awk" "$file"; }
logged_deliveries() { awk -f "$here/routes.awk" "$1" | sort; }  # server.jsonl
seen_deliveries() {  # analysis folder
  { columns "$1/connections.csv" connection client_address client_port
    columns "$1/deliveries.csv" room seq connection | sed "s/^'//; s/^/=\t/"
  } | awk -F'\t' '$1 != "=" { client[$1] = $2 ":" $3; next } { print $2, $3, client[$4] }' | sort
}

# Runs the demo one way, skips where this machine does not allow it, and judges what it printed and left behind.
run_demo() {  # mode further words...
  local mode=$1 status=0
  shift
  "$bin/plaintalk-demo" --out "$work/demo" --mode "$mode" "$@" >"$work/story" 2>"$work/demo.err" || status=$?
  if [ "$status" = 1 ] && grep -qE 'no capture in a private network here|no live capture here' "$work/demo.err"; then
    skip "$(tail -n 1 "$work/demo.err")"
  fi
  [ "$status" = 0 ] || { cat "$work/story" "$work/demo.err" >&2; fail "the demo ended with status $status"; }
  [ "$(wc -l <"$work/story")" -lt 40 ] || fail "the story has $(wc -l <"$work/story") lines"
  equal "$(awk 'length > 80' "$work/story")" '' 'lines of more than 80 columns'
  [ "$mode" = auto ] || contains "$work/story" "($mode)"
  contains "$work/story" 'wheel-of-cheese-42'
  contains "$work/story" 'byte for byte'
  contains "$work/story" '0 lost, 0 repeated'
  lacks "$work/story" '!='
  for user in bob carol; do cmp "$work/demo/sent/measurements.bin" "$work/demo/downloads/$user/measurements.bin"; done
  logged_deliveries "$work/demo/server.jsonl" >"$work/logged"
  seen_deliveries "$work/demo/analysis" | diff "$work/logged" - || fail 'deliveries.csv differs from the server log'
  for log in "$work"/demo/logs/*.log; do healthy "$log"; done
}

# What the student types in the plan of e2e_stage, from the welcome to the last one who comes.
student_of_stage() {
  printf '%s\n' '/join #lab' '/expect Welcome, zed' 'I am fine, thank you.' '/expect map.bin' '/get map.bin' 'got it' \
    '/expect Good-bye, zed' '/send notes.txt' '/expect Sorry, I am late'
}
