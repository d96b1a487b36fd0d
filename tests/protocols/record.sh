#!/bin/sh
# record.sh NAME OUT: plays the session NAME of chats.py in a network of its own and records it as OUT.pcap, with what was really
# said in OUT.said. Needs root (or unshare -rn), tcpdump, python3, and ngircd or nats-server for those.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$1
out=$2
unshare -n sh -eu -c '
  ip link set lo up mtu 1500
  tcpdump -i lo --immediate-mode -U -w "$2.all" tcp 2>/dev/null &
  recorder=$!
  sleep 1
  PYTHONIOENCODING=utf-8 python3 "$3/chats.py" "$1" >"$2.said"
  sleep 1
  sleep 1; kill -INT $recorder
  wait $recorder || true
' sh "$name" "$out" "$here"
mv "$out.all" "$out.pcap"
