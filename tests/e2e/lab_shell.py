#!/usr/bin/env python3
"""A student with two terminals: types the commands of labs 02 and 07 as the worksheet has them, and reads what comes.

    lab_shell.py PROGRAM LABS NUMBER     with PLAINTALK_WORKSPACE and PLAINTALK_COMMAND set

Prints what the student knows from the terminals alone: question, blank, answer.
"""
import re
import subprocess
import sys

from terminal import Terminal

program, labs, number = sys.argv[1:4]


def lab(*words):
    return subprocess.run([program, "--labs", labs, *words], capture_output=True, text=True, check=True).stdout


class Student:
    def __init__(self):
        self.client = Terminal(program, "--labs", labs, "start", number, "--student", "two.terminals")
        self.client.wait(rb"connected to")
        self.sheet = lab("read", number, "--width", "80")
        self.client.type(re.search(r"/join #\w+", self.sheet).group())
        self.shell = Terminal(program, "--labs", labs, "shell", number)
        self.shell.wait(rb"In the network of the stage")

    def hear(self, pattern):
        return [text.decode() for text in self.client.wait(pattern.encode()).groups()]

    def command(self, begin, end=""):
        """The lines of the sheet from the one that begins so to the one that ends so; or the one that is so."""
        rest = rf".*?{re.escape(end)}" if end else ""
        found = re.search(rf"^ *({re.escape(begin)}{rest})$", self.sheet, re.MULTILINE | re.DOTALL)
        if not found:
            sys.exit(f"FAILED: no command {begin} ... {end} in the sheet:\n{self.sheet}")
        return found.group(1)

    def type(self, text, answer):
        for line in text.splitlines():
            self.shell.type(line)
        return self.shell.wait(answer.encode())

    def leave(self):
        self.client.type("Goodbye!")
        self.client.wait(rb"See you")
        self.client.type("/quit")
        self.client.wait(rb"packets in ")
        self.shell.type("exit")
        if self.shell.end() != 0 or self.client.end() != 0:
            sys.exit("FAILED: a terminal ended with an error")


def lab_02(student):
    room = re.search(r"/join (#\w+)", student.sheet).group(1)
    hand, code, phrase = student.hear(r"Come as (\w+) too, typed by hand, and say the code (\d+) and “([\w-]+)” here\.\r")
    student.type(student.command(student.plaintalk + " relay --listen -"), r"PLAINTALK/1 ")
    student.type(f"LOGIN {hand}", r"OK user=")
    student.type(f"JOIN {room}", r"OK room=")
    student.type(f"SAY {room} :The code is {code} {phrase}", rf"MSG {room} \d+ {hand} \d+ :The code is {code}")
    accent, = student.hear(r"by hand again: (.*?)\r")
    student.type(f"SAY {room} :{accent}", rf"MSG {room} \d+ {hand} \d+ :{re.escape(accent)}")
    one, two = student.hear(r"The first: (.*?)\r\n(?s:.*)The second: (.*?)\r")
    count = len(f"{one}\n{two}".encode())
    student.type(f"SAY {room} {{{count}}}\n{one}\n{two}", rf"MSG {room} \d+ {hand} \d+ \{{{count}\}}")
    student.hear("(one octet at a time)")
    student.type("QUIT", r"BYE :goodbye(?s:.*) ended: ")
    student.type(student.command("printf 'LOGIN", "--up octets"), r"one octet a write(?s:.*)ended: ")
    many, = student.hear(r"from 1 to (\d+), all at once")
    student.type(student.command("{ echo LOGIN", "--up coalesce=1400:300ms"), r"waits for 1400 bytes(?s:.*)ended: ")
    student.hear("(That is all)")
    return {"4": len(accent.encode()), "5": accent[-1].encode().hex(" "), "6": count, "11": many}


def lab_07(student):
    room = re.search(r"JOIN (#\w+)", student.sheet).group(1)
    slow, = student.hear(r"as (\w+) now, with a reader that sleeps")
    student.type(student.command(student.plaintalk + " relay --listen - --down", "cut -c 1-70"), r" connected: ")
    student.type(f"LOGIN {slow}\nJOIN {room}", r"reader asleep")
    student.hear("(All is told)")
    gap = student.type("", rf"\nGAP {room} (\d+) (\d+)")
    first, last = int(gap.group(1)), int(gap.group(2))
    student.type("QUIT", r"\nBYE :goodbye")
    student.hear("(What has)")
    return {"9": last - first + 1, "10": first}


student = Student()
student.plaintalk = re.search(r"^ *(\S+) lab start", student.sheet, re.MULTILINE).group(1)
known = {"02": lab_02, "07": lab_07}[number](student)
student.leave()
for question, answer in known.items():
    print(question, answer)
