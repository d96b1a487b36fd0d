# Whatever a server says, the client ends with one line and a status, shows no control character, and writes no file.
. "$(dirname "$0")/common.sh"
greeting='PLAINTALK/1 evil caps=history,files line=4096 body=65536 chunk=16384 ping=30 :type HELP\n'
login='OK user=bob device=d token=t guest=1\n'
mkdir "$work/in"
faced_with() {  # printf-format
  printf "$1" >"$work/words"
  : >"$work/peer.out"
  "$bin/e2e_raw_server" "$work/words" >"$work/peer.out" &
  local peer=$! status=0
  pids+=("$peer")
  wait_for "$work/peer.out" 'ready: listening on '
  printf '/join #lab\nhello\n' >"$work/script"
  timeout 20 "$bin/plaintalk-client" "$(sed 's/.* //' "$work/peer.out")" --user bob --guest --no-retry --timeout 2 \
    --download-dir "$work/in" --script "$work/script" >"$work/out" 2>"$work/err" || status=$?
  kill -KILL "$peer"
  case $status in 1 | 3 | 4) ;; *) fail "status $status for: $1 ($(cat "$work/err"))" ;; esac
  [ -s "$work/err" ] || fail "no word of error for: $1"
  healthy "$work/err"
  ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$work/out" "$work/err" || fail "control characters for: $1"
}
faced_with ''
faced_with 'HTTP/1.1 400 Bad Request\r\n\r\n'
faced_with '220 mail.example ESMTP\r\n'
faced_with 'PLAINTALK/9 future :hello\n'
faced_with "$(head -c 20000 /dev/zero | tr '\0' A)"
faced_with '\x16\x03\x03\x00\x02\x02\x28'
faced_with "${greeting}ERR 402 BAD_LOGIN fatal=1 :\x1b[2Jno\n"
faced_with "${greeting}${login}MSG #lab 18446744073709551615 \x1b]0;x %%1b%%07 :\x1b[31mred\n"
faced_with "${greeting}${login}MSG #lab 1 eve 1 {9999999999}\n"
faced_with "${greeting}${login}DATA f 0 {4}\nevil\nDONE f 00\nFILE #lab 1 eve f 4 00 :../../escape\n"
faced_with "${greeting}${login}OK\nOK\nOK\nEND #lab last=x more=9\nPONG\nACK f 99999999999999999999999\nGAP #lab 5 1\n"
faced_with "${greeting}${login}BYE 409 REPLACED :\xff\xfe\n"
equal "$(find "$work/in" -type f | wc -l)" 0 'files written'
