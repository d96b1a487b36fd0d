# report.html in a real browser: what page_test.js says, over a session, a hostile capture and an empty one.
own=$(cd "$(dirname "$0")" && pwd)
. "$own/../e2e/common.sh"
. "$own/axe.sh"
command -v node >/dev/null || skip "there is no node here to drive the browser with"
command -v python3 >/dev/null || skip "there is no python3 here to write captures with"

for kind in hostile empty; do "$own/make_capture.py" $kind "$work/$kind.pcap"; done
cp "$own/../golden/room-session.pcap" "$work/session.pcap"
for name in session hostile empty; do
  "$bin/plaintalk-analyze" "$work/$name.pcap" --out "$work/$name" --quiet 2>"$work/err" || fail "$name: $(cat "$work/err")"
  equal "$(cat "$work/err")" '' "warnings of $name"
done
mkdir "$work/downloads"
HOME=$work timeout 280 node "$own/page_test.js" "$browser" "$modules/node_modules/axe-core/axe.min.js" "$work/profile" "$work/downloads" \
  "$work/session/report.html" "$work/hostile/report.html" "$work/empty/report.html" >"$work/said" 2>&1 || { cat "$work/said" >&2; fail "the page"; }
equal "$(grep -c '^ok: ' "$work/said")" 7 'tests that passed'
