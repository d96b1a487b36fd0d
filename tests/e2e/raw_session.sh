# A person with netcat can hold a whole session: the protocol is readable and every command is answered.
. "$(dirname "$0")/common.sh"
start_server
hello
[[ $line == PLAINTALK/1\ * ]] || fail "the greeting is '$line'"
tell 'SAY #lab :too early'
hear && [[ $line == 'ERR 401 LOGIN_FIRST'* ]] || fail "before login: '$line'"
tell 'login carol device=shell'
hear && [[ $line == 'OK user=carol device=shell token='*' guest=1'* ]] || fail "login: '$line'"
tell 'JOIN #lab'
hear_until 'OK' && [[ $line == *'room=#lab members=1 last=0'* ]] || fail "join: '$line'"
tell 'SAY #lab id=a1 :Hello, wire'
heard=
for _ in 1 2 3; do
  hear
  heard+="$line;"
  if [[ $heard == *OK* && $heard == *MSG* ]]; then break; fi
done
[[ $heard == *'OK id=a1 seq=1 at='* ]] || fail "no OK for the message: $heard"
[[ $heard == *'MSG #lab 1 carol '*' :Hello, wire'* ]] || fail "no copy of the message: $heard"
tell 'SAY #lab id=a1 :Hello, wire'
hear_until 'OK' && [[ $line == *'seq=1 '*'dup=1'* ]] || fail "the repeat: '$line'"
tell 'SAY #lab id=a1 :Something else'
hear && [[ $line == 'ERR 409 ID_REUSED'* ]] || fail "the reused id: '$line'"
tell 'DANCE now'
hear && [[ $line == 'ERR 501 UNKNOWN_VERB'* ]] || fail "the unknown verb: '$line'"
tell 'HISTORY #lab after=0'
hear && [[ $line == 'MSG #lab 1 carol '*' :Hello, wire'* ]] || fail "history: '$line'"
hear && [[ $line == 'END #lab last=1 more=0 oldest=1'* ]] || fail "end of history: '$line'"
printf 'PING :one\r\nPI' >&5
hear && equal "$line" 'PONG :one' 'the answer to PING with CR LF'
printf 'NG :cut in two\n' >&5
hear && equal "$line" 'PONG :cut in two' 'the answer to a line that came in two pieces'
tell 'QUIT :bye'
hear && [[ $line == BYE* ]] || fail "quit: '$line'"
! IFS= read -r -t 20 line <&5 || fail "after BYE came '$line'"
hang_up
stop_server
