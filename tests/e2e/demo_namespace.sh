# The whole demo with --mode namespace: it tells its story in under 40 lines and its two witnesses agree.
. "$(dirname "$0")/common.sh"
run_demo namespace
# On a wire of its own it is an Ethernet: addresses of its own, an MSS of 1460, and no longer segments than that.
grep -q 'a wire of a network of our own' "$work/story" || skip "no wire here: $(grep '^  not by' "$work/story" || true)"
ends() { columns "$work/demo/analysis/connections.csv" "$@"; }
equal "$(ends client_mss server_mss | sort -u)" $'1460\t1460' 'MSS of the SYNs'
equal "$(ends client_segment_max server_segment_max | tr '\t' '\n' | sort -n | tail -n 1)" 1448 'longest segment'
equal "$(ends server_address | sort -u)" 10.0.0.1 'address of the server'
