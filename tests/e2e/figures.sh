# Figures as files: every built-in one as SVG, PNG and PDF, a teacher's own, and what is said of wrong ones.
. "$(dirname "$0")/common.sh"
report=$bin/plaintalk-report
"$bin/plaintalk-analyze" "$here/../golden/room-session.pcap" --no-html --out "$work/analysis" >/dev/null
refused() {  # status words...
  local wanted=$1 status=0
  shift
  "$report" "$@" >"$work/out" 2>"$work/err" || status=$?
  equal "$status" "$wanted" "exit status of $*: $(cat "$work/err")"
}
begins() { equal "$(head -c "${#2}" "$1")" "$2" "what $1 begins with"; }

"$report" --list >"$work/list"
names=$(sed -n 's/^--figure \([a-z-]*\):.*/\1/p' "$work/list")
for wanted in timeline delivery-latency throughput round-trip-time time-sequence window; do
  grep -qx -- "$wanted" <<<"$names" || fail "the figure $wanted is not listed"
done
for name in $names; do
  "$report" --figure "$name" "$work/analysis" --out "$work/$name.svg" >"$work/words"
  [ "$(wc -l <"$work/words")" -ge 2 ] || fail "$name says nothing in words"
  begins "$work/$name.svg" '<svg xmlns='
  python3 - "$work/$name.svg" <<'PYTHON' || fail "$name is no well-formed XML"
import sys, xml.dom.minidom
root = xml.dom.minidom.parse(sys.argv[1]).documentElement
assert root.getAttribute("role") == "img" and len(root.getElementsByTagName("title")[0].firstChild.data) > 10
PYTHON
done
name=time-sequence
"$report" --figure "$name" "$work/analysis" --out "$work/x.pdf" --width 80mm --font 'DejaVu Serif' --font-size 9 >/dev/null
begins "$work/x.pdf" '%PDF'
"$report" --figure "$name" "$work/analysis" --out "$work/x.png" --width 500 --height 250 --dark >/dev/null
equal "$(od -An -tu1 -j16 -N8 "$work/x.png" | tr -s ' ')" ' 0 0 1 244 0 0 0 250' 'width and height of the PNG'
"$report" --figure "$name" "$work/analysis" >"$work/y.svg"  # without --out: to standard output
cmp "$work/y.svg" "$work/$name.svg"
"$report" --figure "$name" "$work/analysis" --set connection=1 --out "$work/one.svg" >"$work/words"
contains "$work/words" 'Connection 1 (alice'

# A teacher's own, by the path of either file, and the line of a fault.
cat >"$work/mine.sql" <<'SQL'
-- title: Lengths
-- empty: Nobody said anything
SELECT seq, body_length AS bytes, sender, packet_in FROM messages
SQL
cat >"$work/mine.figure.toml" <<'TOML'
kind = "chart"
title = "How long messages are"
split = "sender"
packets = "packet_in"

[x]
column = "seq"
title = "number of the message"

[y]
title = "length"
unit = "bytes"

[[series]]
column = "bytes"
TOML
for given in mine.sql mine.figure.toml mine; do
  "$report" --figure "$work/$given" "$work/analysis" --out "$work/mine.svg" >/dev/null
  contains "$work/mine.svg" 'data-packet="'
done
sed -i 's/"bytes"$/"octets"/' "$work/mine.figure.toml"
refused 1 --figure "$work/mine.sql" "$work/analysis" --out "$work/mine.svg"
contains "$work/err" "mine.figure.toml, line 15: "
contains "$work/err" "gives no column 'octets'; it gives: seq, bytes, sender, packet_in"
echo 'colour = "red"' >>"$work/mine.figure.toml"
refused 1 --figure "$work/mine.sql" "$work/analysis" --out "$work/mine.svg"
contains "$work/err" "mine.figure.toml, line 16: unknown key 'colour' in [[series]]"

# Wrong words, and files that are not ours to replace.
refused 2 --figure "$name" "$work/analysis" --out "$work/x.jpeg"
contains "$work/err" '.svg, .png or .pdf'
refused 2 --figure "$name" "$work/analysis" --width 3mm
refused 2 --figure "$name"
refused 2 --figure "$name" "$work/analysis" --format csv
refused 2 ports "$work/analysis" --dark
refused 2 ports "$work/analysis" --width 160mm
refused 1 --figure no-such-figure "$work/analysis"
contains "$work/err" 'time-sequence'
echo 'my own notes' >"$work/notes.svg"
refused 1 --figure "$name" "$work/analysis" --out "$work/notes.svg"
equal "$(cat "$work/notes.svg")" 'my own notes' 'what the user wrote'
refused 1 --figure "$name" "$work/analysis" --out "$work/nowhere/x.svg"
refused 1 --figure "$name" "$work/nowhere"

# Of many captures one is chosen.
"$bin/plaintalk-analyze" "$here"/../golden/{room-session,retransmission}.pcap --each --out "$work/each" >/dev/null
refused 1 --figure timeline "$work/each"
contains "$work/err" 'choose it with --capture'
capture=$("$report" ports "$work/each" --format csv | sed -n '2s/,.*//p')
"$report" --figure timeline "$work/each" --capture "$capture" --out "$work/each.svg" >/dev/null
begins "$work/each.svg" '<svg xmlns='

# The numbers are those of the tables.
equal "$(grep -o 'data-packet="[0-9]*"' "$work/one.svg" | sort -u | wc -l)" \
  "$("$report" time-sequence "$work/analysis" --set connection=1 --format csv | tail -n +2 | cut -d, -f2 | sort -u | wc -l)" 'packets in the figure'
