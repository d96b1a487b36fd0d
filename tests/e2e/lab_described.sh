# Lab 11 as a student does it: the session, a check that says what is wrong with protocol.toml, one that becomes right, and what
# a teacher's marking makes of it. A description in a hand-in of another lab changes nothing.
source "$(dirname "$0")/common.sh"
labs=$(cd "$here/../../labs" && pwd)
command -v python3 >/dev/null || skip 'python3 is not installed'
export PLAINTALK_WORKSPACE=$work/labs PLAINTALK_COMMAND=plaintalk TMPDIR=$work
lab() { "$bin/plaintalk-lab" --labs "$labs" "$@"; }

lab solve 11 --student jo --reference "$here/../lab_reference/11" --keep "$work/kept" >"$work/solved" 2>&1 || {
  grep -qE 'no capture in a private network|only a recording' "$work/solved" && skip "no private network here: $(tail -n 1 "$work/solved")"
  cat "$work/solved" >&2
  fail 'the reference student'
}
contains "$work/solved" '13 of 13 questions solved'
# Without a description the capture of a student can be made, too; what needs one waits.
lab captures 11 --student jo --out "$work/captures" >"$work/made" 2>&1 || { cat "$work/made" >&2; fail 'a capture for jo'; }

lab use 11 "$work/kept/capture.pcapng" --student jo >"$work/use"
contains "$work/use" 'It can answer 1 of the 1 question that need no protocol.toml.'
key() { python3 -c 'import json,sys; print(next(q["accepted"][0] for q in json.load(open(sys.argv[1]))["questions"] if q["id"] == sys.argv[2]))' "$work/kept/keys.json" "$1"; }
for question in 1 2 3 4 5 6 7 8 9 10 11 12 13; do lab answer "11.$question" "$(key $question)" >/dev/null; done
lab check 11 >"$work/check" && fail 'nothing is described yet'
contains "$work/check" '11.1  right'
contains "$work/check" 'write protocol.toml in your folder'
own=$work/labs/11/protocol.toml
printf 'ports = [%s]\n[framing]\nby = "fixed"\nsize = 7\n' "$(key 1)" >"$own"
lab check 11.3 >"$work/check" && fail 'no such framing'
contains "$work/check" 'Your framing '
printf 'ports = [\n' >"$own"
lab check 11 >"$work/check" 2>&1 && fail 'no TOML at all'
contains "$work/check" 'protocol.toml:'
sed '/is = "refused"/s/refused/nothing/' "$work/kept/protocol.toml" >"$own"
lab check 11.5 >"$work/check" && fail 'nobody is refused'
contains "$work/check" 'which verb is accepted, and which refused?'
cp "$work/kept/protocol.toml" "$own"
lab check 11 >"$work/check" && fail 'the free text is open'
contains "$work/check" '13 of 13 right'
lab analyze 11 --quiet --no-html >"$work/analyze" 2>&1 || { cat "$work/analyze" >&2; fail 'the tables'; }
contains "$work/labs/11/own-1-analysis/connections.csv" ',protocol,'
lab pack 11 >/dev/null

# Marked again by the teacher, from the packets and the description.
mkdir "$work/in"
cp "$work/labs/11/plaintalk-lab-11-jo.zip" "$work/in/"
lab grade "$work/in" --out "$work/marks" >"$work/graded" 2>&1 || { cat "$work/graded" >&2; fail grade; }
equal "$(grep -c ',right,' "$work/marks/evidence.csv")" 13 'right answers'
# Another lab's hand-in with a description that makes things up is marked as if it were not there.
lab solve 01 --student jo --keep "$work/first" >"$work/solved" 2>&1
mkdir "$work/in2" "$work/in2/a"
cp "$work/first/capture.pcapng" "$work/in2/a/"
printf '{"lab": "01", "student": "jo", "capture": "capture.pcapng"}' >"$work/in2/a/lab.json"
python3 -c 'import json,sys; [print("01." + q["id"] + ": " + q["accepted"][0]) for q in json.load(open(sys.argv[1]))["questions"] if q.get("accepted")]' \
  "$work/first/keys.json" >"$work/in2/a/answers.txt"
printf 'ports = [7777]\n' >"$work/in2/a/protocol.toml"
lab grade "$work/in2" --out "$work/marks2" >"$work/graded" 2>&1 || { cat "$work/graded" >&2; fail 'grade of lab 01'; }
equal "$(grep -c ',right,' "$work/marks2/evidence.csv")" "$(wc -l <"$work/in2/a/answers.txt")" 'right answers of lab 01'
