# By hand: the page of 1,000,000 packets and 100,000 messages. How large it is, how long it takes to be made, until it is first
# seen, and until all figures are drawn under a filter. PLAINTALK_BIN names the programs, of a release build.
own=$(cd "$(dirname "$0")" && pwd)
. "$own/../e2e/common.sh"
browser=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium here"

messages=${1:-100000}
"$own/make_capture.py" large "$work/large.pcap" "$messages"
"$bin/plaintalk-analyze" "$work/large.pcap" --out "$work/large" --packets-max 2000000 --no-html
time "$bin/plaintalk-report" html "$work/large"
[ "$(wc -c <"$work/large/report.html")" -le 15000000 ] || fail "$(wc -c <"$work/large/report.html") bytes"
HOME=$work node "$own/page_size.js" "$browser" "$work/profile" "$work/large/report.html"
