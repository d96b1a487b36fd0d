# What the server records of itself, the analyzer reads back: exactly what the clients said, and to whom it went.
. "$(dirname "$0")/common.sh"
start_server --record "$work/own.pcapng"
client bob --bind 127.0.0.12 <<'END' &
/join #lab
/expect three, with "quotes", and commas
fourth: =1+1
/msg alice fifth, directly
END
other=$!
client alice --bind 127.0.0.11 <<'END' || fail "alice: $(cat "$work/alice.err")"
/join #lab
/members #lab 2
first
zweite Nachricht: grüß dich
three, with "quotes", and commas
/expect fifth, directly
END
wait "$other" || fail "bob: $(cat "$work/bob.err")"
stop_server
"$bin/plaintalk-analyze" "$work/own.pcapng" --out "$work/analysis" --quiet --no-html >/dev/null || fail 'the analyzer failed'
cat >"$work/expected" <<'END'
#lab 1 alice first
#lab 2 alice zweite Nachricht: grüß dich
#lab 3 alice three, with "quotes", and commas
#lab 4 bob fourth: =1+1
@alice,bob 1 bob fifth, directly
END
columns "$work/analysis/messages.csv" room seq sender text | tr '\t' ' ' | sort >"$work/found"
sort "$work/expected" | diff - "$work/found" || fail 'messages.csv is not what the clients said'
logged_deliveries "$work/server.jsonl" >"$work/logged"
seen_deliveries "$work/analysis" | diff "$work/logged" - || fail 'deliveries.csv differs from the server log'
[ -s "$work/logged" ] || fail 'the server logged no delivery'
