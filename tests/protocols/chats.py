"""Plays the sessions that are recorded for tests/protocols: real servers where Debian has them (ngircd,
nats-server), and the chats that students write. Prints what was really said, a line for each message (room,
sender, who got it, text), so that the tables can be held against it.

    record.sh irc          in a network namespace of its own: see record.sh
"""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HOST = "127.0.0.1"
said = []


def tell(room, sender, text, receivers):
    said.append({"room": room, "sender": sender, "text": text, "receivers": sorted(receivers)})


class Client:
    """A connection and whatever came on it."""

    def __init__(self, port, nodelay=True):
        for _ in range(100):
            try:
                self.socket = socket.create_connection((HOST, port))
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        if nodelay:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seen = b""

    def send(self, data):
        self.socket.sendall(data)

    def wait(self, what):
        self.socket.settimeout(5)
        while what not in self.seen:
            data = self.socket.recv(65536)
            if not data:
                raise RuntimeError(f"closed while waiting for {what!r}: {self.seen!r}")
            self.seen += data
        self.seen = self.seen[self.seen.index(what) + len(what):]

    def close(self):
        self.socket.close()


def irc():
    folder = tempfile.mkdtemp()
    with open(folder + "/ngircd.conf", "w") as file:
        file.write("[Global]\nName = irc.example.net\nInfo = test\nListen = 127.0.0.1\nPorts = 6667\n"
                   "Password = tulip9\nMotdPhrase = hello\n[Options]\nDNS = no\nIdent = no\nPAM = no\n"
                   "[Limits]\nMaxConnectionsIP = 20\nMaxJoins = 10\n")
    server = subprocess.Popen(["ngircd", "-n", "-f", folder + "/ngircd.conf"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        people = {}
        for name in ("alice", "bob", "carol"):
            client = Client(6667)
            client.send(f"PASS tulip9\r\nNICK {name}\r\nUSER {name} 0 * :{name}\r\n".encode())
            client.wait(b" 376 ")
            people[name] = client
        mallory = Client(6667)
        mallory.send(b"PASS wrong\r\nNICK mallory\r\nUSER mallory 0 * :m\r\n")
        time.sleep(0.5)
        mallory.close()
        twin = Client(6667)
        twin.send(b"PASS tulip9\r\nNICK bob\r\n")
        twin.wait(b" 433 ")
        twin.send(b"NICK dave\r\nUSER dave 0 * :dave\r\n")
        twin.wait(b" 376 ")
        people["dave"] = twin
        for name in ("alice", "bob", "carol"):
            people[name].send(b"JOIN #lab\r\n")
            people[name].wait(b" 366 ")
        time.sleep(1.2)

        def say(sender, room, text, receivers):
            tell(room if room[0] == "#" else "@" + ",".join(sorted([sender, room])), sender, text, receivers)
            people[sender].send(f"PRIVMSG {room} :{text}\r\n".encode())
            for receiver in receivers:
                people[receiver].wait(f"PRIVMSG {room} :{text}\r\n".encode())

        say("alice", "#lab", "hello everybody", ["bob", "carol"])
        say("bob", "#lab", "hi", ["alice", "carol"])
        say("carol", "#lab", "hi", ["alice", "bob"])
        say("dave", "alice", "are you there?", ["alice"])
        say("alice", "dave", "yes: in #lab", ["dave"])
        people["bob"].send(b"NICK robert\r\n")
        people["alice"].wait(b"NICK :robert\r\n")
        people["robert"] = people.pop("bob")
        say("robert", "#lab", "that was bob", ["alice", "carol"])
        people["carol"].send(b"PART #lab\r\n")
        people["alice"].wait(b"PART #lab")
        say("alice", "#lab", "carol has left", ["robert"])
        # One segment with three commands.
        for text in ("one", "two", "three"):
            tell("#lab", "alice", text, ["robert"])
        people["alice"].send(b"PRIVMSG #lab :one\r\nPRIVMSG #lab :two\r\nPRIVMSG #lab :three\r\n")
        people["robert"].wait(b":three\r\n")
        time.sleep(1.2)
        for client in people.values():
            client.send(b"QUIT :bye\r\n")
        time.sleep(0.3)
    finally:
        server.terminate()
        server.wait()


class TutorialServer:
    """As the tutorials have it, line by line."""

    def __init__(self, port):
        self.server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind((HOST, port))
        self.server.listen()
        self.clients = []
        self.nicknames = []
        threading.Thread(target=self.receive, daemon=True).start()

    def broadcast(self, message):
        for client in self.clients:
            client.send(message)

    def handle(self, client):
        while True:
            try:
                message = client.recv(1024)
                if not message:
                    raise ConnectionError
                self.broadcast(message)
            except OSError:
                index = self.clients.index(client)
                self.clients.remove(client)
                client.close()
                nickname = self.nicknames.pop(index)
                self.broadcast("{} left!".format(nickname).encode("ascii"))
                break

    def receive(self):
        while True:
            client, _ = self.server.accept()
            client.send("NICK".encode("ascii"))
            nickname = client.recv(1024).decode("ascii")
            self.nicknames.append(nickname)
            self.clients.append(client)
            self.broadcast("{} joined!".format(nickname).encode("ascii"))
            client.send("Connected to server!".encode("ascii"))
            threading.Thread(target=self.handle, args=(client,), daemon=True).start()


def tutorial():
    TutorialServer(5555)
    people = {}
    for name in ("alice", "bob", "carol"):
        client = Client(5555)
        client.wait(b"NICK")
        client.send(name.encode())
        client.wait(b"Connected to server!")
        people[name] = client
        time.sleep(0.1)
    time.sleep(1.2)

    def say(sender, text, wait=True):
        tell("chat", sender, f"{sender}: {text}", list(people))
        people[sender].send(f"{sender}: {text}".encode())
        if wait:
            for client in people.values():
                client.wait(f"{sender}: {text}".encode())

    say("alice", "hello")
    say("bob", "hi alice")
    say("carol", "hi both")
    # Two send()s so close together that the server's recv() gives both at once.
    tell("chat", "alice", "alice: one", list(people))
    tell("chat", "alice", "alice: two", list(people))
    people["alice"].send(b"alice: onealice: two")
    for client in people.values():
        client.wait(b"alice: two")
    # Longer than recv(1024).
    long = "bob: " + "".join(chr(ord("a") + i % 26) for i in range(2500))
    tell("chat", "bob", long, list(people))
    people["bob"].send(long.encode())
    for client in people.values():
        client.wait(long[-200:].encode())
    say("carol", "that was long")
    time.sleep(1.2)
    for name in list(people):
        people.pop(name).close()
        time.sleep(0.1)


def nats():
    server = subprocess.Popen(["nats-server", "-a", HOST, "-p", "4222", "--user", "lab", "--pass", "tulip9"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        people = {}
        for name in ("alice", "bob", "carol"):
            client = Client(4222)
            client.wait(b"\r\n")
            options = {"verbose": True, "pedantic": False, "user": "lab", "pass": "tulip9", "name": name,
                       "lang": "test", "version": "1"}
            client.send(b"CONNECT " + json.dumps(options).encode() + b"\r\nPING\r\n")
            client.wait(b"PONG\r\n")
            people[name] = client
        wrong = Client(4222)
        wrong.wait(b"\r\n")
        wrong.send(b'CONNECT {"user":"lab","pass":"guess","name":"mallory"}\r\nPING\r\n')
        wrong.wait(b"-ERR")
        wrong.close()
        for name, subject in (("alice", "lab.one"), ("bob", "lab.*"), ("carol", "lab.>")):
            people[name].send(f"SUB {subject} 1\r\n".encode())
            people[name].wait(b"+OK\r\n")
        time.sleep(1.2)

        def publish(sender, subject, text, receivers):
            tell(subject, sender, text, receivers)
            data = text.encode()
            people[sender].send(f"PUB {subject} {len(data)}\r\n".encode() + data + b"\r\n")
            for receiver in receivers:
                people[receiver].wait(data + b"\r\n")

        publish("alice", "lab.one", "hello", ["alice", "bob", "carol"])
        publish("bob", "lab.two", "a line\r\nand another", ["bob", "carol"])
        publish("carol", "lab.two.deep", "three words deep", ["carol"])
        publish("carol", "other", "nobody hears this", [])
        people["bob"].send(b"UNSUB 1\r\n")
        people["bob"].wait(b"+OK\r\n")
        time.sleep(1.2)
        publish("alice", "lab.one", "bob has gone", ["alice", "carol"])
        time.sleep(1.2)
        for client in people.values():
            client.close()
        time.sleep(0.3)
    finally:
        server.terminate()
        server.wait()


class FramedServer:
    """A chat of JSON objects; `read` takes one off a connection, `pack` makes the bytes of one."""

    def __init__(self, port, read, pack):
        self.read, self.pack = read, pack
        self.server = socket.socket()
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind((HOST, port))
        self.server.listen()
        self.people = {}
        self.rooms = {}
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.server.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        file = client.makefile("rb")
        name = ""
        while True:
            try:
                message = self.read(file)
            except OSError:
                break
            if message is None:
                break
            with self.lock:
                kind = message["type"]
                if kind == "login":
                    good = message["password"] == "tulip9"
                    reply = {"type": "welcome", "user": message["user"]} if good else {"type": "denied"}
                    client.sendall(self.pack(reply))
                    if good:
                        name = message["user"]
                        self.people[name] = client
                elif kind == "join":
                    self.rooms.setdefault(message["room"], set()).add(name)
                    client.sendall(self.pack({"type": "joined", "room": message["room"]}))
                elif kind == "say":
                    client.sendall(self.pack({"type": "ok", "id": message["id"]}))
                    copy = {"type": "msg", "room": message["room"], "from": name, "id": message["id"],
                            "text": message["text"]}
                    for member in sorted(self.rooms.get(message["room"], ())):
                        # One copy is forgotten and one comes twice: what the analyzer is to find.
                        times = {("alice", 3): 0, ("bob", 2): 2}.get((member, message["id"]), 1)
                        self.people[member].sendall(self.pack(copy) * times)
                elif kind == "whisper":
                    copy = {"type": "whisper", "from": name, "to": message["to"], "id": message["id"],
                            "text": message["text"]}
                    self.people[message["to"]].sendall(self.pack(copy))
                elif kind.startswith("file"):
                    for member in sorted(self.people):
                        if member != name:
                            self.people[member].sendall(self.pack(message))


def framed(port, read, pack):
    import base64
    FramedServer(port, read, pack)
    people = {}
    for name in ("alice", "bob", "carol"):
        client = Client(port)
        client.send(pack({"type": "login", "user": name, "password": "tulip9"}))
        client.wait(b"welcome")
        people[name] = client
    wrong = Client(port)
    wrong.send(pack({"type": "login", "user": "mallory", "password": "guess"}))
    wrong.wait(b"denied")
    wrong.close()
    for name in ("alice", "bob"):
        people[name].send(pack({"type": "join", "room": "lab"}))
        people[name].wait(b"joined")
    time.sleep(1.2)
    for number, (sender, text) in enumerate([("alice", "hello"), ("bob", "gr\u00fc\u00dfe \"an alle\""),
                                             ("bob", "alice will miss this")], 1):
        tell("lab", sender, text, {2: ["alice", "bob", "bob"], 3: ["bob"]}.get(number, ["alice", "bob"]))
        people[sender].send(pack({"type": "say", "room": "lab", "id": number, "text": text}))
        people["bob"].wait(b'"id": %d' % number)
        time.sleep(0.1)
    tell("@alice,carol", "alice", "only for you", ["carol"])
    people["alice"].send(pack({"type": "whisper", "to": "carol", "id": 4, "text": "only for you"}))
    people["carol"].wait(b"only for you")
    content = bytes(i * 7 % 256 for i in range(3000))
    people["alice"].send(pack({"type": "file", "name": "notes.bin", "size": len(content), "user": "alice"}))
    for offset in range(0, len(content), 1000):
        chunk = base64.b64encode(content[offset:offset + 1000]).decode()
        people["alice"].send(pack({"type": "file-data", "name": "notes.bin", "offset": offset, "data": chunk}))
    people["alice"].send(pack({"type": "file-done", "name": "notes.bin"}))
    people["carol"].wait(b"file-done")
    time.sleep(1.5)
    for client in people.values():
        client.close()
    time.sleep(0.2)


def json_lines():
    def read(file):
        line = file.readline()
        return json.loads(line) if line else None
    framed(9000, read, lambda message: json.dumps(message).encode() + b"\n")


def json_length():
    def read(file):
        head = file.read(4)
        return json.loads(file.read(struct.unpack(">I", head)[0])) if len(head) == 4 else None

    def pack(message):
        data = json.dumps(message).encode()
        return struct.pack(">I", len(data)) + data
    framed(9001, read, pack)


{"irc": irc, "tutorial-chat": tutorial, "nats": nats, "json-lines": json_lines,
 "json-length": json_length}[sys.argv[1]]()
for line in said:
    text = line["text"].replace("\r", "\\r").replace("\n", "\\n")
    print(line["room"], line["sender"], ",".join(line["receivers"]), text, sep="\t")
sys.stdout.flush()
os._exit(0)
