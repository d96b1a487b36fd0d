# Nobody is stuck: what comes before a step of the sheet is played, and the student goes on from there in the same session.
source "$(dirname "$0")/common.sh"
labs=$(cd "$here/../../labs" && pwd)
export PLAINTALK_WORKSPACE=$work/labs PLAINTALK_COMMAND=plaintalk TMPDIR=$work TERM=dumb
lab() { "$bin/plaintalk-lab" --labs "$labs" "$@"; }

# The last step is the student's: each says its line, and waits for what the sheet says.
take_over() {  # lab step line what-comes-then
  local story=$work/story-$1
  { if [ -n "$3" ]; then printf '%s\n' "$3"; wait_for "$story" "$4"; fi; } |
    lab restore "$1" --stage "$2" --student 'late.bird' >"$story" 2>&1 || { cat "$story" >&2; fail "lab $1 from step $2"; }
  contains "$story" "Steps 1 to $(($2 - 1)) are played for you"
  contains "$story" "with step $2 of the sheet"
  grep -q 'by private network' "$story" && return  # a recording answers less
  lab use "$1" "$work/labs/$1/session-1.pcapng" >"$work/use"
  grep -qE 'can answer ([0-9]+) of the \1 questions' "$work/use" || { cat "$work/use" "$story" >&2; fail "lab $1 from step $2 answers less"; }
}
take_over 01 5 'Goodbye!' 'See you'
take_over 02 7 'Goodbye!' 'See you'
take_over 03 4 '' ''
take_over 12 5 'Goodbye everybody.' 'Meeting closed'

# In the middle of lab 02 the programs of later steps are the student's to run.
lab restore 02 --stage 5 </dev/null >"$work/story" 2>&1 || { cat "$work/story" >&2; fail 'lab 02 from step 5'; }
lab use 02 "$work/labs/02/session-2.pcapng" >"$work/use"
grep -q 'by private network' "$work/story" || contains "$work/use" 'can answer 6 of the 13 questions'

# At the beginning, after the session, and where there is no step.
printf '/quit\n' | lab restore 01 --stage 1 >"$work/story" 2>&1 || { cat "$work/story" >&2; fail 'from the beginning'; }
contains "$work/story" 'The worksheet, in another terminal: plaintalk lab read 01'
lab restore 01 --stage 6 >"$work/story" 2>&1 || { cat "$work/story" >&2; fail 'with the session over'; }
contains "$work/story" 'A session is played for you'
lab restore 02 --stage 4 >"$work/story" 2>&1 && fail 'lab 02 has no step 4 to begin at'
contains "$work/story" 'only at 1, 2, 5, 6, 7'
lab restore 01 --stage 7 >"$work/story" 2>&1 && fail 'lab 01 has no step 7'
contains "$work/story" 'cannot be taken up at step 7'
status=0
lab restore 01 --stage x >"$work/story" 2>&1 || status=$?
equal "$status" 2 'status of a stage that is no number'
equal "$(ls "$work/labs/01" | grep -c '^session-')" 3 'captures: none takes the place of another'

# Lab 10 plays what the student wrote: when that does not do its task, it says so as soon as that is known.
if command -v python3 >/dev/null; then
  export PYTHONDONTWRITEBYTECODE=1
  for program in client guests; do  # first nothing is mended, then only the client, which leaves the server
    status=0
    lab restore 10 --student 'late.bird' >"$work/story" 2>&1 || status=$?
    equal "$status" 1 "status while the $program cannot do it"
    contains "$work/story" "! $program failed: "
    contains "$work/story" 'one of them does not do its task yet'
    lacks "$work/story" 'within 120 s'
    cp "$here/../lab_reference/10/client.py" "$work/labs/10/"
  done
fi
