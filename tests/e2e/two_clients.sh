# Two clients talk in a room and directly; each hears the other, and nobody else hears the direct message.
. "$(dirname "$0")/common.sh"
start_server
client dave <<'END' &
/join #lab
/expect goodbye all
END
watcher=$!
client bob <<'END' &
/join #lab
/members #lab 3
/expect from alice
Hello from bob.
/expect only for you
/msg alice Understood.
/expect goodbye all
END
other=$!
client alice <<'END' || fail "alice: $(cat "$work/alice.err")"
/join #lab
/members #lab 3
Hello from alice.
/expect Hello from bob
/msg bob This is only for you.
/expect Understood
goodbye all
END
wait "$other" || fail "bob: $(cat "$work/bob.err")"
wait "$watcher" || fail "dave: $(cat "$work/dave.err")"
contains "$work/dave.out" 'Hello from bob.'
lacks "$work/dave.out" 'only for you'
lacks "$work/dave.out" 'Understood'
stop_server
