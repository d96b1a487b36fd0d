# Ctrl-C, kill and a closed terminal end a live analysis without losing a packet: what the capture still hands over is read to
# its end, then the tables are the same as those of a file with the same packets.
. "$(dirname "$0")/common.sh"
. "$here/fake_capture.sh"
"$bin/plaintalk-analyze" "$work/all.pcap" --out "$work/expected" --quiet --no-html || fail 'the analyzer failed'
for signal in INT TERM HUP; do
  start_live "$signal"
  kill "-$signal" "$live"
  ends_with "$live" 0 "$work/$signal.err"
  same_tables "$work/expected" "$work/$signal"
  nothing_half "$work/$signal"
  healthy "$work/$signal.err"
done
contains "$work/INT.out" '14036 packets in 363 connections'
# The second signal stops at once, even while the capture says nothing; what was read before is written.
start_live twice
wait_for "$work/twice.out" 'alice'
kill -STOP "$(pgrep -P "$live" -f plaintalk-capture)"
kill -INT "$live"
wait_for "$work/twice.err" 'once more to stop at once'
kill -INT "$live"
ends_with "$live" 0 "$work/twice.err"
contains "$work/twice.out" '116 packets in 3 connections'
