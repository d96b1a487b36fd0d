#!/usr/bin/env python3
"""Answers the questions of the labs from a capture, without our analyzer and without the SQL of lab.toml.

usage: lab_oracle.py LAB CAPTURE VARIANT.json

Taken from tshark are numbers of headers and the raw payload of each packet; streams are put together here by sequence number, and
PLAINTALK/1 is read by the few lines of `read_frames` (docs/PROTOCOL.md, section 2). `answers` gives what the packets say, and
`truth` what the scenario is known to hold whatever was captured. VARIANT.json is the variant of keys.json (`lab solve --keep`).
Prints one JSON object: question -> {packets: answer, scenario: answer or null}.
"""
import hashlib
import json
import re
import subprocess
import sys

from lab_oracle_described import lab_11, truth_11
from lab_oracle_loss import lab_06
from lab_oracle_programs import lab_10
from lab_oracle_talk import lab_04, lab_05, lab_12, upload

FIELDS = ["frame.number", "frame.time_epoch", "frame.len", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.stream",
          "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags", "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.window_size_value",
          "ip.id", "tcp.options.sack_le", "tcp.payload"]
FIN, SYN, RST, ACK = 1, 2, 4, 0x10
LABS = ("01", "02", "03", "04", "05", "06", "07", "08", "10", "11", "12")


class Packet:
    def __init__(self, cells):
        def number(name, base=10):
            return int(cells[name], base) if cells[name] else None
        self.number = number("frame.number")
        seconds, _, fraction = cells["frame.time_epoch"].partition(".")
        self.time_ns = int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9] or 0)
        self.frame_length = number("frame.len")
        self.source = (cells["ip.src"], number("tcp.srcport"))
        self.target = (cells["ip.dst"], number("tcp.dstport"))
        self.stream = number("tcp.stream")
        self.seq, self.ack, self.length = number("tcp.seq_raw"), number("tcp.ack_raw"), number("tcp.len")
        self.flags = number("tcp.flags", 16)
        self.mss, self.shift = number("tcp.options.mss_val"), number("tcp.options.wscale.shift")
        self.window = number("tcp.window_size_value")  # 0 is 0 whatever the scale
        self.ip_id = number("ip.id", 16)
        self.selective = number("tcp.options.sack_le")  # left edge of the first block, relative
        self.payload = bytes.fromhex(cells["tcp.payload"].replace(":", ""))


class Frame:
    """One frame of PLAINTALK/1, its place in the stream, and the packets that brought it: `packet` its last byte."""

    def __init__(self, line, begin, size, packets):
        self.begin, self.size, self.packets = begin, size, packets
        self.packet = max(packets, key=lambda each: each.number)
        self.body = None
        head, colon, text = line.partition(b" :")
        if colon:
            self.body = text
        words = head.decode("ascii", "replace").split()
        self.verb = words[0].upper() if words else ""
        self.arguments = [word for word in words[1:] if "=" not in word[1:]]
        self.parameters = dict(word.split("=", 1) for word in reversed(words[1:]) if "=" in word[1:])


def read_frames(pieces):
    """`pieces`: (packet, new bytes) in the order of the stream."""
    stream = b"".join(data for _, data in pieces)
    ends, end = [], 0
    for packet, data in pieces:
        end += len(data)
        ends.append((end, packet))

    def packets_of(begin, stop):
        found, first = [], 0
        for last, packet in ends:
            if first < stop and last > begin:
                found.append(packet)
            first = last
        return found

    frames, at = [], 0
    while (eol := stream.find(b"\n", at)) >= 0:
        begin, line = at, stream[at:eol].removesuffix(b"\r")
        at = eol + 1
        counted = None if b" :" in line else re.search(rb" \{(\d+)\} *$", line)
        if counted:
            size = int(counted.group(1))
            body, at = stream[at:at + size], stream.find(b"\n", at + size) + 1
            if len(body) < size or at == 0:
                break
        if not line.strip():
            continue
        frame = Frame(line[:counted.start()] if counted else line, begin, at - begin, packets_of(begin, at))
        if counted:
            frame.body = body
        frames.append(frame)
    return frames


