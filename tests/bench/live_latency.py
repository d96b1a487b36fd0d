"""ADDRESS READERS IDLE SECONDS PID: watches a live view with some clients that read and some that never do, and prints how late lines
came to one of them: now minus the time of the packet with the first copy, on the same machine's clock."""
import json
import os
import selectors
import socket
import sys
import time
import urllib.parse

WARM_UP_S = 2


def connect(address):
    where = urllib.parse.urlsplit(address)
    connection = socket.create_connection((where.hostname, where.port), timeout=20)
    connection.sendall((f"GET {where.path}events HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1 << 16)
    assert b" 101 " in answer, answer
    connection.setblocking(False)
    return connection, bytearray(answer.split(b"\r\n\r\n", 1)[1])


def frames(data):
    """Takes whole text frames off the front."""
    while len(data) >= 2:
        size, start = data[1] & 127, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(data) < start:
                return
            size = int.from_bytes(data[2:start], "big")
        if len(data) < start + size:
            return
        kind, body = data[0] & 15, bytes(data[start:start + size])
        del data[:start + size]
        if kind == 1:
            yield body


def cpu_s(process):
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    address, readers, idle, seconds, process = sys.argv[1], *map(int, sys.argv[2:])
    sleepers = [connect(address) for _ in range(idle)]
    selector = selectors.DefaultSelector()
    for number in range(readers):
        connection, data = connect(address)
        selector.register(connection, selectors.EVENT_READ, data if number == 0 else None)
    late, seen, left_out, pieces = [], set(), 0, 0
    packets = {}
    begin = time.time() + WARM_UP_S
    end = begin + seconds
    cpu_before = None
    while time.time() < end:
        if cpu_before is None and time.time() >= begin:
            cpu_before = cpu_s(process)
        for key, _ in selector.select(0.1):
            block = key.fileobj.recv(1 << 20)
            now = time.time()
            if not block:
                raise SystemExit("a connection has ended")
            if key.data is None:
                continue
            key.data.extend(block)
            for body in frames(key.data):
                update = json.loads(body)
                if "totals" in update:
                    packets.setdefault("first", (now, update["totals"]["packets"]))
                    packets["last"] = (now, update["totals"]["packets"])
                if now < begin:
                    seen.update(line["id"] for line in update["entries"])
                    continue
                pieces += 1
                left_out += update["left_out"]
                for line in update["entries"]:
                    if line["kind"] == "message" and line["id"] not in seen:
                        seen.add(line["id"])
                        # A server that is busy answers late; the line is known with the first copy.
                        first_copy = min((copy["latency"] or 0 for copy in line["copies"]), default=0)
                        late.append(now * 1000 - line["time"] - first_copy)
    cpu = (cpu_s(process) - cpu_before) / seconds * 100
    late.sort()
    (from_time, from_count), (to_time, to_count) = packets["first"], packets["last"]
    at = lambda part: late[min(int(len(late) * part), len(late) - 1)]
    print(f"{readers} reading, {len(sleepers)} never: {len(late)} lines, {left_out} left out; p50 {at(.5):.0f} ms, p95 {at(.95):.0f} ms, "
          f"p99 {at(.99):.0f} ms, most {late[-1]:.0f} ms; {(to_count - from_count) / (to_time - from_time):.0f} packets/s; "
          f"{pieces / seconds:.0f} pieces/s; the analyzer's processor {cpu:.0f} %", flush=True)


main()
