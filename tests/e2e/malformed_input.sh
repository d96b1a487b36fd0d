# Whatever a stranger sends, the server answers as docs/PROTOCOL.md says, stays alive, and is clean under its sanitizers.
. "$(dirname "$0")/common.sh"
start_server
answered() { bytes "$1"; contains "$work/answer" "$2"; }
answered 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' 'ERR 451 NOT_PLAINTALK fatal=1'
answered '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' 'ERR 451 NOT_PLAINTALK fatal=1'
answered '\xef\xbb\xbfLOGIN bob\nQUIT\n' 'ERR 451 NOT_PLAINTALK fatal=1'
answered 'LOGIN bob device=d\nSAY #lab {99999999}\n' 'fatal=1'
answered 'LOGIN bob device=d\nSAY #lab {0x10}\n' 'ERR 400 SYNTAX'
answered 'LOGIN bob device=d\nJOIN #lab\nSAY #lab {2}\nhixxx\n' 'fatal=1'
answered '\x00\x01\x02\x03 garbage\nQUIT\n' 'ERR 400 SYNTAX'
answered 'SAY %%zz\nQUIT\n' 'ERR 400 SYNTAX'
answered '!!! not a verb\nQUIT\n' 'ERR 400 SYNTAX'
answered 'LOGIN bob device=d\nJOIN #lab\nSAY #lab :\xff\xfe\nQUIT\n' 'ERR 415 NOT_UTF8'
answered 'LOGIN bob device=d\nJOIN #lab\nSAY #lab :a\x00b\nQUIT\n' 'ERR 400 SYNTAX'
answered "LOGIN bob device=d\nJOIN #lab\nSAY #lab {70000}\n$(head -c 70000 /dev/zero | tr '\0' z)\nQUIT\n" 'ERR 413 TOO_LARGE'
answered "LOGIN bob device=d\nPING $(printf 'x %.0s' {1..40})\nQUIT\n" 'ERR 400 SYNTAX'
answered "LOGIN bob device=d\nPING :$(head -c 9000 /dev/zero | tr '\0' y)\nQUIT\n" 'ERR 431 LINE_TOO_LONG'
answered 'LOGIN ../../etc/passwd\nLOGIN -\nQUIT\n' 'ERR 400 SYNTAX'
answered 'LOGIN bob device=d\nSAY @nobody :hi\nGET zzz\nJOIN lab\nJOIN #%%2e%%2e\nHISTORY #secret\nQUIT\n' 'BYE'
answered 'LOGIN bob device=d\nPUT x 99999999999999999999 sha256=1 to=#lab\nDATA f 5 {3}\nabc\nACK\nDONE\nCREDIT f -1\nQUIT\n' 'BYE'
head -c 200000 /dev/urandom >"$work/noise"
for size in 1 7 100 4097 200000; do  # half frames and noise, then the stranger simply leaves
  hello
  head -c "$size" "$work/noise" >&5 2>/dev/null || true
  hang_up
  hello
  printf 'LOGIN eve device=d\nJOIN #lab\nSAY #lab {500}\n%.*s' "$size" 'half a body' >&5 2>/dev/null || true
  hang_up
done
hello
tell 'LOGIN honest device=d'
hear && [[ $line == 'OK user=honest'* ]] || fail "after all that, a login is answered: '$line'"
hang_up
stop_server
