# An analyzer that was started as root reads packets without root's rights: through sudo as the caller, else as root without capabilities.
. "$(dirname "$0")/common.sh"
[ "$(id -u)" = 0 ] || skip 'only root has rights to give up'
nobody=65534
awk -v id=$nobody '{ if (id >= $1 && id < $1 + $3) found = 1 } END { exit !found }' /proc/self/uid_map || skip "user $nobody does not exist in this namespace"
golden=$here/../golden
chmod 711 "$work"
mkdir -m 777 "$work/open"

# rights PID: its user and what it may do, as the kernel says
rights() { awk '/^Uid:/ { uid = $2 " " $3 " " $4 " " $5 } /^Cap(Inh|Prm|Eff|Bnd|Amb):/ { caps = caps " " $2 } /^NoNewPrivs:/ { new = $2 } END { print uid ":" caps ": " new }' "/proc/$1/status"; }
none=0000000000000000

# It waits for the first byte of a pipe: whatever it will read, it has given up its rights already.
# analyse_pipe OUT [NAME=VALUE...]: prints the rights that it reads with
analyse_pipe() {
  local out=$1 pid turn
  shift
  mkfifo "$work/pipe"
  chmod 666 "$work/pipe"
  env "$@" "$bin/plaintalk-analyze" "$work/pipe" --out "$out" --quiet 2>"$work/err" &
  pid=$!
  pids+=("$pid")
  # Opening for writing returns when it has opened for reading, which it does with the rights that are left.
  exec {pipe}>"$work/pipe"
  rights "$pid"
  cat "$golden/room-session.pcap" >&"$pipe"
  exec {pipe}>&-
  wait "$pid" || { cat "$work/err" >&2; fail "exit status $?"; }
  rm "$work/pipe"
}
analyse_pipe "$work/open/sudo" SUDO_UID=$nobody SUDO_GID=$nobody >"$work/rights"
equal "$(cat "$work/rights")" "$nobody $nobody $nobody $nobody: $none $none $none $none $none: 1" 'rights through sudo'
equal "$(stat -c %u "$work/open/sudo/messages.csv")" $nobody 'owner of the tables'
analyse_pipe "$work/open/root" -u SUDO_UID >"$work/rights"
equal "$(cat "$work/rights")" "0 0 0 0: $none $none $none $none $none: 1" 'rights of root itself'
cmp "$work/open/sudo/messages.csv" "$work/open/root/messages.csv"

# What only root may read is not read for others, and the message says why and what to do.
install -m 600 "$golden/room-session.pcap" "$work/open/roots.pcap"
status=0
SUDO_UID=$nobody SUDO_GID=$nobody "$bin/plaintalk-analyze" "$work/open/roots.pcap" --out "$work/open/other" 2>"$work/err" || status=$?
equal "$status" 1 'exit status without the right to read'
contains "$work/err" "root's rights were given up"
contains "$work/err" 'analyze - --out DIR'
[ ! -e "$work/open/other" ] || fail 'a folder was made'
