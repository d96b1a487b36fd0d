"""A program on a terminal of its own: what it shows is read, and lines are typed."""
import os
import pty
import re
import select
import sys
import time

LIMIT_S = 60  # only ends what would hang


class Terminal:
    def __init__(self, *words):
        self.seen = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execv(words[0], words)

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
