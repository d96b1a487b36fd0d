# When a part of the demo fails, it says which in one line, ends with status 1, and leaves no process behind.
. "$(dirname "$0")/common.sh"
mkdir "$work/bin"
cp "$bin/plaintalk-demo" "$work/bin/"  # it looks for the others beside itself: here, they are ours
program() { cat >"$work/bin/plaintalk-$1"; chmod +x "$work/bin/plaintalk-$1"; }
demo() {  # expected text of the error
  local status=0
  timeout 60 "$work/bin/plaintalk-demo" --mode record --out "$work/demo" >"$work/out" 2>"$work/err" || status=$?
  equal "$status" 1 'exit status'
  equal "$(grep -c '^plaintalk-demo: ' "$work/err")" 1 'lines of error'
  grep '^plaintalk-demo: ' "$work/err" >"$work/line"
  contains "$work/line" "$1"
  for file in "$work"/*.pid; do
    [ ! -e "$file" ] || ! kill -0 "$(cat "$file")" 2>/dev/null || fail "a process is left of $file"
  done
}
program server <<<$'#!/bin/sh\necho no luck today >&2\nexit 1'
demo 'no luck today'
contains "$work/line" 'server.log'
program server <<END
#!/bin/sh
echo \$\$ >"$work/server.pid"
echo 'ready: listening on 127.0.0.1:1'
exec sleep 100
END
program client <<END
#!/bin/sh
case "\$*" in *--register*) exit 0 ;; *bob*) echo 'the hall is closed' >&2; exit 3 ;; esac
echo \$\$ >"$work/client-\$\$.pid"
exec sleep 100
END
demo 'the hall is closed'
contains "$work/line" 'client-bob.log'
rm "$work/bin/plaintalk-client"
PATH=/usr/bin:/bin demo 'cannot find the program plaintalk-client'
echo mine >"$work/demo/.keep" && rm "$work/demo/.plaintalk-demo"
demo 'not from a demo'
contains "$work/demo/.keep" mine
