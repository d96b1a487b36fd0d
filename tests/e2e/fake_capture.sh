# Sourced by tests of the live analysis: a plaintalk-analyze that finds, beside it, a plaintalk-capture that these tests control.
# It hands over room-session.pcap (116 packets), says "captured", and when it is asked to stop the same packets 120 times more
# (far more than a pipe holds): a reader that stops early would leave it waiting for ever.
# It ends by itself when the analyzer is gone.
golden=$here/../golden/room-session.pcap
mkdir "$work/bin"
cp "$bin/plaintalk-analyze" "$work/bin/"
cp "$golden" "$work/all.pcap"
for ((turn = 0; turn < 120; turn++)); do tail -c +25 "$golden"; done >"$work/rest"
cat "$work/rest" >>"$work/all.pcap"
cat >"$work/bin/plaintalk-capture" <<END
trap 'stop=1' INT
cat '$golden'
echo captured >&2
[ -z "\${VANISH:-}" ] || { echo 'eth9: the interface is gone' >&2; exit 1; }
while [ -z "\${stop:-}" ] && kill -0 \$PPID 2>/dev/null; do sleep 0.02; done
[ -n "\${stop:-}" ] || exit 0
cat '$work/rest'
END
sed -i '1i #!/usr/bin/env bash' "$work/bin/plaintalk-capture"
chmod +x "$work/bin/plaintalk-capture"

start_live() {  # name further words...
  local name=$1
  shift
  "$work/bin/plaintalk-analyze" --live lo --no-html --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" &
  live=$!
  pids+=("$live")
  wait_for "$work/$name.err" captured
}
ends_with() { local status=0; wait "$1" 2>/dev/null || status=$?; equal "$status" "$2" "exit status ($(cat "$3"))"; }  # process status errors
nothing_half() { equal "$(find "$1" -name '.*' ! -name .plaintalk-analysis -type f)" '' "half-written files in $1"; }
