# A student's way through lab 01, as it is typed: begin, answer, be told what is wrong, hand in; and the teacher's mark.
# What the session was really about is known from the transcript, not from the analysis.
# As an ordinary user and, where that can be had, on a machine without any network.
source "$(dirname "$0")/common.sh"
as_ordinary_user
if [ "${PLAINTALK_ALONE:-}" = '' ] && unshare -rn true 2>/dev/null; then
  PLAINTALK_ALONE=$work unshare -rn bash "$0" && exit 0 || exit $?
fi
labs=$(cd "$(dirname "$0")/../../labs" && pwd)
export PLAINTALK_WORKSPACE=$work/labs PLAINTALK_COMMAND=plaintalk TMPDIR=$work
lab() { "$bin/plaintalk-lab" --labs "$labs" "$@"; }

lab read 01 --width 40 >"$work/sheet"
awk 'length > 40 && !/plaintalk lab/' "$work/sheet" >"$work/wide"  # a command stays in one piece
[ ! -s "$work/wide" ] || fail "lines longer than 40 columns: $(cat "$work/wide")"
lab check 01 2>"$work/none" && fail "there is nothing to check yet"
contains "$work/none" "lab start 01 --student YOUR-ID"

lab start 01 --student 'a b' 2>"$work/id" && fail "this is no id"
contains "$work/id" "a student id has letters"
begun=$(date +%s)
lab restore 01 --student Jane.Doe >"$work/session" 2>&1 || { cat "$work/session" >&2; fail "the session"; }
folder=$work/labs/01
[ -e "$folder/session-1.pcapng" ] || fail "no capture"

# The truth, as the student saw it.
room=$(sed -nE 's/^\* joined (#[a-z]+):.*/\1/p' "$work/session")
host=$(sed -nE "s/^\[$room [0-9]+\] ([a-z]+): Welcome.*/\1/p" "$work/session")
code=$(sed -nE 's/.*door code is ([0-9]+)\..*/\1/p' "$work/session")
secret=$(sed -nE 's/.*change the code to ([a-z-]+) tonight.*/\1/p' "$work/session")
welcome=$(sed -nE "s/^\[$room [0-9]+\] $host: (Welcome.*)/\1/p" "$work/session")
speakers=$(sed -nE "s/^\[$room [0-9]+\] ([a-z]+):.*/\1/p" "$work/session" | sort -u | paste -sd,)
[ -n "$code" ] && [ -n "$secret" ] || { cat "$work/session" >&2; fail "the session says neither code nor secret"; }

lab answer 01.11 "$secret"
lab answer 1.7 "${#welcome} bytes"
# What follows the question is the answer, also when it looks like an option.
answered() { equal "$(lab answer "$@")" "01.4: $want" "answer $*"; }
want=-5 answered 01.4 -5
want='-0x5 bytes  (before: -5)' answered 01.4 -0x5 bytes
want='--help me  (before: -0x5 bytes)' answered --workspace "$PLAINTALK_WORKSPACE" 01.4 --help me
want='--  (before: --help me)' answered 01.4 --
want='--labs x  (before: --)' answered 01.4 -- --labs x
want='list  (before: --labs x)' answered 01.4 list --workspace "$PLAINTALK_WORKSPACE"
want='-- -h  (before: list)' answered 01.4 -- -- -h
lab answer 01.4 2>"$work/none" && fail 'there is no answer'
contains "$work/none" 'there is no answer behind the question'
lab answer 01.4 --help >"$work/help"
contains "$work/help" 'What follows QUESTION is the answer'
sed -i 's/^01\.4:.*/01.4:/' "$folder/answers.txt"
printf '01.9: %s\n01.6: 2\n01.12: It can be read in the packets.\n' "$speakers" >>"$folder/answers.txt"
lab check 01 >"$work/check" && fail "not everything is right"
[ $(($(date +%s) - begun)) -le 60 ] || fail "more than a minute until the first marked answer"
for question in 01.11 01.7 01.9; do contains "$work/check" "$question  right"; done
contains "$work/check" "01.6  not yet: 2"
contains "$work/check" "the server sends the message back to the one who wrote it"
contains "$work/check" "frame.number == "
contains "$work/check" "01.12  for your teacher"
lab check 01.7 >"$work/one"
equal "$(grep -c '^01\.' "$work/one")" 1 "questions of a check of one"
lab hint 01.1 >"$work/hint"
contains "$work/hint" "Hint 1 of 3"

