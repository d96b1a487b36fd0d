#!/usr/bin/env python3
"""Tries server.py with three guests: one who never reads, one who speaks, and one who listens. Nothing in here is wrong.

The speaker says a line in two pieces, two lines in one, and then so much that the one who never reads cannot take it all.
The listener must get every line, whole, all the same.
"""
import json
import os
import socket
import sys
import time

TASK = json.load(open("task.json", encoding="utf-8"))
ADDRESS = (os.environ["PLAINTALK_SERVER"].rsplit(":", 1)[0], 7778)
PATIENCE_S = 10


def guest(name, buffer_size=None):
    """Connects, and waits some seconds for a server that is only starting."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        connection = socket.socket()
        if buffer_size:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_size)
        connection.settimeout(PATIENCE_S)
        try:
            connection.connect(ADDRESS)
            break
        except ConnectionRefusedError:
            connection.close()
            if time.monotonic() > give_up:
                sys.exit(f"nobody listens on {ADDRESS[0]}:{ADDRESS[1]}: start server.py on the server's side first")
            time.sleep(0.2)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(name.encode() + b"\n")
    time.sleep(0.2)  # a name is a line: the server has it before anything else is said
    return connection


def main():
    lazy = guest("lazy", buffer_size=16384)
    speaker = guest("speaker")
    listener = guest("listener")
    flood = [f"{number:04d} ".ljust(1000, "x") for number in range(int(TASK["flood"]))]
    lines = [TASK["word"] + " in two pieces", "two lines", "in one segment", *flood, "after the flood"]
    speaker.sendall(lines[0][:5].encode())
    time.sleep(0.2)
    speaker.sendall(lines[0][5:].encode() + b"\n")
    time.sleep(0.2)
    speaker.sendall(b"two lines\nin one segment\n")
    time.sleep(0.2)
    wanted = "".join(f"speaker: {line}\n" for line in lines).encode()
    try:
        speaker.sendall("".join(line + "\n" for line in lines[3:-1]).encode())
        time.sleep(1)  # the kernel of who does not read says by now that it is full
        speaker.sendall(lines[-1].encode() + b"\n")
        got = b""
        while len(got) < len(wanted):
            data = listener.recv(65536)
            if not data:
                break
            got += data
    except TimeoutError:
        print(f"for {PATIENCE_S} s nothing moved: the listener waits, because somebody else does not read")
        sys.exit(1)
    finally:
        lazy.close()
    if got != wanted:
        right = sum(one == two for one, two in zip(got.split(b"\n"), wanted.split(b"\n")))
        print(f"the listener got other lines than were said: {min(right, len(lines))} of {len(lines)} were right, where they should be")
        sys.exit(1)
    print(f"the listener got all {len(lines)} lines, whole: {len(got)} bytes")
    for connection in (speaker, listener):
        connection.close()


main()
