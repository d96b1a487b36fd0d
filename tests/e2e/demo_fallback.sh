# Where neither a private network nor a capture is allowed, the demo takes the server's own record and says why.
. "$(dirname "$0")/common.sh"
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  # A user namespace in which no further namespace may be made, and which has no right over the machine's network.
  shut='echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces'
  why=$(unshare --user --map-root-user sh -c "$shut" 2>&1) || skip "cannot shut the gates for a test: $why"
  PLAINTALK_INSIDE=yes unshare --user --map-root-user sh -c "$shut"' && exec bash "$0"' "$0" && exit 0 || exit $?
fi
status=0
"$bin/plaintalk-demo" --mode namespace --out "$work/demo" >"$work/out" 2>"$work/err" || status=$?
equal "$status" 1 'exit status where the wanted way is impossible'
contains "$work/err" 'no capture in a private network here'
run_demo auto
contains "$work/story" '(record)'
contains "$work/story" 'not by private network: the limit of user namespaces is 0'
contains "$work/story" 'not by live capture: lo: no right'
