#!/usr/bin/env python3
"""A student at a terminal: types what the worksheet of lab 01 says, and reads what comes.

    lab_terminal.py PROGRAM LABS     with PLAINTALK_WORKSPACE set
"""
import os, pty, re, select, subprocess, sys, time

LIMIT_S = 60  # only ends what would hang
program, labs = sys.argv[1:3]


class Terminal:
    def __init__(self, *words):
        self.seen = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execv(program, [program, "--labs", labs, *words])

    def wait(self, pattern):
        end = time.monotonic() + LIMIT_S
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > end or not self.read():
                sys.exit(f"FAILED: {pattern} did not come; the terminal shows:\n{self.seen.decode(errors='replace')}")
        return found

    def read(self):
        if not select.select([self.descriptor], [], [], 1)[0]:
            return True
        try:
            block = os.read(self.descriptor, 65536)
        except OSError:  # Linux says EIO when the last program on the terminal has ended
            return False
        self.seen += block
        return bool(block)

    def type(self, line):
        os.write(self.descriptor, line.encode() + b"\r")

    def end(self):
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


student = Terminal("start", "01", "--student", "terminal")
student.wait(rb"connected to")
sheet = subprocess.run([program, "--labs", labs, "read", "01"], capture_output=True, text=True, check=True).stdout
student.type(re.search(r"/join #\w+", sheet).group())
code = student.wait(rb"door code is (\d+)").group(1).decode()
student.type(f"Thanks, the code is {code}.")
student.wait(rb"Between us")
student.type("Goodbye!")
student.wait(rb"See you")
student.type("/quit")
student.wait(rb"packets in ")
status = student.end()
sys.exit(f"FAILED: lab start ended with {status}" if status else 0)
