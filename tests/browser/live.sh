# The live view in a real browser, of a session whose every text is markup: read as text, by keyboard, no violation that axe-core knows
# at 320 and 1280 pixels, light and dark; and what the page shows is what was said.
own=$(cd "$(dirname "$0")" && pwd)
. "$own/../e2e/common.sh"
. "$own/axe.sh"
command -v python3 >/dev/null || skip "there is no python3 here"

start_server --record "$work/session.pcapng"
hello
tell 'REGISTER mallory :correct-horse-battery' && hear
tell 'LOGIN <img/src=x> :nothing' && hear
tell 'JOIN #lab' && hear
tell 'TOPIC #lab :<script>alert(3)</script>' && hear
client bob --bind 127.0.0.12 <<'END' &
/join #lab
/expect goodbye
END
other=$!
{ printf '/join #lab\n/members #lab 3\n<b>bold</b> <img src=x onerror=alert(1)>\n<script>alert(2)</script>\n'
  printf 'message %d\n' {1..8}; printf 'goodbye\n'; } | client alice --bind 127.0.0.11 || fail "alice: $(cat "$work/alice.err")"
wait "$other" || fail "bob: $(cat "$work/bob.err")"
hang_up
stop_server
"$bin/plaintalk-analyze" "$work/session.pcapng" --out "$work/analysis" --web 0 >"$work/out" 2>"$work/err" &
view=$!
pids+=("$view")
wait_for "$work/err" 'the live view stays until Ctrl-C'
address=$(sed -n 's/^live view: //p' "$work/err")
mkdir "$work/chromium"
PYTHONDONTWRITEBYTECODE=1 timeout 130 python3 "$own/live.py" "$browser" "$axe" "$address" "$work/chromium" ${PLAINTALK_PICTURES:+"$PLAINTALK_PICTURES"} >"$work/told" 2>&1 ||
  { cat "$work/told" >&2; fail 'the browser'; }
if grep FAULT "$work/told" >&2; then fail 'the page'; fi
contains "$work/told" 'DONE 0'
kill -INT "$view"
status=0
wait "$view" || status=$?
equal "$status" 0 'exit status after Ctrl-C'
healthy "$work/err"
