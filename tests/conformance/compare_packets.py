#!/usr/bin/env python3
"""Compares the table `packets` of plaintalk-analyze with what tshark says about each packet.

usage: compare_packets.py --analyze PROGRAM [--environment NAME] FOLDER...

For each packet with TCP: the stream, relative sequence and acknowledgement numbers, next sequence number, window in bytes, bytes in
flight, the packet that is acknowledged, and the round trip. Where the two differ knowingly, REASONS says in which situation; a
difference in any other situation is a failure. NAME is an environment variable that may name another folder of captures to
look at instead.
Exit status: 0 all equal or explained, 1 a difference without explanation, 77 nothing could be compared (the reason is printed).
"""
import argparse
import collections
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SUFFIXES = {".pcap", ".pcapng", ".cap"}
FIELDS = ["frame.number", "tcp.stream", "tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.window_size", "tcp.analysis.bytes_in_flight",
          "tcp.analysis.acks_frame", "tcp.analysis.ack_rtt", "tcp.flags", "frame.protocols", "frame.len", "tcp.len"]
FIN, SYN, RST, ACK = 1, 2, 4, 0x10


def tshark_packets(path):
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp", "-T", "fields", "-E", "occurrence=f", "-E", "separator=\t"]
    for field in FIELDS:
        command += ["-e", field]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300).stdout.decode("utf-8", "replace")
    packets = {}
    for line in text.splitlines():
        cells = dict(zip(FIELDS, line.split("\t")))
        outer = cells["frame.protocols"].split(":tcp", 1)[0].split(":")
        if "icmp" in outer or "icmpv6" in outer:
            continue  # what an error message quotes is no packet of the connection
        packets[int(cells["frame.number"])] = cells
    return packets


REPEATS = {"retransmission", "fast retransmission", "timeout retransmission", "spurious retransmission", "tail loss probe",
           "tail loss probe or timeout", "retransmission of uncaptured", "out-of-order", "out-of-order or retransmission", "late capture",
           "syn retransmission", "syn-ack retransmission", "fin retransmission", "simultaneous open"}
COPIES = "a packet captured twice is judged once here; tshark takes the copy for a repeat or an acknowledgement"
SEVERAL = "several connections of the same endpoints at once (VLANs, a firewall that renumbers); tshark follows one at a time"
SCALE = "the scale of the window is not known: tshark shows the field as it stands"
KARN = "Karn's rule: no round trip of what was sent twice, or has something below it sent later"
MIDSTREAM = "before the first acknowledgement of a connection that began earlier nobody knows what is in flight"
CONFIRMED = "bytes that were acknowledged before are not in flight, and no acknowledgement after them is theirs; tshark says both"
DSACK = "the block of a D-SACK names bytes that are not in flight; tshark takes them off"
INSIDE = "the acknowledgement ends inside a packet: the one below is meant here, tshark wants an exact match"
UNSENT = "an acknowledgement of bytes that were not sent is taken back here"


class Packets:
    """The rows of one capture, and what has happened on each connection up to the packet at hand."""

    def __init__(self, rows, connections):
        self.rows = {row["packet"]: row for row in rows}
        self.connections = connections
        self.seen = collections.defaultdict(set)
        self.crowded = set()
        ends = collections.defaultdict(list)
        for number, row in connections.items():
            pair = frozenset([(row["client_address"], row["client_port"]), (row["server_address"], row["server_port"])])
            start = float(row["start_time"])
            for other, begin, end in ends[pair]:
                if start <= end:
                    self.crowded |= {number, other}
            ends[pair].append((number, start, start + float(row["duration_s"])))

    def note(self, row):
        self.seen[row["connection"]] |= set(filter(None, row["verdicts"].split(",")))

    def is_repeat(self, packet):
        row = self.rows.get(packet)
        if row is None:
            return False
        answers_crossed_syn = "SYN ACK" in row["flags"] and "simultaneous open" in self.seen[row["connection"]]
        return bool(REPEATS & set(row["verdicts"].split(","))) or row["copy"] == "1" or answers_crossed_syn

    def explain(self, field, row, theirs):
        """Why this field may differ on this packet, or None. `theirs` has tshark's fields."""
        verdicts = self.seen[row["connection"]]
        if row["connection"] in self.crowded:
            return SEVERAL
        if row["copy"] == "1" and field in ("bytes_in_flight", "acks_packet", "rtt_us", "window"):
            return COPIES
        if field == "window" and row["window"] == "":
            return SCALE
        if field in ("acks_packet", "rtt_us"):
            frame = theirs["tcp.analysis.acks_frame"]
            if field == "rtt_us" and row["rtt_us"] == "" and row["acks_packet"] == frame and verdicts & REPEATS:
                return KARN
            if frame and row["acks_packet"] == "" and self.is_repeat(frame):
                return CONFIRMED
            if frame and "acknowledges what was not sent" in verdicts:
                return UNSENT
            below = self.rows.get(row["acks_packet"])
            if not frame and below and int(below["next_seq"]) < int(row["ack"]):
                return INSIDE
        if field == "bytes_in_flight":
            if row["bytes_in_flight"] == "" and self.connections[row["connection"]]["midstream"] == "1":
                return MIDSTREAM
            if "d-sack" in verdicts:
                return DSACK
            if {"spurious retransmission", "keep-alive", "zero window probe", "late capture"} & verdicts:
                return CONFIRMED
            if "duplicate capture" in verdicts:
                return COPIES
        return None


