# Every worksheet as a page, in a real browser: no violation that axe-core knows, and no scrolling sideways,
# on a phone (320 pixels) and on a wide screen, light and dark. A page that is faulty on purpose shows that
# faults are found.
own=$(cd "$(dirname "$0")" && pwd)
. "$own/../e2e/common.sh"

. "$own/axe.sh"

with_checks() {  # page
  awk '{ if (sub("</body>", "")) { print "<script src=\"axe.js\"></script><script src=\"checks.js\"></script></body>" } else print }' "$1"
}
cp "$axe" "$work/axe.js"
cp "$own/page_checks.js" "$work/checks.js"
cp "$own/frames.js" "$work/frames.js"
with_checks "$own/faulty.html" >"$work/faulty.html"
labs=$own/../../labs
count=0
frames='<iframe src="faulty.html" width="320" height="600"></iframe>'
for folder in "$labs"/[0-9]*-*/; do
  id=$(basename "$folder") && id=${id%%-*}
  "$bin/plaintalk-lab" --labs "$labs" --workspace "$work/none" read "$id" --html --out "$work/sheet.html" >/dev/null
  with_checks "$work/sheet.html" >"$work/$id.html"
  rm "$work/sheet.html"
  for width in 320 1280; do frames+="<iframe src=\"$id.html\" width=\"$width\" height=\"600\"></iframe>"; done
  count=$((count + 1))
done
[ "$count" -ge 6 ] || fail "only $count worksheets"
printf '<!doctype html><meta charset="utf-8"><title>Frames</title><script src="frames.js"></script>%s\n' "$frames" >"$work/frames.html"

for scheme in light dark; do
  preferred=1 && [ $scheme = light ] || preferred=0  # blink's own numbers
  HOME=$work timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" \
    --blink-settings=preferredColorScheme=$preferred --virtual-time-budget=30000 --dump-dom "file://$work/frames.html" \
    >"$work/$scheme" 2>"$work/browser-log" || { tail -n 5 "$work/browser-log" >&2; fail "the browser"; }
  for fault in 'image-alt' 'color-contrast' 'html-has-lang' 'too-wide'; do
    grep -q "^FAULT $scheme Faulty on purpose: $fault" <(sed 's/<pre>//' "$work/$scheme") || fail "$fault is not found in the faulty page ($scheme)"
  done
  equal "$(grep -c "CHECKED $scheme [1-9][0-9]* Lab " "$work/$scheme")" $((2 * count)) "pages checked, $scheme"
  if grep "FAULT $scheme Lab " "$work/$scheme" >&2; then fail "a worksheet is not accessible"; fi
done
