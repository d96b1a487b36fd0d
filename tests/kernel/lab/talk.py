"""The programs at both ends: each runs in a thread with blocking sockets, counts its own bytes, and asks the kernel before it closes."""
import socket
import threading

from .tcp_info import tcp_info

DEADLINE_S = 60
TEXT = b"".join(b"line %05d of what is sent, so that a byte in the wrong place is seen\n" % number for number in range(8192))


class End:
    """One end of one connection, and what it and its kernel counted."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(DEADLINE_S)
        self.sent = self.received = 0
        self.info = {}

    def send(self, size):
        view = memoryview(TEXT)[:size] if size <= len(TEXT) else memoryview(TEXT * (size // len(TEXT) + 1))[:size]
        self.socket.sendall(view)
        self.sent += size

    def receive(self, size):
        """Exactly so many bytes; fewer mean that the other side has ended."""
        left = size
        while left > 0:
            part = self.socket.recv(min(left, 65536))
            if not part:
                break
            left -= len(part)
        self.received += size - left
        return size - left

    def no_delay(self):
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def finish(self):
        """Says that it is done, and reads until the other side is."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.receive(65536) > 0:
            pass

    def finish_after_peer(self):
        while self.receive(65536) > 0:
            pass
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        """Its kernel's word, and the end. Not before the path is quiet, or the word comes too early."""
        if self.socket.fileno() >= 0:
            self.info = tcp_info(self.socket)
            self.socket.close()

    def truth(self):
        return {"sent": self.sent, "received": self.received, "tcp_info": self.info}


class Threads:
    """Threads whose first error is raised by join()."""

    def __init__(self):
        self._threads, self._errors = [], []

    def start(self, function, *arguments):
        def guarded():
            try:
                function(*arguments)
            except Exception as error:  # noqa: B902 - told by join()
                self._errors.append(error)

        self._threads.append(threading.Thread(target=guarded, daemon=True))
        self._threads[-1].start()

    def join(self):
        for thread in self._threads:
            thread.join(3 * DEADLINE_S)
        if self._errors:
            raise self._errors[0]


def run_conversation(hosts, client_program, server_program, connection_count, prepare=lambda client, server: None):
    """Runs the programs of all connections at once; their ends by client port and side, not closed yet."""
    client_host, server_host = hosts
    threads, pairs = Threads(), []
    with server_host.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.settimeout(DEADLINE_S)
        prepare(None, listener)
        listener.bind((server_host.address, 7777))
        listener.listen(64)

        def serve():
            served = Threads()
            for _ in range(connection_count):
                end = End(listener.accept()[0])
                port = end.socket.getpeername()[1]
                pairs.append((port, "server", end))
                served.start(server_program, end)
            served.join()

        def visit():
            connection = client_host.socket()
            prepare(connection, None)
            connection.settimeout(DEADLINE_S)
            connection.connect((server_host.address, 7777))
            end = End(connection)
            pairs.append((connection.getsockname()[1], "client", end))
            client_program(end)

        threads.start(serve)
        for _ in range(connection_count):
            threads.start(visit)
        threads.join()
    ends = {}
    for port, side, end in pairs:
        ends.setdefault(str(port), {})[side] = end
    return ends