class Connection:
    def __init__(self, packets):
        self.packets = packets
        self.syn = next((each for each in packets if each.flags & SYN and not each.flags & ACK), None)
        self.syn_ack = next((each for each in packets if each.flags & SYN and each.flags & ACK), None)
        self.client, self.server = (self.syn.source, self.syn.target) if self.syn else (packets[0].source, packets[0].target)
        self.sent = [each for each in packets if each.source == self.client]
        self.heard = [each for each in packets if each.source == self.server]
        self.commands = read_frames(self.pieces(self.sent))
        self.replies = read_frames(self.pieces(self.heard))
        self.user = next((frame.parameters["user"] for frame in self.replies if frame.verb == "OK" and "user" in frame.parameters), None)

    @staticmethod
    def pieces(packets):
        """Each byte once, from the packet that carried it first."""
        with_data = [each for each in packets if each.length]
        if not with_data:
            return []
        base = with_data[0].seq
        pieces, end = [], 0
        for packet in with_data:  # the usual case: nothing came before what lies below it
            begin = (packet.seq - base + 2**31) % 2**32 - 2**31
            if not 0 <= begin <= end:
                break
            if begin + packet.length > end:
                pieces.append((packet, packet.payload[end - begin:]))
                end = begin + packet.length
        else:
            return pieces
        place = {}
        for packet in with_data:
            begin = (packet.seq - base + 2**31) % 2**32 - 2**31
            for offset, byte in enumerate(packet.payload):
                place.setdefault(begin + offset, (packet, byte))
        pieces = []
        for _, (packet, byte) in sorted(place.items(), key=lambda item: item[0]):
            if pieces and pieces[-1][0] is packet:
                pieces[-1][1].append(byte)
            else:
                pieces.append((packet, bytearray([byte])))
        return pieces

    def is_plaintalk(self):
        return bool(self.replies) and self.replies[0].verb == "PLAINTALK/1"


class Capture:
    def __init__(self, path):
        command = ["tshark", "-n", "-o", "tcp.desegment_tcp_streams:FALSE", "-r", str(path), "-T", "fields", "-E", "occurrence=f",
                   "-E", "separator=\t"]
        for field in FIELDS:
            command += ["-e", field]
        text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=120).stdout.decode()
        rows = [dict(zip(FIELDS, line.split("\t"))) for line in text.splitlines()]
        self.packet_count = len(rows)
        self.packets = [Packet(cells) for cells in rows if cells["tcp.stream"]]
        streams = {}
        for packet in self.packets:
            streams.setdefault(packet.stream, []).append(packet)
        self.streams = [Connection(packets) for packets in streams.values()]
        self.connections = [each for each in self.streams if each.is_plaintalk()]

    def of(self, user):
        """The connection of an account; the last one, if it came back."""
        return [each for each in self.connections if each.user == user][-1]

    def said(self, user, text):
        """The SAY of an account that begins so; there has to be one."""
        found = [frame for each in self.connections if each.user == user for frame in each.commands
                 if frame.verb == "SAY" and frame.body.startswith(text.encode())]
        if len(found) != 1:
            raise LookupError(f"{user} said '{text}' {len(found)} times")
        return found[0]

    def copies(self, user, body):
        """(connection, frame) for each MSG that passes these words of an account on."""
        return [(each, frame) for each in self.connections for frame in each.replies
                if frame.verb == "MSG" and frame.arguments[2] == user and frame.body == body]


def lab_01(capture, variant):
    host, guest, me, room = variant["host"], variant["guest"], variant["me"], "#" + variant["room"]
    welcome = capture.said(host, "Welcome")
    copies = capture.copies(host, welcome.body)
    private = capture.said(guest, "Between us")
    speakers = {each.user for each in capture.connections for frame in each.commands if frame.verb == "SAY" and frame.arguments[0] == room}
    return {
        "1": capture.packet_count,
        "2": {each.server[1] for each in capture.connections},
        "3": capture.of(host).client[0],
        "4": len(capture.connections),
        "5": welcome.packet.number,
        "6": len(copies),
        "7": len(welcome.body),
        "8": (max(frame.packet.time_ns for _, frame in copies) - welcome.packet.time_ns) / 1000,
        "9": speakers,
        "10": {frame.packet.number for each, frame in capture.copies(guest, private.body) if each.user == me},
        "11": re.search(r"change the code to (\S+) tonight", private.body.decode()).group(1),
    }


def lab_02(capture, variant):
    hand, me = variant["hand"], variant["me"]
    code = capture.said(hand, "The code is " + variant["code"])
    accent = capture.said(hand, variant["accent"])
    two = capture.said(hand, variant["line_one"] + "\n" + variant["line_two"])
    drip = capture.said(variant["drip"], variant["drip_text"])
    whole = [frame.packets[0] for frame in capture.of(variant["bulk"]).commands if frame.verb == "SAY" and len(frame.packets) == 1]
    fullest = max(whole, key=lambda packet: (whole.count(packet), -packet.number))
    copies = [frame for frame in capture.of(me).replies if frame.verb == "MSG" and frame.arguments[2] == variant["bulk"]]
    return {
        "1": capture.of(hand).client[1],
        "2": code.packet.number,
        "3": code.size,
        "4": len(accent.body),
        "5": accent.body.decode()[-1].encode().hex().upper(),
        "6": len(two.body),
        "7": len(drip.packets),
        "8": drip.begin + 1,
        "9": drip.packet.number,
        "10": sum(packet.frame_length for packet in drip.packets),
        "11": whole.count(fullest),
        "12": fullest.length,
        "13": len({packet.number for frame in copies for packet in frame.packets}),
    }


