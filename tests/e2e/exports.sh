# A small capture and Zeek's logs, asked of a real program on real files, in the way of the documentation.
. "$(dirname "$0")/common.sh"
golden=$(cd "$(dirname "$0")/../golden" && pwd)

"$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/analysis" --quiet --no-html \
  --filter 'user == alice && room == #lab' --write "$work/small.pcapng" --zeek "$work/logs"
[ -s "$work/logs/conn.log" ] && [ -s "$work/logs/plaintalk.log" ] || fail "no logs"
"$bin/plaintalk-analyze" "$work/small.pcapng" --out "$work/again" --quiet --no-html || fail "the small capture cannot be read"
before=$(wc -l <"$work/analysis/packets.csv")
after=$(wc -l <"$work/again/packets.csv")
[ "$after" -gt 5 ] && [ "$after" -lt "$before" ] || fail "$after rows of $before were selected"

# What is there stays, before anything is analysed.
for way in "--write $work/small.pcapng" "--zeek $work/logs"; do
  sum=$(cat "$work/small.pcapng" "$work"/logs/* | cksum)
  status=0
  # shellcheck disable=SC2086
  "$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/unused" $way >"$work/out" 2>&1 || status=$?
  equal "$status" 1 "status of $way"
  grep -q "stays as it is" "$work/out" || fail "it does not say why: $(cat "$work/out")"
  [ ! -e "$work/unused" ] || fail "it was analysed all the same"
  equal "$(cat "$work/small.pcapng" "$work"/logs/* | cksum)" "$sum" "what was there"
done

status=0
"$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/none" --quiet --no-html --filter 'user == nobody' --write "$work/none.pcapng" 2>"$work/err" || status=$?
equal "$status" 1 "nothing is selected"
[ ! -e "$work/none.pcapng" ] && grep -q "no packet is selected" "$work/err" || fail "an empty capture"
status=0
"$bin/plaintalk-analyze" "$golden/room-session.pcap" --filter 'usr == x' --write "$work/x" 2>"$work/err" || status=$?
equal "$status" 2 "a wrong filter"
grep -q "did you mean 'user'" "$work/err" || fail "$(cat "$work/err")"
for words in "--filter user==a" "--whole-connections" "--each --zeek $work/z" "--tables pdus --write $work/x"; do
  status=0
  # shellcheck disable=SC2086
  "$bin/plaintalk-analyze" "$golden/room-session.pcap" $words >/dev/null 2>&1 || status=$?
  equal "$status" 2 "$words"
done

# Comments, as Wireshark reads them.
command -v tshark >/dev/null || skip "the rest needs tshark"
"$bin/plaintalk-analyze" "$golden/logins.pcap" --out "$work/logins" --quiet --no-html --write "$work/annotated.pcapng"
equal "$(tshark -r "$work/annotated.pcapng" 2>/dev/null | wc -l)" "$(tshark -r "$golden/logins.pcap" 2>/dev/null | wc -l)" "packets"
tshark -r "$work/annotated.pcapng" -Y 'frame.comment contains "readable-password"' -T fields -e frame.number 2>/dev/null >"$work/commented"
# The CSV has the packets of each finding in its fifth column.
awk -F, '$2 == "readable-password" { gsub(/"/, "", $5); n = split($5, p, " "); for (i = 1; i <= n; ++i) print p[i] }' \
  "$work/logins/findings.csv" | sort -nu >"$work/expected"
[ -s "$work/expected" ] || fail "the capture has no password"
cmp "$work/commented" "$work/expected" || fail "comments are on other packets"
