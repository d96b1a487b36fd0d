# tcpdump -w - | analyze -: Ctrl-C reaches both, and the analyzer reads on until the pipe ends. The writer is played by a shell
# that, like tcpdump, hands over what it still has. A file that is interrupted changes nothing.
. "$(dirname "$0")/common.sh"
. "$here/fake_capture.sh"
"$bin/plaintalk-analyze" "$work/all.pcap" --out "$work/expected" --quiet --no-html || fail 'the analyzer failed'
mkfifo "$work/pipe" "$work/gate"
start_pipe() {  # name
  "$bin/plaintalk-analyze" - --write-every 0.01 --out "$work/$1" <"$work/pipe" >"$work/$1.out" 2>"$work/$1.err" &
  analyzer=$!
  pids+=("$analyzer")
  exec 7>"$work/pipe"
  cat "$golden" >&7
  wait_for "$work/$1/summary.md" 'Written while the capture went on'  # it has come to the end of these
}
start_pipe both
kill -INT "$analyzer"
wait_for "$work/both.err" 'stopping'
cat "$work/rest" >&7
exec 7>&-
ends_with "$analyzer" 0 "$work/both.err"
same_tables "$work/expected" "$work/both"
# A signal that may be meant for the analyzer alone: it takes what is in the pipe and does not wait for its end.
start_pipe alone
kill -TERM "$analyzer"
ends_with "$analyzer" 0 "$work/alone.err"
contains "$work/alone.out" '116 packets in 3 connections'
exec 7>&-
# A file: the earlier analysis stays. (The file is a pipe with a name, so that reading it lasts until the signal.)
( exec 7<>"$work/pipe"; cat "$golden" >&7
  "$bin/plaintalk-analyze" "$work/pipe" --out "$work/alone" >"$work/file.out" 2>"$work/file.err" &
  analyzer=$!; until [ -e "$work/alone/.pdus.csv.new" ]; do :; done
  kill -INT "$analyzer"; ends_with "$analyzer" 130 "$work/file.err" ) || exit 1
contains "$work/file.err" 'interrupted; nothing was written'
nothing_half "$work/alone"
contains "$work/alone/summary.md" '116 packets'
