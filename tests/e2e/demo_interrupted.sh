# Ctrl-C in the middle of the demo ends every program it started.
. "$(dirname "$0")/common.sh"
"$bin/plaintalk-demo" --mode record --user-count 20 --out "$work/demo" >"$work/out" 2>"$work/err" &
demo=$!
pids+=("$demo")
wait_for "$work/err" 'class begins'
children=$(pgrep -P "$demo" || cat "/proc/$demo/task/$demo/children")
[ -n "$children" ] || fail 'the demo runs nothing'
kill -TERM "$demo"
status=0
wait "$demo" || status=$?
equal "$status" 143 'exit status'
for child in $children; do ! kill -0 "$child" 2>/dev/null || fail "process $child is left"; done
contains "$work/err" 'stopped by signal 15'
