#!/usr/bin/env python3
"""A chat whose protocol nobody told you: its server, and the people in it. Nothing but Python's standard library.

    hall.py serve        the server, beside the messenger's
    hall.py guest NAME   one of the people, by the script in hall.txt

What the protocol looks like on the wire is read from hall.txt, which differs from student to student. Worksheet 11 asks for it
to be found in the packets; reading it in the stage's own files would be much less fun.
"""
import json
import os
import re
import selectors
import signal
import socket
import sys
import time

PATIENCE_S = 20
PAUSE_S = 0.06  # between the pieces of a message: each goes out on its own


def settings_in(lines):
    """`key = value` lines, values as JSON has them."""
    return {key.strip(): json.loads(value) for key, value in (line.split("=", 1) for line in lines)}


class Protocol:
    """How a unit becomes bytes, and bytes units."""

    def __init__(self, framing, fields, separator):
        self.framing = settings_in(framing)
        # verb = { word = 1 } and the like: where each part of a unit stands.
        self.places = {name: (way, json.loads(place)) for name, way, place in
                       (re.fullmatch(r"(\w+) = \{ (\w+) = (.+) \}", line).groups() for line in fields)}
        self.separator = separator

    def content(self, **parts):
        ways = {way for way, _ in self.places.values()}
        if "json" in ways:
            return json.dumps({place[1:]: parts[name] for name, (_, place) in self.places.items()}, ensure_ascii=False)
        if "key" in ways:
            return self.separator.join(f"{place}={parts[name]}" for name, (_, place) in self.places.items())
        return self.separator.join(parts[name] for name in sorted(self.places, key=lambda name: self.places[name][1]))

    def parts(self, content):
        ways = {way for way, _ in self.places.values()}
        if "json" in ways:
            found = json.loads(content)
            return {name: found[place[1:]] for name, (_, place) in self.places.items()}
        if "key" in ways:
            found = dict(pair.split("=", 1) for pair in content.split(self.separator))
            return {name: found[place] for name, (_, place) in self.places.items()}
        words = content.split(self.separator, 3)
        return {name: words[place - 1] for name, (_, place) in self.places.items()}

    def pack(self, **parts):
        data = self.content(**parts).encode()
        by = self.framing["by"]
        if by == "newline":
            return data + b"\n"
        if by == "delimiter":
            return data + self.framing["delimiter"].encode()
        size = self.framing["length_bytes"]
        length = len(data) + (size if self.framing.get("counts_itself") else 0)
        if self.framing["order"] == "text":
            return str(length).zfill(size).encode() + data
        return length.to_bytes(size, self.framing["order"]) + data

    def take(self, buffer):
        """The next unit and the rest; (None, buffer) while it is not complete."""
        by = self.framing["by"]
        if by != "length":
            end = b"\n" if by == "newline" else self.framing["delimiter"].encode()
            data, found, rest = buffer.partition(end)
            return (self.parts(data.decode()), rest) if found else (None, buffer)
        size = self.framing["length_bytes"]
        if len(buffer) < size:
            return None, buffer
        head, order = buffer[:size], self.framing["order"]
        length = int(head) if order == "text" else int.from_bytes(head, order)
        end = length if self.framing.get("counts_itself") else size + length
        return (self.parts(buffer[size:end].decode()), buffer[end:]) if len(buffer) >= end else (None, buffer)


