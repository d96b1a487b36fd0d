"""Reads the events of a live view, with nothing but sockets: ADDRESS OUT LAST. Writes what it is told as lines; ends when the message LAST
has been delivered to everybody whom its line names, and the drops are known."""
import base64
import json
import os
import socket
import struct
import sys
import urllib.parse


class Events:
    """A WebSocket (RFC 6455) as far as a reader needs it."""

    def __init__(self, address):
        where = urllib.parse.urlsplit(address)
        self.socket = socket.create_connection((where.hostname, where.port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET {where.path}events HTTP/1.1\r\nHost: {where.netloc}\r\nOrigin: http://{where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline()
        assert b" 101 " in status, status
        while self.stream.readline().strip():
            pass

    def __iter__(self):
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return
            size = head[1] & 127
            if size == 126:
                size, = struct.unpack("!H", self.stream.read(2))
            elif size == 127:
                size, = struct.unpack("!Q", self.stream.read(8))
            body = self.stream.read(size)
            if head[0] & 15 == 8:
                return
            if head[0] & 15 == 1:
                yield json.loads(body)


def main():
    address, out, last = sys.argv[1:]
    lines = {}
    drops = None
    with open(out, "w", encoding="utf-8") as events:
        print("connected", file=events, flush=True)
        for update in Events(address):
            for line in update["entries"]:
                lines[line["id"]] = line
            if "totals" in update and update["totals"]["kernel_drops"] is not None:
                drops = update["totals"]["kernel_drops"] + update["totals"]["interface_drops"]
            ends = [line for line in lines.values() if line.get("text") == last]
            if drops is not None and ends and ends[0]["copy_count"] == 2:
                break
        for line in lines.values():
            print("text", line.get("text", ""), file=events)
            for copy in line.get("copies", []):
                print("copy", line["room"], line["seq"], copy["who"], file=events)
        print("drops", drops, file=events)


main()