def lab_03(capture, variant):
    mine = capture.of(variant["me"])
    third = next(each for each in mine.sent if each.number > mine.syn_ack.number and each.flags & ACK)
    data = next(each for each in mine.sent if each.length)
    end = data.seq + data.length
    # Modulo 2^32: an acknowledgement covers the data when it is not behind its end.
    acknowledgement = next(each for each in mine.heard if each.number > data.number and (each.ack - end) % 2**32 < 2**31)
    fin = next(each for each in mine.packets if each.flags & FIN)
    return {
        "1": mine.syn.number,
        "2": mine.syn.seq,
        "3": mine.syn_ack.ack,
        "4": mine.syn.mss,
        "5": 2**mine.syn.shift,
        "6": (third.time_ns - mine.syn.time_ns) / 1000,
        "7": data.length,
        "8": acknowledgement.number,
        "9": (acknowledgement.ack - mine.syn.seq) % 2**32,
        "10": "my client" if fin.source == mine.client else "the server",
        "11": sum(len(piece) for _, piece in Connection.pieces(mine.sent)),
    }


def lab_07(capture, variant):
    slow, two, room = capture.of(variant["slow"]), capture.of(variant["two"]), "#" + variant["room"]
    closed = [each for each in slow.sent if each.window == 0 and not each.flags & (SYN | RST)]
    first, last = closed[0], closed[-1]
    longest, begin = 0, None
    for packet in slow.sent:
        if packet.window == 0 and begin is None:
            begin = packet.time_ns
        elif packet.window and begin is not None:
            longest, begin = max(longest, packet.time_ns - begin), None
    opened = next(each for each in slow.sent if each.number > last.number)
    # Linux asks with an empty packet just below the next byte: that byte was acknowledged before.
    probes = [each for each in slow.heard if first.number < each.number < opened.number and not each.length and not each.flags & (SYN | FIN)
              and (each.seq + 1 - first.ack) % 2**32 == 0]
    stories = {int(frame.arguments[1]): frame for frame in slow.replies if frame.verb == "MSG" and frame.arguments[0] == room}
    gaps = [frame for frame in slow.replies if frame.verb == "GAP"]
    missed = [number for gap in gaps for number in range(int(gap.arguments[1]), int(gap.arguments[2]) + 1)]
    meanwhile = [frame for frame in two.replies if frame.verb == "MSG" and frame.arguments[0] == room
                 and first.number < min(packet.number for packet in frame.packets) < opened.number]
    return {
        "1": slow.syn.window,
        "2": first.number,
        "3": (first.ack - slow.syn_ack.seq - 1) % 2**32,
        "4": len(probes),
        "5": probes[0].number,
        "6": (probes[1].time_ns - probes[0].time_ns) / 1e6,
        "7": longest / 1e9,
        "8": opened.number,
        "9": len(missed),
        "10": missed[0],
        "11": min(packet.number for packet in gaps[0].packets),
        "12": sum(len(frame.body) for frame in stories.values()),
        "13": "no: copies went out to the others while the reader slept" if meanwhile else
              "yes: the server waited for the slow one before it went on",
    }


def lab_08(capture, variant):
    friend, me = variant["friend"], variant["me"]
    entry = next(frame for frame in capture.of(friend).commands if frame.verb in ("LOGIN", "REGISTER") and frame.body)
    meeting = capture.said(friend, "We meet")
    put, _, content = upload(capture, friend)
    secrets = [frame for each in capture.connections for frame in each.commands
               if frame.verb in ("LOGIN", "REGISTER") and (frame.body or "token" in frame.parameters)]
    tokens = [frame for each in capture.connections for frame in each.replies if frame.verb == "OK" and "token" in frame.parameters]
    return {
        "1": entry.body.decode(),
        "2": next(each.number for each in capture.packets if entry.body in each.payload),
        "3": "registration" if entry.verb == "REGISTER" else "login with a password",
        "4": next(frame.parameters["token"] for frame in capture.of(me).replies if "token" in frame.parameters),
        "5": re.search(r" at (\d\d:\d\d)\.", meeting.body.decode()).group(1),
        "6": sum(meeting.body in each.payload for each in capture.packets),
        "7": hashlib.sha256(content).hexdigest(),
        "8": int(put.arguments[1]),
        "9": len(secrets) + len(tokens),
        "10": "which addresses talk to the server, when, and how much",
    }


