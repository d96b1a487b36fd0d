# analyze --prove: which numbers hold whatever is done to the capture.
. "$(dirname "$0")/common.sh"
golden=$(cd "$(dirname "$0")/../golden" && pwd)
for name in retransmission reordering vlan-ipv6 two-interfaces snap-length duplicate-capture; do
  file=$(ls "$golden/$name".pcap*)
  "$bin/plaintalk-analyze" "$file" --prove --out "$work/$name" >"$work/$name.out" || fail "$name: $(cat "$work/$name.out")"
  grep -q 'no number changed that must not' "$work/$name.out" || fail "$name says nothing: $(cat "$work/$name.out")"
  [ "$(ls -A "$work/$name")" = prove.csv ] || fail "$name leaves more than prove.csv: $(ls -A "$work/$name")"
done
columns "$work/retransmission/prove.csv" variant number original now verdict | tr '\t' ' ' >"$work/rows"
grep -qx 'copied packets 76 152 changed as it must' "$work/rows" || fail "no copies: $(grep ^copied "$work/rows")"
grep -qx 'copied retransmitted packets 2 2 held' "$work/rows" || fail "copies became repeats: $(grep ^copied "$work/rows")"
grep -q '^late messages .* changed as it may' "$work/rows" || grep -q '^late .* changed as it may' "$work/rows" ||
  fail 'a later start changes nothing'
grep -q 'more than one link type' "$work/two-interfaces.out" || fail 'two link types in one pcap'
status=0
"$bin/plaintalk-analyze" "$golden/retransmission.pcap" --prove --each >"$work/both.out" 2>&1 || status=$?
[ "$status" = 2 ] || fail "--prove with --each: status $status"
status=0
"$bin/plaintalk-analyze" "$work/none.pcap" --prove >"$work/none.out" 2>&1 || status=$?
[ "$status" = 1 ] || fail "no file: status $status"