# No answer lies in the student's folder: neither the key nor what the others' scripts say.
grep -rlF -- "$secret" "$folder" | grep -v 'answers.txt\|tries.jsonl\|session-1.pcapng\|report-1.md' && fail "the secret lies in the folder"
lab report 01 >/dev/null
contains "$folder/report-1.md" "$host"
contains "$folder/report-1.md" "> It can be read in the packets."
contains "$folder/report-1.md" '](report-1-timeline.svg)'
contains "$folder/report-1-timeline.svg" '<title>The whole capture'
lab pack 01 >"$work/pack"
[ -e "$folder/plaintalk-lab-01-jane.doe.zip" ] || fail "no hand-in"
lab pack 01 >"$work/pack"
[ -e "$folder/plaintalk-lab-01-jane.doe-1.zip" ] || fail "a second hand-in takes the place of the first"

# A capture that counts and is gone is said to be, by each command that needs it.
mv "$folder/session-1.pcapng" "$work/aside"
for command in check pack report analyze; do
  lab $command 01 >"$work/gone" 2>&1 && fail "lab $command without the capture"
  contains "$work/gone" "session-1.pcapng is not there any more: plaintalk lab start 01"
done
mv "$work/aside" "$folder/session-1.pcapng"

# Somebody else's capture is not theirs.
lab use 01 "$folder/session-1.pcapng" --student thief --workspace "$work/thief" >"$work/use"
cp "$folder/answers.txt" "$work/thief/01/"
lab pack 01 --workspace "$work/thief" >/dev/null

# The teacher: a whole one, a stolen one, and what was made to harm.
mkdir "$work/hand-ins" && cp "$folder/plaintalk-lab-01-jane.doe.zip" "$work/hand-ins/Jane Doe_17_assignsubmission_file_a.zip"
cp "$work/thief/01/"*.zip "$work/hand-ins/"
head -c 3000 "$folder/plaintalk-lab-01-jane.doe.zip" >"$work/hand-ins/cut.zip"
mkdir "$work/hand-ins/sparse" && printf '{"lab":"01","student":"big","capture":"x.pcap"}' >"$work/hand-ins/sparse/lab.json"
truncate -s 4G "$work/hand-ins/sparse/x.pcap"
mkdir "$work/hand-ins/noise" && printf '{"lab":"01","student":"noise","capture":"x.pcap"}' >"$work/hand-ins/noise/lab.json"
head -c 50000 /dev/zero | tr '\0' 'x' >"$work/hand-ins/noise/x.pcap"
printf 'id,name,email\njane.doe,"=1+1",j@x.example\nthief,T,t@x.example\n' >"$work/roster.csv"
lab grade "$work/hand-ins" --roster "$work/roster.csv" --out "$work/marks" >"$work/grade"
contains "$work/grade" "4 of them could not be marked"
contains "$work/marks/evidence.csv" "not of this student's session"
contains "$work/marks/evidence.csv" "larger than 64 MiB"
contains "$work/marks/moodle.csv" "jane.doe,\"'=1+1\","
equal "$(grep -c '^jane.doe,01,01.*,right,' "$work/marks/evidence.csv")" 3 "right answers in the evidence"
contains "$work/marks/free-text.md" "It can be read in the packets."
cp -r "$work/marks" "$work/before"
lab grade "$work/hand-ins" --roster "$work/roster.csv" --out "$work/marks" --compare "$work/before" >/dev/null
diff -r -x changes.csv "$work/before" "$work/marks" || fail "the same hand-ins, other marks"
equal "$(wc -l <"$work/marks/changes.csv")" 1 "lines of a comparison with the same"

# Questions to ask in person: three, each about another question, first what the student confused.
lab viva jane.doe "$work/hand-ins" >"$work/viva"
equal "$(grep -cE '^[123]\. \(01\.' "$work/viva")" 3 "oral questions"
contains "$work/viva" "1. (01.6) "
contains "$work/viva" "You answered 2."
equal "$(grep -oE '^[123]\. \(01\.[0-9]+\)' "$work/viva" | cut -d'(' -f2 | sort -u | wc -l)" 3 "questions that they are about"
equal "$(grep -c '^   Expect: ' "$work/viva")" 3 "what is expected"
packets=$(sed -nE 's/^   Packet ([0-9]+) .*/\1/p' "$work/viva")
[ -n "$packets" ] || fail "no packet to look at"
captured=$("$PLAINTALK_BIN/plaintalk-analyze" --out "$work/all" "$folder/session-1.pcapng" | sed -nE 's/^([0-9]+) packets.*/\1/p')
for packet in $packets; do [ "$packet" -ge 1 ] && [ "$packet" -le "$captured" ] || fail "packet $packet of $captured"; done
lab viva jane.doe "$work/hand-ins" | cmp - "$work/viva" || fail "other questions the second time"
lab viva thief "$work/hand-ins" >"$work/none" 2>&1 && fail "questions about a stolen capture"
contains "$work/none" "not of this student's session"
lab viva nobody "$work/hand-ins" 2>"$work/none" && fail "questions to nobody"
contains "$work/none" "there is no hand-in of nobody in"