FIELD_PAIRS = [("seq", "tcp.seq"), ("ack", "tcp.ack"), ("next_seq", "tcp.nxtseq"), ("window", "tcp.window_size"),
               ("bytes_in_flight", "tcp.analysis.bytes_in_flight"), ("acks_packet", "tcp.analysis.acks_frame"),
               ("rtt_us", "tcp.analysis.ack_rtt")]


def same(ours, field, theirs, row):
    if field in ("seq", "ack", "next_seq"):
        if field == "ack" and "ACK" not in row["flags"].split():
            return ours == ""  # tshark shows the number of a field that means nothing
        return theirs != "" and ours != "" and int(ours) % 2**32 == int(theirs) % 2**32
    if field == "rtt_us" and theirs != "":
        return ours != "" and abs(float(ours) - float(theirs) * 1e6) < 0.0015
    if field == "bytes_in_flight":
        return (ours or "0") == (theirs or "0")
    return ours == theirs


def compare(path, analyze, folder):
    """Compared packets, differences without and with a reason: lists of text, and a counter of reasons."""
    theirs = tshark_packets(path)
    out = pathlib.Path(folder) / "out"
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run([analyze, str(path), "--out", str(out), "--quiet", "--tables", "packets,connections"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=300)
    if not (out / "packets.csv").exists():
        return 0, ["the analyzer wrote no packets"], collections.Counter()
    with open(out / "connections.csv", newline="") as file:
        connections = {row["connection"]: row for row in csv.DictReader(file)}
    with open(out / "packets.csv", newline="") as file:
        ours = list(csv.DictReader(file))
    wrong, reasons, compared = [], collections.Counter(), 0
    packets = Packets(ours, connections)
    for row in ours:
        number = int(row["packet"])
        if row["no_segment"] or number not in theirs:
            if not row["no_segment"] and number not in theirs:
                wrong.append(f"packet {number}: tshark finds no TCP in it")
            elif number in theirs and not row["no_segment"].startswith("fragment"):
                wrong.append(f"packet {number}: tshark finds TCP, here: {row['no_segment']}")
            continue
        compared += 1
        cells = theirs[number]
        connection = connections[row["connection"]]
        packets.note(row)
        if connection["tcp_stream"] != cells["tcp.stream"]:
            if row["connection"] in packets.crowded:
                reasons[SEVERAL] += 1
                continue
            wrong.append(f"packet {number}: stream {connection['tcp_stream']}, tshark {cells['tcp.stream']}")
        for field, name in FIELD_PAIRS:
            if same(row[field], field, cells[name], row):
                continue
            reason = packets.explain(field, row, cells)
            if reason:
                reasons[reason] += 1
            else:
                wrong.append(f"packet {number}: {field} {row[field] or 'empty'}, tshark {cells[name] or 'empty'} ({row['verdicts']})")
    wrong += compare_sizes(ours, theirs, connections)
    missing = set(theirs) - {int(row["packet"]) for row in ours}
    wrong += [f"packet {number} has no row" for number in sorted(missing)]
    return compared, wrong, reasons


def compare_sizes(ours, theirs, connections):
    """The sizes in the table of connections, from tshark's sizes of the packets that belong to each of them."""
    sizes = collections.defaultdict(list)
    for row in ours:
        cells = theirs.get(int(row["packet"]))
        if cells and row["connection"] and row["copy"] != "1":
            sizes[row["connection"], row["direction"]].append((int(cells["frame.len"]), int(cells["tcp.len"] or 0), int(cells["tcp.flags"], 16)))
    wrong = []
    for (number, side), packets in sizes.items():
        data = [size for _, size, flags in packets if size and not flags & RST]
        right = {"frame_bytes": sum(frame for frame, _, _ in packets),
                 "segment_min": min(data, default=""), "segment_max": max(data, default=""),
                 "pure_acks": sum(1 for _, size, flags in packets if size == 0 and flags & (ACK | SYN | FIN | RST) == ACK)}
        for name, value in right.items():
            found = connections[number][f"{side}_{name}"]
            if found != str(value):
                wrong.append(f"connection {number}: {side}_{name} {found}, by tshark's packets {value}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--analyze", required=True)
    parser.add_argument("--environment", default="")
    parser.add_argument("folders", nargs="+")
    arguments = parser.parse_args()
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return SKIPPED
    folders = [os.environ[arguments.environment]] if os.environ.get(arguments.environment) else arguments.folders
    files = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*") if path.suffix in SUFFIXES)
    total, failed, all_reasons = 0, 0, collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            compared, wrong, reasons = compare(path, arguments.analyze, folder)
            total += compared
            all_reasons += reasons
            if wrong:
                failed += 1
                print(f"{path}: {len(wrong)} of {compared} packets differ")
                for line in wrong[:10]:
                    print("  " + line)
    print(f"{total} packets of {len(files)} captures compared")
    for reason, count in all_reasons.most_common():
        print(f"  {count}: {reason}")
    if total == 0:
        print("skipped: no capture with TCP")
        return SKIPPED
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
