# A machine whose only interface besides loopback has a link-local IPv6 address and no IPv4: the server is there on loopback all the same.
. "$(dirname "$0")/common.sh"
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  command -v ip >/dev/null || skip 'ip (iproute2) is not installed'
  PLAINTALK_INSIDE=yes "$bin/e2e_in_private_network" bash "$0" && exit 0 || exit $?
fi
ip link add lan type veth peer name far 2>"$work/ip.err" || skip "no virtual interface here: $(cat "$work/ip.err")"
ip link set far up
ip link set lan up
for ((turn = 0; turn < 500; turn++)); do
  if ip -6 -o address show dev lan scope link | grep -q fe80; then break; fi
  sleep 0.02
done
ip -6 -o address show dev lan scope link | grep -q fe80 || skip 'the interface gets no link-local address: IPv6 is off'
start_server
printf "/quit\n" | client alice || fail "the client: $(cat "$work/alice.err")"
stop_server
"$bin/plaintalk-server" --listen localhost:0 >"$work/name.out" 2>"$work/name.err" &
pids+=($!)
wait_for "$work/name.out" 'ready: listening on '
contains "$work/name.out" '127.0.0.1:'
kill -TERM "${pids[-1]}"
wait "${pids[-1]}" || fail 'a server on a name does not end in order'
