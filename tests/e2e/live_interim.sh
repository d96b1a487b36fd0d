# While a capture goes on its tables are written on a timer: a kill -9 and a full disk leave the last ones, whole.
. "$(dirname "$0")/common.sh"
. "$here/fake_capture.sh"
"$bin/plaintalk-analyze" "$golden" --out "$work/expected" --quiet --no-html || fail 'the analyzer failed'
start_live killed --write-every 0.01
wait_for "$work/killed/summary.md" 'Written while the capture went on'
kill -KILL "$live"
ends_with "$live" 137 "$work/killed.err"
same_tables "$work/expected" "$work/killed"
"$bin/plaintalk-report" routing "$work/killed" >"$work/report" || fail 'the database is not whole'
contains "$work/report" 'complete'
"$bin/plaintalk-analyze" "$golden" --out "$work/killed" --quiet --no-html || fail 'the folder of a killed run cannot be used again'
nothing_half "$work/killed"
# A disk that is full is played by a limit for the size of files: the end of the capture has no room.
( ulimit -f 1000; start_live full --write-every 0.01; wait_for "$work/full/summary.md" 'Written while'
  kill -INT "$live"; ends_with "$live" 1 "$work/full.err" ) || exit 1
number=$(sed -n 's/.*File too large.*the tables of the first \([0-9]*\) packets stay in.*/\1/p' "$work/full.err")
[ -n "$number" ] || fail "nothing is said about the full disk: $(cat "$work/full.err")"
contains "$work/full/summary.md" "$number packets"
"$bin/plaintalk-report" routing "$work/full" >"$work/report" || fail 'the last database is not whole'
nothing_half "$work/full"
# An interface that vanishes: its message, and where the reports are.
status=0
VANISH=yes "$work/bin/plaintalk-analyze" --live lo --no-html --out "$work/gone" >"$work/gone.out" 2>"$work/gone.err" || status=$?
equal "$status" 3 'exit status after the interface has gone'
contains "$work/gone.err" "what it captured before was analysed: $work/gone"
same_tables "$work/expected" "$work/gone"
