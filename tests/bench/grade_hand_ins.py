#!/usr/bin/env python3
"""Measures `plaintalk lab grade` with a class of hand-ins, each with another capture of about the same size.

usage: grade_hand_ins.py --programs DIR --labs DIR [--count 500] [--sessions 40] [--size 1000000] [--work DIR]

Plays SESSIONS students of the labs in turn, answers their sheets (some questions wrongly), and makes COUNT zips of them, each of a
student of its own session and filled up to SIZE bytes with a conversation that no other hand-in has. Prints time, the memory of
all processes together, and whether a second run writes the same bytes. --work keeps the hand-ins for the next time.
"""
import argparse
import filecmp
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

LABS = ("01", "02", "03", "04", "05", "06", "08", "12")


WORDS = bytes(random.Random(1).choices(b"abcdefghijklmnopqrstuvwxyz     ", k=1_000_000))


def words_of(chooser, size):
    begin = chooser.randrange(len(WORDS) - size)
    return WORDS[begin:begin + size - 1] + b"\n"


def conversation(seed, size, start):
    """A pcap file of about `size` bytes: one TCP connection to port 9999, of lines in both directions."""
    chooser = random.Random(seed)
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)]
    total = len(parts[0])
    ends = [(0x0A000063, 40000 + seed % 20000, 1000 + seed), (0x0A000001, 9999, 5000 + seed)]
    next_seq = [ends[0][2], ends[1][2]]
    now = start

    def add(side, flags, payload=b""):
        nonlocal total, now
        (source, port, _), (target, other, _) = ends[side], ends[1 - side]
        tcp = struct.pack(">HHIIBBHHH", port, other, next_seq[side], next_seq[1 - side] if flags & 16 else 0, 0x50, flags, 64000, 0, 0)
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0, source, target)
        ip = ip[:10] + checksum(ip) + ip[12:]
        pseudo = struct.pack(">IIBBH", source, target, 0, 6, 20 + len(payload))
        tcp = tcp[:16] + checksum(pseudo + tcp + payload) + tcp[18:]
        frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + tcp + payload
        parts.append(struct.pack("<IIII", int(now), int(now % 1 * 1e6), len(frame), len(frame)) + frame)
        total += len(parts[-1])
        next_seq[side] = (next_seq[side] + len(payload) + bool(flags & 3)) % 2**32
        now += chooser.uniform(0.0005, 0.01)

    add(0, 2)
    add(1, 18)
    add(0, 16)
    while total < size:
        side = chooser.randint(0, 1)
        add(side, 24, words_of(chooser, chooser.randint(60, 1400)))
        add(1 - side, 16)
    add(0, 17)
    add(1, 17)
    add(0, 16)
    return b"".join(parts)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)


def play(options, number, folder):
    lab, student = LABS[number % len(LABS)], f"class-{number}"
    command = [str(pathlib.Path(options.programs) / "plaintalk-lab"), "--labs", options.labs, "solve", lab, "--student", student, "--keep", str(folder)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    if result.returncode != 0:
        sys.exit(f"lab {lab} was not played: {result.stdout[-500:]}")
    return json.loads((folder / "keys.json").read_text(encoding="utf-8"))


def answers_of(keys, chooser):
    lines = []
    for question in keys["questions"]:
        if question["type"] == "free text":
            answer = "The packets say so: see packet 12."
        else:
            wrong = [value for mistake in question["mistakes"] for value in mistake["values"]]
            right = ",".join(question["accepted"]) if question["type"] == "set" else question["accepted"][0]
            answer = chooser.choice(wrong) if wrong and chooser.random() < 0.3 else right
        lines.append(f"{keys['lab']}.{question['id']}: {answer}\n")
    return "".join(lines)


def make_hand_ins(options, work):
    folder = work / "hand-ins"
    played = []
    for number in range(options.sessions):
        kept = work / f"session-{number}"
        played.append((play(options, number, kept), kept))
        print(f"\rplayed {number + 1} of {options.sessions}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    folder.mkdir()
    for number in range(options.count):
        keys, kept = played[number % len(played)]
        capture = kept / keys["capture"]
        extra, whole = work / "extra.pcap", work / "whole.pcapng"
        room = options.size - capture.stat().st_size
        if room > 2000:
            extra.write_bytes(conversation(number, room, 2_000_000_000))  # after the session: its packets keep their numbers
            subprocess.run(["mergecap", "-F", "pcapng", "-w", str(whole), str(capture), str(extra)], check=True)
            capture = whole
        with zipfile.ZipFile(folder / f"Student {number:04}_{number}_assignsubmission_file_lab.zip", "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("lab.json", json.dumps({"lab": keys["lab"], "student": keys["student"], "capture": "session-1.pcapng"}))
            file.writestr("answers.txt", answers_of(keys, random.Random(number)))
            file.write(capture, "session-1.pcapng")
    return folder


class Memory(threading.Thread):
    """What a process and all below it hold together (proportional set size), looked at many times a second."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.most = process, 0

    def run(self):
        while self.process.poll() is None:
            self.most = max(self.most, sum(self.size(each) for each in self.below(self.process.pid)))
            time.sleep(0.05)

    def below(self, pid):
        found = [pid]
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    found += self.below(int(child))
        except OSError:
            pass
        return found

    @staticmethod
    def size(pid):
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        except (OSError, IndexError):
            return 0


def grade(options, hand_ins, out):
    command = [str(pathlib.Path(options.programs) / "plaintalk-lab"), "--labs", options.labs, "grade", str(hand_ins), "--out", str(out)]
    begun, before = time.monotonic(), os.times()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    memory = Memory(process)
    memory.start()
    words = process.communicate()[0].strip()
    after = os.times()
    if process.returncode != 0:
        sys.exit(f"lab grade ended with status {process.returncode}")
    return time.monotonic() - begun, sum(after[2:4]) - sum(before[2:4]), memory.most, words


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--labs", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--work")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grade-hand-ins-") as folder:
        work = pathlib.Path(options.work or folder)
        hand_ins = work / "hand-ins"
        if not hand_ins.exists():
            work.mkdir(exist_ok=True)
            make_hand_ins(options, work)
        sizes = [zipfile.ZipFile(path).getinfo("session-1.pcapng").file_size for path in hand_ins.iterdir()]
        print(f"{len(sizes)} hand-ins with captures of {min(sizes)} to {max(sizes)} bytes, {sum(sizes) // len(sizes)} on average; "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        with tempfile.TemporaryDirectory(prefix="grade-marks-") as marks:
            outs = [pathlib.Path(marks) / name for name in ("one", "two")]
            for out in outs:
                wall, cpu, memory, words = grade(options, hand_ins, out)
                print(f"{words}: {wall:.1f} s, {cpu:.1f} s of both cores, {memory / 1024:.0f} MiB at most in all processes")
            names = sorted(each.name for each in outs[0].iterdir())
            _, other, broken = filecmp.cmpfiles(*outs, names, shallow=False)
            print("the second run wrote the same bytes" if not other and not broken else f"the second run differs: {other + broken}")


if __name__ == "__main__":
    main()
