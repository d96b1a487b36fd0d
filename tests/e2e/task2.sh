# Every command of docs/TASK2.md runs as it stands there and has an answer, and the questions about TCP have one for a chat of another protocol too.
. "$(dirname "$0")/common.sh"
page=$here/../../docs/TASK2.md
golden=$here/../golden
for name in file-transfer retransmission logins foreign-chat; do
  "$bin/plaintalk-analyze" "$golden/$name.pcap" --out "$work/$name" --quiet --no-html
done
equal "$(grep -c '^### [0-9]*\. ' "$page")" 25 'questions'

# Lines "QUESTION COMMAND".
awk '/^### / { question = $2 + 0 } /^plaintalk report / { print question, $0 }' "$page" >"$work/commands"
equal "$(cut -d' ' -f1 "$work/commands" | sort -nu | wc -l)" 25 'questions with a command'

rows() {  # analysis command: how many lines the report has below its heading
  local words=() word skip=
  eval "set -- $1 $2"
  local analysis=$1
  shift 3  # the analysis, "plaintalk", "report"
  for word in "$@"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      --format) skip=1 ;;
      plaintalk-demo/analysis) words+=("$work/$analysis") ;;
      *) words+=("$word") ;;
    esac
  done
  "$bin/plaintalk-report" "${words[@]}" --format csv >"$work/table" 2>"$work/err" || { cat "$work/err" >&2; fail "$2"; }
  healthy "$work/err"
  echo $(($(wc -l <"$work/table") - 1))
}

while read -r question command; do
  found=0
  for name in file-transfer retransmission logins; do
    count=$(rows "$name" "$command")
    found=$((found + count))
  done
  [ "$found" -gt 0 ] || fail "question $question has no answer: $command"
  if [ "$question" -le 13 ] || [ "$question" = 25 ]; then
    [ "$(rows foreign-chat "$command")" -gt 0 ] || fail "question $question has no answer for another protocol: $command"
  fi
done <"$work/commands"

# And as it stands, with the output folded for a narrow terminal.
"$bin/plaintalk-report" segments "$work/foreign-chat" --set connection=1 --width 80 >"$work/segments"
equal "$(awk 'length > 80' "$work/segments")" '' 'lines of more than 80 columns'

# And every figure that the page names is there.
named=$(grep -o -- '--figure [a-z-]*' "$page" | sort -u)
[ "$(wc -l <<<"$named")" -ge 6 ] || fail "few figures: $named"
while read -r _ figure; do
  "$bin/plaintalk-report" --figure "$figure" "$work/file-transfer" --out "$work/$figure.svg" >/dev/null || fail "the figure $figure"
done <<<"$named"
