# A file arrives byte for byte; a name that tries to leave the download folder does not.
. "$(dirname "$0")/common.sh"
start_server
head -c 300007 /dev/urandom >"$work/sent.bin"
mkdir "$work/in" "$work/in/deep"
downloads=$work/in/deep
client bob <<'END' &
/join #lab
/expect sent.bin
/get sent.bin
got it
END
receiver=$!
client alice <<END || fail "alice: $(cat "$work/alice.err")"
/join #lab
/members #lab 2
/send $work/sent.bin
/expect got it
END
wait "$receiver" || fail "bob: $(cat "$work/bob.err")"
cmp "$work/sent.bin" "$work/in/deep/sent.bin" || fail 'the received file differs'

sum=$(printf 'evil' | sha256sum | cut -d' ' -f1)
hello
tell 'LOGIN mallory device=m'
tell 'JOIN #lab'
tell "PUT ..%2F..%2Fescape.txt 4 sha256=$sum to=#lab"
hear_until 'OK file=' && file=${line#OK file=} && file=${file%% *}
printf 'DATA %s 0 {4}\nevil\nDONE %s\n' "$file" "$file" >&5
hear_until 'FILE #lab'
client carol <<END || fail "carol: $(cat "$work/carol.err")"
/join #lab
/get $file
END
hang_up
equal "$(find "$work" -maxdepth 2 -name "*escape*" | wc -l)" 0 'files outside the download folder'
equal "$(grep -lx evil -r "$work/in/deep" | wc -l)" 1 'copies of the file with the hostile name'
stop_server
