#!/usr/bin/env python3
"""Writes a capture of a session that is played by nobody: TCP with right checksums, no kernel, the same bytes each time.

    make_capture.py hostile OUT.pcap            markup, scripts and quotes in every field that a stranger can fill
    make_capture.py large OUT.pcap [MESSAGES]   a chat of four people, ten packets a message (default: 100,000 messages)
    make_capture.py empty OUT.pcap              not one packet
"""
import struct
import sys

SERVER = ("192.0.2.9", 7777)
MARKUP = "</script><img src=x onerror=alert(document.domain)>"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        self.time = 1_789_201_500_000_000_000
        self.ip_id = 0

    def packet(self, frame, step):
        self.time += step
        self.file.write(struct.pack("<IIII", self.time // 10**9, self.time % 10**9, len(frame), len(frame)) + frame)


class Connection:
    def __init__(self, capture, address, port):
        self.capture, self.client = capture, (address, port)
        self.next = {"client": 1000, "server": 5000}
        self.ends = {"client": (self.client, SERVER), "server": (SERVER, self.client)}
        self.segment("client", 2)
        self.segment("server", 18)
        self.segment("client", 16)

    def segment(self, side, flags, data=b"", step=40_000):
        (source, target), other = self.ends[side], "server" if side == "client" else "client"
        addresses = b"".join(bytes(map(int, end[0].split("."))) for end in (source, target))
        acknowledged = self.next[other] if flags & 16 else 0
        tcp = struct.pack("!HHIIBBHHH", source[1], target[1], self.next[side], acknowledged, 5 << 4, flags, 65535, 0, 0)
        tcp = tcp[:16] + struct.pack("!H", checksum(addresses + struct.pack("!HH", 6, len(tcp) + len(data)) + tcp + data)) + tcp[18:]
        self.capture.ip_id = (self.capture.ip_id + 1) & 0xFFFF
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(data), self.capture.ip_id, 0x4000, 64, 6, 0) + addresses
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        self.capture.packet(b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + data, step)
        self.next[side] += len(data) + (1 if flags & 3 else 0)

    def say(self, side, text, step=40_000):
        data = text if isinstance(text, bytes) else text.encode()
        self.segment(side, 24, data, step)
        self.segment("server" if side == "client" else "client", 16)

    def close(self):
        self.segment("client", 17)
        self.segment("server", 17)
        self.segment("client", 16)


def escaped(text):
    return "".join(c if c.isalnum() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)


def greet(connection):
    connection.say("server", "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 :welcome\n")


# Names of accounts and rooms that are no such names are not followed, so people and room have good ones; everything else is markup.
def hostile(capture):
    room = "#lab"
    people = []
    for place, user in enumerate(["alice", "mallory"]):
        one = Connection(capture, f"192.0.2.{11 + place}", 40001 + place)
        greet(one)
        for name, answer in ((escaped("<b>x</b>" + MARKUP), f"ERR 402 BAD_LOGIN :{MARKUP}\n"), (user, f"OK user={user} device=d1 token=seCretTOKEN{place}zz\n")):
            secret = f"tulip-{place}-{MARKUP}"
            one.say("client", f"LOGIN {name} device={escaped('<i>d1</i>')} display={escaped(MARKUP)} {{{len(secret)}}}\n{secret}\n")
            one.say("server", answer)
        one.say("client", f"JOIN {room}\n")
        one.say("server", f"OK room={room} members={place + 1} last=0\n")
        one.say("server", f"TOPIC {room} mallory :{MARKUP}\n")
        people.append((one, user))
    web = Connection(capture, "192.0.2.13", 40003)
    web.say("client", f"POST /{MARKUP.replace(' ', '/')} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\nuser=%3Cimg%20src%3Dx%3E&password=%3Cb%3E")
    web.close()
    texts = [MARKUP, "<!-- --> ]]> \u2028 \u202etxt.exe", "{{7*7}} ${7*7} `x` [a](javascript:alert(3)) ![b](http://192.0.2.66/x.png)",
             "\"><style>@import url(http://192.0.2.66/)</style>", "=cmd|' /C calc'!A0", "\\u003cscript\\u003e"]
    for seq, text in enumerate(texts, 1):
        sender, user = people[seq % 2]
        body = text.encode()
        sender.say("client", f"SAY {room} id=m{seq} {{{len(body)}}}\n".encode() + body + b"\n", 300_000_000 if seq == 3 else 40_000)
        sender.say("server", f"OK id=m{seq} seq={seq} at=1\n")
        for one, _ in people:
            one.say("server", f"MSG {room} {seq} {user} 1 {{{len(body)}}}\n".encode() + body + b"\n")
    sender, user = people[0]
    hashed, name = "9f" * 32, escaped(MARKUP + ".png")
    sender.say("client", f"PUT {name} 5 sha256={hashed} to={room}\n")
    sender.say("server", "OK file=f1 next=0 chunk=16384 credit=262144\n")
    sender.say("client", b"DATA f1 0 {5}\nhello\n")
    sender.say("client", "DONE f1\n")
    sender.say("server", "OK file=f1 verified=1\n")
    for one, _ in people:
        one.say("server", f"FILE {room} {len(texts) + 1} {user} f1 5 {hashed} :{MARKUP}.png\n")
    people[1][0].say("client", f"{MARKUP} nonsense\n")
    people[1][0].say("server", f"ERR 501 UNKNOWN_VERB :{MARKUP}\n")
    for one, _ in people:
        one.close()


def large(capture, messages):
    people = []
    for place, name in enumerate(["ann", "ben", "cem", "dora"]):
        one = Connection(capture, f"192.0.2.{11 + place}", 40001 + place)
        greet(one)
        one.say("client", f"LOGIN {name} device=d1\n")
        one.say("server", f"OK user={name} device=d1 token=t guest=1\n")
        one.say("client", "JOIN #lab\n")
        one.say("server", f"OK room=#lab members={place + 1} last=0\n")
        people.append((one, name))
    for seq in range(1, messages + 1):
        sender, user = people[seq * 7 % 4]
        text = f"message {seq} about something that took a while to say"
        sender.say("client", f"SAY #lab id=m{seq} :{text}\n", 900_000)
        for one, _ in people:
            answer = f"OK id=m{seq} seq={seq} at=1\n" if one is sender else ""
            one.say("server", f"{answer}MSG #lab {seq} {user} 1 :{text}\n", 40_000 + seq * 7919 % 100_000)
    for one, _ in people:
        one.close()


def main(words):
    kinds = {"hostile": hostile, "large": lambda capture: large(capture, int(words[2]) if len(words) > 2 else 100_000), "empty": lambda _: None}
    if len(words) < 2 or words[0] not in kinds:
        sys.exit(__doc__)
    capture = Capture(words[1])
    kinds[words[0]](capture)
    capture.file.close()


main(sys.argv[1:])
