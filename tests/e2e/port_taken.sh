# A second server on the same port says so in one line and ends with status 1; the first one is not disturbed.
. "$(dirname "$0")/common.sh"
start_server
status=0
"$bin/plaintalk-server" --listen "$address" >"$work/second.out" 2>"$work/second.err" || status=$?
equal "$status" 1 'exit status of the second server'
equal "$(wc -l <"$work/second.err")" 1 'lines of error'
contains "$work/second.err" 'plaintalk-server: '
contains "$work/second.err" "$address"
grep -qiE 'in use|uses|taken' "$work/second.err" || fail "no reason in: $(cat "$work/second.err")"
lacks "$work/second.out" 'ready'
hello
hang_up
stop_server
status=0
"$bin/plaintalk-client" "$address" --user late --no-retry --script /dev/null 2>"$work/late.err" >/dev/null || status=$?
equal "$status" 3 'exit status of a client that finds no server'
equal "$(wc -l <"$work/late.err")" 1 'lines of error of that client'
