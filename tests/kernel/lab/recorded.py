"""The packets of a recorded capture, and by them what its sender knew: which of its packets are repeats."""
import dataclasses
import gzip
import struct

SYN, FIN = 2, 1


@dataclasses.dataclass(frozen=True)
class Identity:
    """What tells one packet of Linux from every other one, wherever it was captured."""
    source: tuple
    target: tuple
    ip_id: int
    sequence: int
    size: int
    timestamp: int


@dataclasses.dataclass
class Sent:
    number: int
    time_ns: int
    identity: Identity
    flags: int
    sequence: int
    size: int


def _timestamp(options):
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        if options[at] == 8:
            return int.from_bytes(options[at + 2:at + 6], "big")
        at += max(options[at + 1], 2)
    return -1


def packets_of(path):
    data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
    at, number = 24, 0
    while at < len(data):
        seconds, nanoseconds, size = struct.unpack_from("<III", data, at)
        raw = data[at + 16:at + 16 + size]
        at, number = at + 16 + size, number + 1
        begin = (raw[0] & 15) * 4
        header = (raw[begin + 12] >> 4) * 4
        source, target = ((".".join(map(str, raw[at_address:at_address + 4])), int.from_bytes(raw[at_port:at_port + 2], "big"))
                          for at_address, at_port in ((12, begin), (16, begin + 2)))
        sequence, payload = int.from_bytes(raw[begin + 4:begin + 8], "big"), len(raw) - begin - header
        stamp = _timestamp(raw[begin + 20:begin + header])
        yield Sent(number, seconds * 10**9 + nanoseconds,
                   Identity(source, target, int.from_bytes(raw[4:6], "big"), sequence, payload, stamp), raw[begin + 13], sequence, payload)


def repeats_of(path, address):
    """The packets that repeat bytes, a SYN or a FIN of their sender, by its own capture. Probes and keep-alives carry nothing."""
    repeats, high = set(), {}
    for packet in packets_of(path):
        source = packet.identity.source + packet.identity.target
        if source[0] != address:
            continue
        length = packet.size + (1 if packet.flags & (SYN | FIN) else 0)
        if length == 0:
            continue
        end = packet.sequence + length
        if source in high and (packet.sequence - high[source] & 0xFFFFFFFF) >= 1 << 31:
            repeats.add(packet.identity)
        if source not in high or (end - high[source] & 0xFFFFFFFF) < 1 << 31:
            high[source] = end & 0xFFFFFFFF
    return repeats
