#!/usr/bin/env python3
"""A client for PLAINTALK/1, with nothing but Python's standard library. It runs, and it does not do what it should.

It logs in, enters the room, asks for everything that was said there, and answers what it was asked. docs/PROTOCOL.md says
what the bytes mean; your packets say what goes wrong. Two classic mistakes are in it. Mend them, and run it again:
a program may be run as often as you like while the stage is running.
"""
import json
import os
import socket

TASK = json.load(open("task.json", encoding="utf-8"))  # "program" and "room": your names today
HOST, PORT = os.environ["PLAINTALK_SERVER"].rsplit(":", 1)
NAME = f"{TASK['program']}-{os.getpid() % 10000}"  # a new guest each time: a name is kept for 20 s after a lost connection


class Connection:
    def __init__(self):
        self.socket = socket.create_connection((HOST, int(PORT)), timeout=5)

    def send(self, line, body=None):
        """A frame: a line, or a line that announces a body and the body itself."""
        if body is None:
            data = line + "\n"
        else:
            data = f"{line} {{{len(body)}}}\n{body}\n"
        self.socket.sendall(data.encode())

    def receive(self):
        """The next message from the server: (verb and arguments, text)."""
        data = self.socket.recv(65536).decode()
        line, _, rest = data.partition("\n")
        if " :" in line:
            line, _, text = line.partition(" :")
        else:
            text = rest.rstrip("\n")
        return line.split(), text


def answers_to(messages):
    """What the program has to say, by what was said to it: see "The tasks" in the worksheet."""
    answers = []
    total, numbers = 0, 0
    for text in messages:
        if text.startswith("Number: "):
            total += int(text.split()[1])
            numbers += 1
        elif text.startswith("Echo: "):
            answers.append("echo: " + text.removeprefix("Echo: "))
        elif text.startswith("Story: "):
            answers.append("last word: " + text.split()[-1])
    if numbers:
        answers.append(f"sum: {total}")
    return answers


def main():
    server = Connection()
    print("greeting:", server.receive())
    server.send(f"LOGIN {NAME}")
    print("login:", server.receive())
    server.send(f"JOIN {TASK['room']}")
    print("join:", server.receive())
    server.send(f"HISTORY {TASK['room']} limit=200")
    messages = []
    while True:
        words, text = server.receive()
        if words and words[0] == "MSG":
            messages.append(text)
        else:  # END
            break
    print(f"{len(messages)} messages")
    for answer in answers_to(messages):
        print("I say:", answer)
        server.send(f"SAY {TASK['room']}", answer)
        print("answer:", server.receive())
    server.send("QUIT")
    print("bye:", server.receive())


main()
