# A disk that is full, or may not be written: the true reason is said, nothing half is left, and an earlier analysis stays as it was.
. "$(dirname "$0")/common.sh"
if [ "${1:-}" != inside ]; then
  unshare -rm true 2>"$work/why" || skip "no disk of our own on this machine: $(cat "$work/why")"
  unshare -rm bash "$0" inside
  exit
fi
golden=$here/../golden
disk=$work/disk
mkdir "$disk"
mount -t tmpfs -o size=64m none "$disk" || skip 'no tmpfs in a namespace here'
# Many packets and messages in one capture: a session again and again, each time later.
for ((turn = 0; turn < 60; turn++)); do
  [ "$turn" = 0 ] && cat "$golden/room-session.pcap" || tail -c +25 "$golden/room-session.pcap"
done >"$work/long.pcap"

listing() { (cd "$disk" && find . ! -type d -exec sha256sum {} + | sort; find . -type d | sort); }
free_kib() { df -k --output=avail "$disk" | tail -n 1 | tr -d ' '; }
fill_but() {  # KIB: all of the disk but so much
  rm -f "$disk/ballast"
  head -c "$((($(free_kib) - $1) * 1024))" /dev/zero >"$disk/ballast"
}
# Runs the analyzer, which must find no room, say so and leave everything as it was.
fails_for_room() {  # name further words...
  local name=$1 status=0
  shift
  listing >"$work/before"
  "$bin/plaintalk-analyze" --no-html "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
  equal "$status" 1 "exit status of $name ($(cat "$work/$name.err"))"
  contains "$work/$name.err" 'No space left on device'
  lacks "$work/$name.err" '.new'
  healthy "$work/$name.err"
  listing | diff "$work/before" - >&2 || fail "$name has left something or changed something"
}

# What the whole of it takes, so that the bounds below mean what they say.
"$bin/plaintalk-analyze" "$work/long.pcap" --out "$disk/whole" --quiet --no-html || fail 'there is room, and it failed'
size=$(du -sk "$disk/whole" | cut -f 1)
files=$(du -sk "$disk/whole/files" 2>/dev/null | cut -f 1 || true)
rm -rf "$disk/whole"

# A new folder: from not a byte, through the beginning and the middle, to the very last file.
tried=0
for room in 0 4 8 40 $((size / 4)) $((size / 2)) $((size * 3 / 4)) $((size - 120)) $((size - 24)); do
  [ "$room" -ge 0 ] || continue
  fill_but "$room"
  fails_for_room "new-$room" "$work/long.pcap" --out "$disk/a/b/new"
  contains "$work/new-$room.err" "$disk/a/b/new"
  tried=$((tried + 1))
done
[ "$tried" -ge 8 ] || fail "only $tried sizes were tried"

# An earlier analysis stays, byte for byte, with the files that were carved for it.
fill_but 8000
"$bin/plaintalk-analyze" "$golden/file-transfer.pcap" --out "$disk/good" --quiet --no-html
[ -n "$(ls "$disk/good/files")" ] || fail 'no file was carved'
for room in 0 300 $((size / 2)) $((size - 120)); do
  fill_but "$room"
  fails_for_room "again-$room" "$work/long.pcap" --out "$disk/good"
  contains "$work/again-$room.err" "the tables that were in $disk/good before stay as they are"
done
"$bin/plaintalk-report" routing "$disk/good" >/dev/null || fail 'the earlier database is not whole'
# One that carves other files, and fails after it: they go with it.
fill_but 420
fails_for_room carved "$golden/capture-loss.pcap" "$golden/file-transfer.pcap" "$work/long.pcap" --out "$disk/good"

# Through a pipe the table of packets is dropped when the packet comes that is one too many. What it took is used again: what
# would not fit with it fits without it, though not twice; then the file stays larger than it need be.
rm -rf "$disk/good" "$disk/ballast"
"$bin/plaintalk-analyze" - --packets-max 6500 --write-every 0 --out "$work/dropped" --quiet --no-html <"$work/long.pcap" || fail 'the table of packets could not be dropped'
mkfifo "$work/pipe"
through_pipe() {  # out further words...
  local out=$1
  shift
  cat "$work/long.pcap" | "$bin/plaintalk-analyze" - --packets-max 6500 --write-every 0 --out "$out" --quiet --no-html "$@"
}
through_pipe "$disk/roomy" || fail 'there is room, and it failed'
[ ! -e "$disk/roomy/packets.csv" ] || fail 'packets.csv was not dropped'
[ -z "$(find "$disk/roomy" -name '.analysis*')" ] || fail 'something is left beside the database'
equal "$(stat -c %a "$disk/roomy/analysis.sqlite")" 600 'rights of the database'
small=$(stat -c %s "$disk/roomy/analysis.sqlite")
rm -rf "$disk/roomy"
for room in 0 100 $((size / 2)) $((size * 3 / 4)); do
  fill_but "$room"
  listing >"$work/before"
  status=0
  through_pipe "$disk/piped" >"$work/piped.out" 2>"$work/piped.err" || status=$?
  if [ "$status" = 0 ]; then
    large=$(stat -c %s "$disk/piped/analysis.sqlite")
    [ "$large" -ge "$small" ] || fail 'the database is smaller than it can be'
    "$bin/plaintalk-report" routing "$disk/piped" >"$work/report" || fail 'the database is not whole'
    [ -z "$(find "$disk/piped" -name '.analysis*')" ] || fail 'something is left beside the database'
    rm -rf "$disk/piped"
  else
    contains "$work/piped.err" 'No space left on device'
    listing | diff "$work/before" - >&2 || fail "a pipe with $room KiB has left something"
  fi
done
rm -f "$disk/ballast"

# Many captures: those that were analysed stay, what cannot be written is said.
mkdir "$work/class"
cp "$golden/logins.pcap" "$golden/room-session.pcap" "$work/class/"
fill_but 200
status=0
"$bin/plaintalk-analyze" "$work/class" --each --out "$disk/each" >"$work/each.out" 2>"$work/each.err" || status=$?
[ "$status" != 0 ] || fail '--each found room where there is none'
contains "$work/each.err" 'No space left on device'
lacks "$work/each.err" 'transaction'
[ -z "$(find "$disk" -name '*.new')" ] || fail "--each has left something: $(find "$disk" -name '*.new')"
rm -rf "$disk/each"
fill_but 4
fails_for_room prove "$golden/room-session.pcap" --prove --out "$disk/prove"

# A disk that may not be written.
rm -f "$disk/ballast"
"$bin/plaintalk-analyze" "$golden/logins.pcap" --out "$disk/good" --quiet --no-html
mount -o remount,ro "$disk"
listing >"$work/before"
for out in good new; do
  status=0
  "$bin/plaintalk-analyze" "$golden/room-session.pcap" --no-html --out "$disk/$out" >"$work/ro.out" 2>"$work/ro.err" || status=$?
  equal "$status" 1 'exit status on a read-only disk'
  contains "$work/ro.err" 'Read-only file system'
done
listing | diff "$work/before" - >&2 || fail 'a read-only disk has changed'
umount "$disk"
