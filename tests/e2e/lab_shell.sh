# Labs 02 and 07 as a person does them, on two terminals: the client, and `lab shell`, where the commands of the sheet are
# typed as they stand there. What was seen is answered, and has to be right.
source "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || skip "there is no python3 to play a terminal with"
here=$(cd "$(dirname "$0")" && pwd)
labs=$(cd "$here/../../labs" && pwd)
printf '#!/bin/sh\nname=$1; shift\nexec "%s/plaintalk-$name" "$@"\n' "$bin" >"$work/plaintalk"
chmod 755 "$work/plaintalk"
export PLAINTALK_WORKSPACE=$work/labs PLAINTALK_COMMAND=$work/plaintalk TMPDIR=$work TERM=dumb SHELL=/bin/sh
lab() { "$bin/plaintalk-lab" --labs "$labs" "$@"; }

for number in 02 07; do
  # Where there is no private network, the shell is in none: the sheet is the same.
  (cd "$work" && python3 -B "$here/lab_shell.py" "$bin/plaintalk-lab" "$labs" "$number") >"$work/known" ||
    { cat "$work/known" >&2; fail "the session of lab $number"; }
  while read -r question answer; do lab answer "$number.$question" "$answer" >/dev/null; done <"$work/known"
  lab check "$number" >"$work/check" || true
  while read -r question answer; do contains "$work/check" "$number.$question  right"; done <"$work/known"
  lab hint "$number.1" >"$work/hint"
  contains "$work/hint" "Hint 1 of 3"
  lab report "$number" >/dev/null
  lab pack "$number" >/dev/null
  [ -e "$work/labs/$number/plaintalk-lab-$number-two.terminals.zip" ] || fail "no hand-in of lab $number"
done
