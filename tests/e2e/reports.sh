# Every report that is listed runs over the demo's analysis in every format, and none of them is empty-handed.
. "$(dirname "$0")/common.sh"
run_demo record
"$bin/plaintalk-report" --list >"$work/list" || fail 'the list failed'
names=$(sed -n 's/^\([a-z0-9-]*\):.*/\1/p' "$work/list")
for wanted in task2-summary routing credentials conversation top-talkers tcp-health file-transfers latency handshake \
  segments who-to-whom throughput closing ports overhead file-in-segments exposure windows acknowledgements in-flight tcp-events; do
  grep -qx -- "$wanted" <<<"$names" || fail "the report $wanted is not listed"
done
for name in $names; do
  for format in csv markdown text; do
    "$bin/plaintalk-report" "$name" "$work/demo/analysis" --format "$format" >"$work/report" 2>"$work/err" ||
      fail "$name as $format: $(cat "$work/err")"
    [ -s "$work/report" ] || fail "$name as $format is empty"
  done
done
"$bin/plaintalk-report" conversation "$work/demo/analysis/analysis.sqlite" --format csv --out "$work/out.csv"
contains "$work/out.csv" 'I missed nothing'
status=0
"$bin/plaintalk-report" no-such-report "$work/demo/analysis" >/dev/null 2>"$work/err" || status=$?
equal "$status" 1 'exit status for a report that does not exist'
contains "$work/err" 'no-such-report'
