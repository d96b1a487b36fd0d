"""The path between the hosts: client - link - middle - link - server, with a capture at each of the three places.

A link has, for each direction, a delay, a rate with a queue, and a fate for each packet: lost, doubled, held back. Each link is a
router as well: it takes one off the TTL. Captures hold what passes the place, with the time of day at which it did.
"""
import dataclasses
import heapq
import itertools
import os
import select
import struct
import threading
import time
import typing

TO_SERVER, TO_CLIENT = 0, 1


@dataclasses.dataclass
class Packet:
    bytes: bytes
    index: int            # of the packets on this link in this direction, from 0
    data_index: int       # of those with payload; -1 without
    passed_s: float       # since the path began to work

    @property
    def tcp(self):
        return (self.bytes[0] & 15) * 4

    @property
    def payload_size(self):
        return int.from_bytes(self.bytes[2:4], "big") - self.tcp - (self.bytes[self.tcp + 12] >> 4) * 4

    @property
    def flags(self):
        return self.bytes[self.tcp + 13]


@dataclasses.dataclass
class Fate:
    lost: bool = False
    copies: int = 1
    later_s: float = 0.0


@dataclasses.dataclass
class Link:
    delay_s: float = 0.010
    rate_bytes_s: float = 0.0          # 0: no limit
    queue_bytes: int = 64 * 1024
    fate: typing.Callable = lambda packet: Fate()
    _free_at: float = 0.0
    _count: int = 0
    _data_count: int = 0

    def take(self, raw, now, began):
        """When copies of the packet come out."""
        packet = Packet(raw, self._count, -1, now - began)
        self._count += 1
        if packet.payload_size > 0:
            packet.data_index = self._data_count
            self._data_count += 1
        fate = self.fate(packet)
        if fate.lost:
            return []
        at = now
        if self.rate_bytes_s:
            at = max(now, self._free_at)
            if (at - now) * self.rate_bytes_s > self.queue_bytes:
                return []
            at += len(raw) / self.rate_bytes_s
            self._free_at = at
        return [at + self.delay_s + fate.later_s] * fate.copies


class Capture:
    """A pcap file of raw IP packets (link type 101) with nanoseconds."""

    def __init__(self, path):
        self._file = open(path, "wb")
        self._file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 101))

    def add(self, raw):
        now = time.time_ns()
        self._file.write(struct.pack("<IIII", now // 10**9, now % 10**9, len(raw), len(raw)) + raw)

    def close(self):
        self._file.close()


def through_router(raw):
    """One off the TTL, and the header's checksum made right again (RFC 1624)."""
    checksum = int.from_bytes(raw[10:12], "big") + 0x100
    checksum = (checksum & 0xFFFF) + (checksum >> 16)
    return raw[:8] + bytes([raw[8] - 1]) + raw[9:10] + checksum.to_bytes(2, "big") + raw[12:]


class Path:
    """Carries packets in a thread of its own until it is stopped."""

    def __init__(self, client, server, links, folder):
        self._tuns = (client.tun, server.tun)
        self.links = links      # by place (0: at the client, 1: at the server), then direction
        self.captures = {name: Capture(os.path.join(folder, name + ".pcap")) for name in ("client", "middle", "server")}
        self._waiting, self._order = [], itertools.count()
        self._wake_read, self._wake_write = os.pipe()
        self._began = time.monotonic()
        self.last_packet = self._began
        self._error = None
        self._thread = threading.Thread(target=self._guarded)
        self._thread.start()

    def _guarded(self):
        try:
            self._carry()
        except BaseException as error:  # noqa: B036 - told to who stops us
            self._error = error

    def _enter(self, place, direction, raw):
        now = time.monotonic()
        for at in self.links[place][direction].take(raw, now, self._began):
            heapq.heappush(self._waiting, (at, next(self._order), place, direction, raw))

    def _leave(self, place, direction, raw):
        raw = through_router(raw)
        if place == direction:  # the first link on the way
            self.captures["middle"].add(raw)
            self._enter(1 - place, direction, raw)
        else:
            self.captures["server" if direction == TO_SERVER else "client"].add(raw)
            os.write(self._tuns[1 - direction], raw)

    def _carry(self):
        while True:
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, place, direction, raw = heapq.heappop(self._waiting)
                self._leave(place, direction, raw)
            timeout = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            ready = select.select([*self._tuns, self._wake_read], [], [], timeout)[0]
            if self._wake_read in ready:
                return
            for side, tun in enumerate(self._tuns):
                if tun not in ready:
                    continue
                try:
                    raw = os.read(tun, 65536)
                except BlockingIOError:
                    continue
                if raw[0] >> 4 != 4 or raw[9] != 6:
                    continue  # what an interface says by itself
                self.last_packet = time.monotonic()
                self.captures["client" if side == 0 else "server"].add(raw)
                self._enter(side, TO_SERVER if side == 0 else TO_CLIENT, raw)

    def wait_until_quiet(self, seconds):
        """Until nothing has passed for that long."""
        while self._error is None and (self._waiting or time.monotonic() - self.last_packet < seconds):
            time.sleep(0.02)

    def stop(self):
        os.write(self._wake_write, b"x")
        self._thread.join()
        for end in (self._wake_read, self._wake_write):
            os.close(end)
        for capture in self.captures.values():
            capture.close()
        if self._error:
            raise self._error
