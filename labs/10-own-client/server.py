#!/usr/bin/env python3
"""A hall: whoever connects says a name on the first line; each further line goes to everybody else as "NAME: line".

With nothing but Python's standard library. It runs, and it does not do what it should: two classic mistakes are in it.
try_server.py tries it, and your packets say what went wrong.
"""
import os
import select
import socket

HOST = os.environ["PLAINTALK_SERVER"].rsplit(":", 1)[0]
PORT = 7778


def main():
    listener = socket.create_server((HOST, PORT))
    print(f"listening on {HOST}:{PORT}; Ctrl-C ends", flush=True)
    names = {}  # of each connection; None until it has said one
    while True:
        ready, _, _ = select.select([listener, *names], [], [])
        for connection in ready:
            if connection is listener:
                newcomer, _ = listener.accept()
                names[newcomer] = None
                continue
            try:
                data = connection.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                del names[connection]
                connection.close()
            elif names[connection] is None:
                names[connection] = data.decode().strip()
                print(names[connection], "has come", flush=True)
            else:
                line = names[connection].encode() + b": " + data
                for other in list(names):
                    if other is not connection:
                        try:
                            other.sendall(line)
                        except ConnectionError:
                            pass  # it has left, as its recv will say in its turn


main()
