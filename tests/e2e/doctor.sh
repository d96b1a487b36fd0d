# The doctor answers for each thing and has a fix for each no; what it says of private networks is so.
. "$(dirname "$0")/common.sh"
status=0
"$bin/plaintalk-doctor" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -le 1 ] || fail "exit status $status: $(cat "$work/err")"
healthy "$work/err"
for subject in plaintalk-server 'live capture' 'private network' 'port 7777'; do contains "$work/out" "$subject"; done
equal "$(grep -cE '^(no |- ) ' "$work/out")" "$(grep -c '^     fix: ' "$work/out")" 'fixes'
[ "$status" = 1 ] || equal "$(grep -c '^no ' "$work/out")" 0 'answers of no with status 0'
status=0
"$bin/e2e_in_private_network" true >/dev/null || status=$?
if [ "$status" = 0 ]; then answer='yes'; else answer='[n-]'; fi
grep -q "^$answer *capture in a private network" "$work/out" || fail 'the answer about private networks is wrong'
