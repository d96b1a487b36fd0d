# Lab 10 as a student does it: the stage in one terminal, programs in others. As they are given they do not solve it, and
# the tool says so; mended, each question is right. As an ordinary user.
. "$(dirname "$0")/common.sh"
as_ordinary_user
command -v python3 >/dev/null || skip 'there is no python3'
root=$(cd "$(dirname "$0")/../.." && pwd)
export PLAINTALK_WORKSPACE=$work/labs TMPDIR=$work HOME=$work PATH=$bin:$PATH PYTHONDONTWRITEBYTECODE=1
lab() { "$bin/plaintalk-lab" --labs "$root/labs" "$@"; }
printf '/expect the tests are over\n' >"$work/student"
begin() { "$@" & pids+=($!); }  # a program itself, not a shell that waits for it
begin "$bin/plaintalk-lab" --labs "$root/labs" start 10 --student jo --script "$work/student" >"$work/stage" 2>&1
wait_for "$work/stage" '* connected to'
folder=$work/labs/10
cd "$folder"
me=$(sed -nE 's/^\* connected to .* as ([a-z]+).*/\1/p' "$work/stage")
in_stage() { lab shell 10 "$@"; }
# The state is written when the others have come.
for ((turn = 0; turn < 500; turn++)); do in_stage true 2>/dev/null && break; sleep 0.02; done

status=0
in_stage python3 client.py >"$work/client" 2>&1 || status=$?
[ "$status" != 0 ] || fail "the client does it as it is given: $(cat "$work/client")"
contains "$work/client" 'timed out'
cp "$root/tests/lab_reference/10/client.py" client.py
# Half of it mended: the length is still that of the characters.
sed 's/octets = body.encode()/octets = body.encode(); count = len(body)/; s/% len(octets)/% count/' client.py >half.py
status=0
in_stage python3 half.py >"$work/half" 2>&1 || status=$?
[ "$status" != 0 ] || fail 'characters are taken for octets'
contains "$work/half" 'is N the number of bytes?'
in_stage python3 client.py

begin "$bin/plaintalk-lab" --labs "$root/labs" shell 10 --server python3 -u server.py >"$work/server.out" 2>&1
wait_for "$work/server.out" 'listening on'
status=0
in_stage python3 try_server.py >"$work/guests" 2>&1 || status=$?
equal "$status" 1 "status of the guests ($(cat "$work/guests"))"
kill "${pids[-1]}" 2>/dev/null || true
wait "${pids[-1]}" 2>/dev/null || true
cp "$root/tests/lab_reference/10/server.py" server.py
begin "$bin/plaintalk-lab" --labs "$root/labs" shell 10 --server python3 server.py >"$work/server.out" 2>&1
wait_for "$work/server.out" 'listening on'
in_stage python3 try_server.py >"$work/guests" 2>&1 || fail "the guests: $(cat "$work/guests")"
contains "$work/guests" 'the listener got all'
printf '/msg @%s the tests are over\n' "$me" | in_stage plaintalk-client --user judge --guest --script - >"$work/judge"
wait "${pids[0]}" || { cat "$work/stage" >&2; fail 'the stage'; }
grep -q 'a wire of a network of our own' "$work/stage" || skip "no wire here: $(grep '^not by' "$work/stage" || true)"

# What is right comes from the packets: here from what the programs printed and the files say.
lab answer 10.5 "$(python3 -c 'print(len("echo: ".encode()))')" >/dev/null
lab check 10.5 >"$work/check" || true
contains "$work/check" '10.5  not yet'
bytes=$(sed -nE 's/.*whole: ([0-9]+) bytes/\1/p' "$work/guests")
lab answer 10.10 "$bytes" >/dev/null
lab check 10.10 >"$work/check" || { cat "$work/check" >&2; fail 'the bytes to the listener'; }
contains "$work/check" "10.10  right: $bytes"
lab pack 10 >/dev/null
grep -rl 'what client.py of the lab becomes' "$folder" >"$work/solutions" || true
equal "$(grep -v '/client.py$\|/half.py$' "$work/solutions" || true)" '' 'files with a solution that nobody put there'
