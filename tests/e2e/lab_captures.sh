# A student's machine allows no private network: the stage says what it cannot give, and the capture that the teacher made of
# the same student's session, elsewhere, is marked like one's own.
source "$(dirname "$0")/common.sh"
labs=$(cd "$here/../../labs" && pwd)
export PLAINTALK_COMMAND=plaintalk
lab() { "$bin/plaintalk-lab" --labs "$labs" --workspace "$work/labs" "$@"; }
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  # The gates as in demo_fallback.sh.
  shut='echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces'
  why=$(unshare --user --map-root-user sh -c "$shut" 2>&1) || skip "cannot shut the gates for a test: $why"
  printf 'id\nJane.Doe\njo\n' >"$work/roster.csv"
  TMPDIR=$work lab captures 03 --roster "$work/roster.csv" --out "$work/captures" >"$work/made" 2>&1 || {
    grep -q 'no capture in a private network' "$work/made" && skip "no private network here: $(tail -n 1 "$work/made")"
    cat "$work/made" >&2
    fail 'captures for a class'
  }
  contains "$work/made" '2 captures made'
  equal "$(ls "$work/captures" | xargs)" 'plaintalk-lab-03-jane.doe.pcapng plaintalk-lab-03-jo.pcapng' captures
  TMPDIR=$work lab captures 03 --roster "$work/roster.csv" --out "$work/captures" >"$work/made"
  contains "$work/made" '0 captures made, 2 were there already'
  lab captures 10 --student jo --out "$work/captures" >"$work/none" 2>&1 && fail 'nobody else can play lab 10'
  contains "$work/none" 'programs that the student writes'
  lab captures 03 --out "$work/captures" >"$work/none" 2>&1 && fail 'a capture of nobody'
  contains "$work/none" 'Name a --roster FILE, or one --student ID'
  PLAINTALK_INSIDE=$work unshare --user --map-root-user sh -c "$shut"' && exec bash "$0"' "$0" && exit 0 || exit $?
fi
made=$PLAINTALK_INSIDE/captures
lab restore 03 --student jo >"$work/session" 2>&1 || { cat "$work/session" >&2; fail 'the session'; }
contains "$work/session" 'only a recording is possible here'
contains "$work/session" "let your teacher play it for you ('plaintalk lab captures')"
lab check 03 >"$work/check" && fail 'a recording has no real TCP'
lab use 03 "$made/plaintalk-lab-03-jo.pcapng" >"$work/use"
contains "$work/use" 'It can answer 11 of the 11 questions'
contains "$work/use" 'Answers are marked from own-1.pcapng now'
# Somebody else's has other names in it.
lab use 03 "$made/plaintalk-lab-03-jane.doe.pcapng" >"$work/use"
grep -q 'can answer 11 of' "$work/use" && fail "somebody else's capture answers for jo"
lab captures 03 --student jo --out "$work/none" >"$work/refused" 2>&1 && fail 'captures without a private network'
contains "$work/refused" 'the session of jo was not played'
contains "$work/refused" 'no capture in a private network here'
[ -z "$(ls -A "$work/none")" ] || fail 'half a capture is left'