class Hall:
    """hall.txt: [section] and the lines below it."""

    def __init__(self):
        sections, lines = {}, []
        with open("hall.txt", encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("["):
                    lines = sections.setdefault(line.strip("[]"), [])
                elif line:
                    lines.append(line)
        self.sections = sections
        settings = dict(line.split(" ", 1) for line in sections["hall"])
        self.port, self.room, self.echo = int(settings["port"]), settings["room"], settings["echo"] == "true"
        self.forgets = settings["forgets"].split(" ", 1)  # who does not get what has these words
        self.verbs = dict(line.split(" ", 1) for line in sections["verbs"])
        self.passwords = dict(line.split(" ", 1) for line in sections["passwords"])
        self.protocol = Protocol(sections["framing"], sections["fields"], settings["separator"])
        self.address = (os.environ["PLAINTALK_SERVER"].rsplit(":", 1)[0], self.port)

    def unit(self, verb, person="-", place="-", rest="-"):
        return self.protocol.pack(verb=self.verbs[verb], person=person, place=place, rest=rest)


class Server:
    def __init__(self, hall):
        self.hall, self.names, self.buffers, self.inside = hall, {}, {}, []
        self.selector = selectors.DefaultSelector()
        self.was_used = False

    def run(self):
        listener = socket.create_server(self.hall.address)
        self.selector.register(listener, selectors.EVENT_READ)
        print(f"the hall is open on port {self.hall.port}", flush=True)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is listener:
                    guest, _ = listener.accept()
                    guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.buffers[guest] = b""
                    self.selector.register(guest, selectors.EVENT_READ)
                else:
                    self.hear(key.fileobj)

    def hear(self, guest):
        try:
            data = guest.recv(65536)
        except ConnectionError:
            data = b""
        self.buffers[guest] += data
        while data:
            unit, self.buffers[guest] = self.hall.protocol.take(self.buffers[guest])
            if unit is None:
                return
            self.answer(guest, unit)
        self.selector.unregister(guest)
        guest.close()
        del self.buffers[guest]
        self.names.pop(guest, None)
        if guest in self.inside:
            self.inside.remove(guest)
            if not self.inside and self.was_used:
                print("the hall is empty again", flush=True)

    def answer(self, guest, unit):
        hall, name = self.hall, self.names.get(guest)
        verb = next(key for key, word in hall.verbs.items() if word == unit["verb"])
        if verb == "login":
            if hall.passwords.get(unit["person"]) != unit["rest"]:
                guest.sendall(hall.unit("refused", person=unit["person"]))
                return
            self.names[guest] = unit["person"]
            guest.sendall(hall.unit("accepted", person=unit["person"]))
        elif verb == "enter":
            for other in self.inside:
                guest.sendall(hall.unit("entered", person=self.names[other], place=unit["place"]))
            self.inside.append(guest)
            self.was_used = self.was_used or len(self.inside) > 1
            for other in self.inside:
                other.sendall(hall.unit("entered", person=name, place=unit["place"]))
        elif verb == "tell":
            for other in self.inside:
                is_forgotten = self.names[other] == hall.forgets[0] and hall.forgets[1] in unit["rest"]
                if (other is not guest or hall.echo) and not is_forgotten:
                    other.sendall(hall.unit("told", person=name, place=unit["place"], rest=unit["rest"]))
        elif verb == "whisper":
            for other in self.inside:
                if self.names[other] == unit["place"]:
                    other.sendall(hall.unit("whispered", person=name, place=unit["place"], rest=unit["rest"]))


class Guest:
    def __init__(self, hall, name):
        self.hall, self.name, self.buffer, self.units = hall, name, b"", []
        give_up = time.monotonic() + PATIENCE_S
        while True:
            self.socket = socket.socket()
            self.socket.settimeout(PATIENCE_S)
            self.socket.bind((os.environ["PLAINTALK_ADDRESS"], 0))
            try:
                self.socket.connect(hall.address)
                break
            except ConnectionRefusedError:
                self.socket.close()
                if time.monotonic() > give_up:
                    sys.exit("the hall is closed")
                time.sleep(0.1)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            sys.exit("the hall hung up")
        self.buffer += data
        while True:
            unit, self.buffer = self.hall.protocol.take(self.buffer)
            if unit is None:
                return
            self.units.append(unit)

    def wait(self, is_there):
        while not is_there():
            self.read()

    def heard(self, verb):
        return [unit for unit in self.units if unit["verb"] == self.hall.verbs[verb]]

    def play(self):
        for line in self.hall.sections[self.name]:
            word, _, rest = line.partition(" ")
            getattr(self, "do_" + word)(rest)
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(65536):
            pass
        self.socket.close()

    def do_login(self, password):
        self.socket.sendall(self.hall.unit("login", person=self.name, rest=password))
        self.wait(lambda: self.heard("accepted") or self.heard("refused"))

    def do_enter(self, count):
        """And waits until so many are inside."""
        self.socket.sendall(self.hall.unit("enter", place=self.hall.room))
        self.wait(lambda: len({unit["person"] for unit in self.heard("entered")}) >= int(count))

    def do_hear(self, text):
        self.wait(lambda: any(text in unit["rest"] for unit in self.heard("told") + self.heard("whispered")))

    def do_pause(self, milliseconds):
        time.sleep(int(milliseconds) / 1000)

    def do_tell(self, text):
        self.socket.sendall(self.hall.unit("tell", place=self.hall.room, rest=text))

    def do_whisper(self, rest):
        person, _, text = rest.partition(" ")
        self.socket.sendall(self.hall.unit("whisper", place=person, rest=text))

    def do_burst(self, rest):
        """Several messages in one segment."""
        count, _, text = rest.partition(" ")
        self.socket.sendall(b"".join(self.hall.unit("tell", place=self.hall.room, rest=f"{text} {number}")
                                     for number in range(1, int(count) + 1)))

    def do_pieces(self, rest):
        """One message in several segments."""
        count, _, text = rest.partition(" ")
        data = self.hall.unit("tell", place=self.hall.room, rest=text)
        size = len(data) // int(count)
        for number in range(int(count)):
            last = number + 1 == int(count)
            self.socket.sendall(data[number * size:] if last else data[number * size:(number + 1) * size])
            if not last:
                time.sleep(PAUSE_S)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    hall = Hall()
    if sys.argv[1:] == ["serve"]:
        Server(hall).run()
    Guest(hall, sys.argv[2]).play()


main()
