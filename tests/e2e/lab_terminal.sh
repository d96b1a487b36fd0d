# Lab 01 as a person does it: on a terminal, line by line as the worksheet says.
source "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || skip "there is no python3 to play a terminal with"
here=$(cd "$(dirname "$0")" && pwd)
export PLAINTALK_WORKSPACE=$work/labs TMPDIR=$work TERM=xterm
python3 -B "$here/lab_terminal.py" "$bin/plaintalk-lab" "$here/../../labs" || fail "the session"
"$bin/plaintalk-lab" --labs "$here/../../labs" answer 01.4 3 >/dev/null
"$bin/plaintalk-lab" --labs "$here/../../labs" check 01.4 >"$work/check" || { cat "$work/check" >&2; fail "the number of connections"; }
