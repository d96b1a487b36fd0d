# report.html: written with the analysis, left out when it is not wanted, made again, and in words alone where nothing can draw.
. "$(dirname "$0")/common.sh"
golden=$here/../golden
page=$work/analysis/report.html

"$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/analysis" --quiet 2>"$work/err"
equal "$(cat "$work/err")" '' 'warnings'
for words in 'who has the router image?' 'Every frame at its time' '#lab 1: 2 copies' 'bob to alice, in #lab: 2 messages' 'ACK, connected' \
  'frame.number == 29' 'window' 'What else it could be'; do
  contains "$page" "$words"
done
for figure in ladder talk-graph delivery-latency time-sequence throughput round-trip-time window timeline; do
  contains "$page" "<figure data-figure=\"$figure\""
done
lacks "$page" 'This figure is missing'
[ "$(wc -c <"$page")" -lt 2000000 ] || fail 'the page of a small capture is large'

# Made again it is the same; elsewhere too; and nothing of a person is replaced.
cp "$page" "$work/before"
"$bin/plaintalk-report" html "$work/analysis" >"$work/out"
contains "$work/out" "$page"
cmp "$page" "$work/before"
"$bin/plaintalk-report" html "$work/analysis/analysis.sqlite" --out "$work/copy.html" >/dev/null
cmp "$page" "$work/copy.html"
echo mine >"$work/notes.html"
status=0
"$bin/plaintalk-report" html "$work/analysis" --out "$work/notes.html" >/dev/null 2>"$work/err" || status=$?
equal "$status $(cat "$work/notes.html")" '1 mine' 'a file of a person'
status=0
"$bin/plaintalk-report" html "$work/analysis" --show-secrets >/dev/null 2>"$work/err" || status=$?
equal "$status" 1 'secrets that the analysis has not'
contains "$work/err" 'analyse the capture again with --show-secrets'
cmp "$page" "$work/before"

# Secrets only when they are asked for, whatever the analysis has.
"$bin/plaintalk-analyze" "$golden/logins.pcap" --out "$work/shown" --quiet --show-secrets
secret=$(columns "$work/shown/credentials.csv" method secret | awk -F'\t' '$1 == "login-password" { print $2; exit }')
[ -n "$secret" ] || fail 'no password in the analysis'
contains "$work/shown/report.html" "$secret"
"$bin/plaintalk-report" html "$work/shown" --out "$work/masked.html" >/dev/null
columns "$work/shown/credentials.csv" secret | sort -u | while read -r one; do lacks "$work/masked.html" "$one"; done

# Not wanted, or not the whole analysis: no page, and none of before.
"$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/analysis" --quiet --no-html
[ ! -e "$page" ] || fail '--no-html leaves a page'
"$bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/tables" --quiet --tables messages
[ ! -e "$work/tables/report.html" ] || fail '--tables writes a page'

# Without the program that draws, the analysis is whole and the page has its words and numbers.
mkdir "$work/bin"
cp "$bin/plaintalk-analyze" "$work/bin/"
PATH=/usr/bin:/bin "$work/bin/plaintalk-analyze" "$golden/room-session.pcap" --out "$work/undrawn" --quiet 2>"$work/err" || fail "$(cat "$work/err")"
equal "$(wc -l <"$work/err")" 1 'lines of warning'
contains "$work/err" 'report.html lacks'
contains "$work/undrawn/report.html" 'This figure is missing'
contains "$work/undrawn/report.html" 'who has the router image?'
cmp "$work/undrawn/messages.csv" "$work/tables/messages.csv"

# Of an analysis that is none, and of many captures.
for wrong in "$work" "$work/nowhere"; do
  status=0
  "$bin/plaintalk-report" html "$wrong" >/dev/null 2>"$work/err" || status=$?
  equal "$status" 1 "exit status for $wrong"
done
"$bin/plaintalk-analyze" "$golden"/{room-session,logins}.pcap --each --out "$work/each" --quiet
status=0
"$bin/plaintalk-report" html "$work/each" >/dev/null 2>"$work/err" || status=$?
equal "$status" 1 'exit status for many captures'
contains "$work/err" 'give the folder of one of them'
"$bin/plaintalk-report" html "$work/each/room-session" --out "$work/one.html" >/dev/null
contains "$work/one.html" 'who has the router image?'
