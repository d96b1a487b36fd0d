# What a hand-in can do to its grader: nothing. It is worked on in a process with limits; a full disk is nobody's fault but the
# machine's, and costs no earlier marks; what a killed grader left is removed by the next one.
source "$(dirname "$0")/common.sh"
if [ "${1:-}" != inside ]; then
  unshare -rm true 2>"$work/why" || skip "no disk of our own on this machine: $(cat "$work/why")"
  unshare -rm bash "$0" inside
  exit
fi
labs=$(cd "$here/../../labs" && pwd)
export TMPDIR=$work/tmp PLAINTALK_WORKSPACE=$work/labs PLAINTALK_COMMAND=plaintalk
mkdir "$TMPDIR" "$work/hand-ins" "$work/bin"
lab() { "$bin/plaintalk-lab" --labs "$labs" "$@"; }
lab restore 01 --student jane --mode record >"$work/session" 2>&1 || { cat "$work/session" >&2; fail 'the session'; }
lab answer 01.6 2 >/dev/null
lab pack 01 >/dev/null
cp "$work/labs/01/plaintalk-lab-01-jane.zip" "$work/hand-ins/"

# An analyzer of ours in its place tells what the process may do, and then misbehaves.
cp "$bin/plaintalk-lab" "$work/bin/"
analyzer() { printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/plaintalk-analyze"; chmod 755 "$work/bin/plaintalk-analyze"; }
other_lab() { "$work/bin/plaintalk-lab" --labs "$labs" "$@"; }
row() { sed -n 2p "$work/$1/evidence.csv"; }
analyzer "{ ulimit -t; ulimit -f; ulimit -n; ulimit -c; ulimit -v; } >'$work/limits'; echo broken >&2; exit 1"
other_lab grade "$work/hand-ins" --out "$work/broken" >/dev/null
equal "$(head -n 4 "$work/limits" | xargs)" '5 524288 64 0' 'limits: seconds, blocks of a file, descriptors, core'
# Where there is a sanitizer, its shadow needs all addresses.
grep -q __asan_init "$bin/plaintalk-lab" || equal "$(tail -n 1 "$work/limits")" 1048576 'limit of addresses in KiB'
row broken >"$work/row"
contains "$work/row" 'the capture could not be analysed (exit status 1): broken'
# One computes without end (a second is enough here: the machine may be busy), another waits without end.
analyzer "if mkdir '$work/first' 2>/dev/null; then exec sleep 60; fi; ulimit -St 1; while :; do :; done"
cp "$work/hand-ins/plaintalk-lab-01-jane.zip" "$work/hand-ins/again.zip"
other_lab grade "$work/hand-ins" --out "$work/slow" >/dev/null
rm "$work/hand-ins/again.zip"
sort "$work/slow/evidence.csv" >"$work/row"
contains "$work/row" 'it took more than 5 s of computing and was stopped'
contains "$work/row" 'it took longer than 15 s and was stopped'

# A full disk: among the temporary files, and where the marks go.
lab grade "$work/hand-ins" --out "$work/marks" >/dev/null
sha256sum "$work/marks"/* >"$work/before"
mkdir "$work/small"
mount -t tmpfs -o size=200k none "$work/small" || skip 'no tmpfs in a namespace here'
for room in 0 60; do
  rm -f "$work/small/ballast"
  head -c "$(($(df -k --output=avail "$work/small" | tail -n 1) * 1024 - room * 1024))" /dev/zero >"$work/small/ballast"
  status=0
  TMPDIR=$work/small lab grade "$work/hand-ins" --out "$work/marks" >"$work/out" 2>&1 || status=$?
  equal "$status" 1 "status with $room KiB for temporary files"
  contains "$work/out" 'No space left on device'
  sha256sum "$work/marks"/* | diff "$work/before" - || fail 'marks have changed'
  equal "$(ls -A "$work/small")" ballast 'left among the temporary files'
done
cp -r "$work/marks" "$work/small-marks"
umount "$work/small"
mount -t tmpfs -o size=64k none "$work/small"
cp "$work/marks/"* "$work/small/"
sed -i '$d' "$work/small/evidence.csv"  # an older run
sha256sum "$work/small"/* >"$work/before"
(cd "$work/hand-ins" && for number in $(seq 30); do cp plaintalk-lab-01-jane.zip "again-$number.zip"; done)
status=0
lab grade "$work/hand-ins" --out "$work/small" >"$work/out" 2>&1 || status=$?
equal "$status" 1 'status without room for the marks'
contains "$work/out" 'cannot be written: No space left on device'
sha256sum "$work/small"/* | diff "$work/before" - || fail 'older marks have changed, or something half is left'
umount "$work/small"

# Killed in the middle, it leaves its temporary files; the next one removes them, and nothing else.
mkdir -m 700 "$TMPDIR/plaintalk-grade-mine42"
analyzer 'exec sleep 20'
"$work/bin/plaintalk-lab" --labs "$labs" grade "$work/hand-ins" --out "$work/killed" >/dev/null 2>&1 &
grader=$!
for ((turn = 0; turn < 1500; turn++)); do [ "$(ls "$TMPDIR" | wc -l)" -gt 2 ] && break; sleep 0.02; done
kill -KILL "$grader"
wait "$grader" 2>/dev/null || true
[ "$(ls "$TMPDIR" | wc -l)" -gt 1 ] || fail 'it left nothing, so nothing is tried here'
lab viva jane "$work/hand-ins" >/dev/null
equal "$(ls "$TMPDIR")" plaintalk-grade-mine42 'temporary folders'