def answers(lab, capture, variant):
    return globals()[f"lab_{lab}"](capture, variant)


def seeded_file(lab, variant, name, size):
    """The bytes that a file of the scenario has."""
    seed = f"plaintalk lab file\n{lab}\n{variant['student']}\n{name}\n"
    blocks = (hashlib.sha256(f"{seed}{counter}".encode()).digest() for counter in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def truth(lab, variant):
    """What the scenario makes so in a private network (addresses and MTU are the stage's)."""
    if lab == "01":
        welcome = f"Welcome, {variant['me']}! Today the door code is {variant['code']}. The word of the day is {variant['word']}."
        return {"3": "10.0.0.12", "4": 3, "6": 3, "7": len(welcome), "9": {variant["me"], variant["host"], variant["guest"]},
                "11": variant["secret"]}
    if lab == "02":
        room, drip = variant["room"], f"SAY #{variant['room']} :{variant['drip_text']}\n"
        # LOGIN, JOIN, the messages and QUIT, all in one segment.
        many, word = int(variant["many"]), variant["bulk_word"]
        lines = "".join(f"SAY #{room} :{word} {i + 1}\n" for i in range(many))
        segment = f"LOGIN {variant['bulk']}\nJOIN #{room}\n{lines}QUIT\n"
        return {"3": len(f"SAY #{room} :The code is {variant['code']} {variant['phrase']}\n"),
                "4": len(f"{variant['accent']}, {variant['ending']} {variant['letter']}".encode()),
                "5": variant["letter"].encode().hex().upper(), "6": len(f"{variant['line_one']}\n{variant['line_two']}".encode()),
                "7": len(drip), "8": len(f"LOGIN {variant['drip']}\nJOIN #{room}\n") + 1,
                "10": len(drip) * (14 + 20 + 32 + 1), "11": many, "12": len(segment)}
    if lab == "03":
        return {"4": 1500 - 20 - 20}  # who closes first is a race: only the packets know
    if lab == "04":
        here = {variant["me"], variant["speaker"], variant["listener"]}
        return {"1": len(here), "2": here, "3": {variant["outsider"], variant["late"]}, "8": 2, "10": "from the history"}
    if lab == "05":
        size = int(variant["size"])
        return {"1": size, "2": hashlib.sha256(seeded_file(lab, variant, variant["file"], size)).hexdigest(), "6": 2,
                "10": "before the first byte of the content"}
    if lab == "06":
        return {}  # when something is sent again is the kernel's to say
    if lab == "07":
        return {"13": "no: copies went out to the others while the reader slept"}
    if lab == "10":
        total = sum(int(variant[name]) for name in ("n1", "n2", "n3", "n4"))
        # The last lines of try_server.py: two pieces, two lines in one, the flood of 1000 characters each, and one after it.
        lines = [variant["word"] + " in two pieces", "two lines", "in one segment", *["x" * 1000] * int(variant["flood"]), "after the flood"]
        return {"1": total, "5": len(("echo: " + variant["phrase"]).encode()), "6": variant["phrase"][0].encode().hex(),
                "7": variant["ending"], "10": sum(len(f"speaker: {line}\n") for line in lines)}
    if lab == "11":
        return truth_11(variant)
    size = int(variant["size"])
    if lab == "12":
        return {"1": 4 + variant["cuts"].count("/drop"), "2": variant["visitor"], "4": variant["password"],
                "5": hashlib.sha256(seeded_file(lab, variant, variant["paper"], size)).hexdigest()}
    return {"1": variant["password"], "3": "registration", "5": f"{variant['hour']}:{variant['minute']}", "6": 3,
            "7": hashlib.sha256(seeded_file(lab, variant, variant["file"], size)).hexdigest(), "8": size, "9": 2 + 3}


def listed(value):
    return sorted(value) if isinstance(value, set) else value


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in LABS:
        sys.exit(__doc__)
    with open(sys.argv[3], encoding="utf-8") as file:
        variant = json.load(file)
    known = truth(sys.argv[1], variant)
    found = answers(sys.argv[1], Capture(sys.argv[2]), variant)
    print(json.dumps({name: {"packets": listed(value), "scenario": listed(known.get(name))} for name, value in found.items()}, indent=1))


if __name__ == "__main__":
    main()
