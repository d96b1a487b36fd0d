# How late the live view is: from the time of a packet to its line at a WebSocket client, over real packets on loopback in a network
# namespace of our own. Reports and never gates. By hand:
#   PLAINTALK_BIN=build/release/bin bash tests/bench/live_latency.sh [MESSAGES-A-SECOND [SECONDS]]
# 1,000 messages a second to rooms of four are about 10,000 packets a second.
. "$(dirname "$0")/../e2e/common.sh"
if [ -z "${PLAINTALK_INSIDE:-}" ]; then
  PLAINTALK_INSIDE=yes "$bin/e2e_in_private_network" bash "$0" "$@" && exit 0 || exit $?
fi
rate=${1:-1000} seconds=${2:-20}
start_server --unlimited-rate
measure() {  # browsers that read, browsers that never read, further words for the analyzer
  local readers=$1 idle=$2 view
  shift 2
  rm -f "$work/err"
  "$bin/plaintalk-analyze" --live lo --port "$port" --web 0 --quiet --out "$work/analysis" "$@" >"$work/out" 2>"$work/err" &
  local live=$!
  pids+=("$live")
  wait_for "$work/err" 'live view: http:'
  view=$(sed -n 's/^live view: //p' "$work/err")
  "$bin/plaintalk-bench" --target plaintalk "$address" --workload paced --rooms 1 --members 4 --publishers 4 --size 100 \
    --rate "$rate" --messages $((rate * seconds)) >"$work/bench" 2>&1 &
  local bench=$!
  pids+=("$bench")
  python3 "$(dirname "$0")/live_latency.py" "$view" "$readers" "$idle" "$((seconds - 4))" "$live" || cat "$work/err" "$work/bench"
  wait "$bench" || cat "$work/bench"
  kill -INT "$live"
  wait "$live" || cat "$work/err"
  rm -rf "$work/analysis"
}
echo "$rate messages a second to a room of four, $seconds s each; $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
measure 1 0
measure 10 0
measure 10 1
measure 1 0 --write-every 0
