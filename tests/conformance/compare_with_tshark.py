#!/usr/bin/env python3
"""Compares plaintalk-analyze with tshark (and tcptrace, if installed) on every capture of a folder.

usage: compare_with_tshark.py --analyze PROGRAM [--tcptrace] [--all] FOLDER...

For each file with TCP in it:
  connections   as many as tshark has TCP streams outside of tunnels
  bytes         for each connection and direction, the distinct payload bytes. tshark gives only the sequence number and the
                length of each segment; the union of the intervals is computed here, so it shares no code with the analyzer
  sum           (--tcptrace) retransmitted + out-of-order packets of the whole file. tcptrace also counts repeated FINs and packets
                captured twice, so it is reported and never a failure

A difference that known_differences.txt explains is shown with its reason and does not fail. Exit status: 0 all equal, 1 a
difference without explanation, 77 nothing could be compared (the reason is printed).
"""
import argparse
import collections
import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SUFFIXES = {".pcap", ".pcapng", ".cap", ".trace", ".dmp", ".pkt", ".ntar"}
FIELDS = ["frame.number", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
          "tcp.seq_raw", "tcp.len", "tcp.flags", "tcp.analysis.zero_window_probe", "tcp.analysis.keep_alive", "frame.protocols"]
FIN, SYN, RST = 1, 2, 4
TUNNELS = {"udp", "gre", "icmp", "icmpv6", "sctp", "etherip", "l2tp", "esp"}


class Union:
    """Distinct bytes of one direction, from sequence numbers modulo 2^32."""

    def __init__(self):
        self.high = None
        self.ranges = []

    def add(self, sequence, length):
        if self.high is None:
            self.high = sequence + (1 << 32)
        begin = self.high + ((sequence - self.high + (1 << 31)) % (1 << 32)) - (1 << 31)
        self.high = max(self.high, begin + length)
        if length:
            self.ranges.append((begin, begin + length))

    def size(self):
        total, end = 0, None
        for begin, stop in sorted(self.ranges):
            if end is None or begin > end:
                total += stop - begin
                end = stop
            elif stop > end:
                total += stop - end
                end = stop
        return total


def run(command, timeout=300):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout)


def is_inside_a_tunnel(protocols):
    """The analyzer looks at the outermost TCP only; tshark into GRE, VXLAN, IP in IP, and packets quoted by ICMP."""
    outer = protocols.split(":tcp", 1)[0].split(":")
    return bool(TUNNELS & set(outer)) or outer.count("ip") + outer.count("ipv6") > 1


def streams_of_tshark(path):
    """Per stream: {(address, port): Union}, without those inside tunnels."""
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp", "-T", "fields", "-E", "occurrence=f", "-E", "separator=\t"]
    for field in FIELDS:
        command += ["-e", field]
    result = run(command)
    streams = collections.OrderedDict()
    for line in result.stdout.decode("utf-8", "replace").splitlines():
        cells = line.split("\t")
        if len(cells) != len(FIELDS) or not cells[1]:
            continue
        row = dict(zip(FIELDS, cells))
        if is_inside_a_tunnel(row["frame.protocols"]):
            continue
        stream = streams.setdefault(int(row["tcp.stream"]), {})
        source = (row["ip.src"] or row["ipv6.src"], row["tcp.srcport"])
        target = (row["ip.dst"] or row["ipv6.dst"], row["tcp.dstport"])
        stream.setdefault(source, Union())
        stream.setdefault(target, Union())
        if not row["tcp.seq_raw"] or not row["tcp.flags"]:
            continue
        flags = int(row["tcp.flags"], 16)
        # A reset's payload is no part of the stream, and the byte of a keep-alive or window probe is none either.
        if flags & RST:
            continue
        length = int(row["tcp.len"] or 0)
        if length == 1 and (row["tcp.analysis.zero_window_probe"] or row["tcp.analysis.keep_alive"]):
            continue
        sequence = int(row["tcp.seq_raw"]) + (1 if flags & SYN else 0)
        stream[source].add(sequence % (1 << 32), length)
    return streams


def connections_of(analyze, path):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        result = subprocess.run([analyze, str(path), "--out", out, "--tables", "connections", "--quiet"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        table = os.path.join(out, "connections.csv")
        if not os.path.exists(table):
            return None, result.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no table"]
        with open(table, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file)), None


def compare(rows, streams):
    """Words for each difference; nothing when all is equal."""
    differences = []
    if len(rows) != len(streams):
        differences.append(f"connections: {len(rows)} here, {len(streams)} in tshark")
        return differences
    for row, (number, sides) in zip(rows, streams.items()):
        if len(sides) == 1:  # a packet from an end to itself: both directions are one
            ours, theirs = int(row["client_bytes"]) + int(row["server_bytes"]), next(iter(sides.values())).size()
            if ours != theirs:
                differences.append(f"connection {row['connection']}: {ours} bytes here, {theirs} by tshark")
            continue
        for side in ("client", "server"):
            end = (row[f"{side}_address"], row[f"{side}_port"])
            if end not in sides:
                differences.append(f"connection {row['connection']}: {end} is no end of tshark's stream {number} {list(sides)}")
                continue
            ours, theirs = int(row[f"{side}_bytes"]), sides[end].size()
            if ours != theirs:
                differences.append(f"connection {row['connection']} {side} {end[0]}:{end[1]}: {ours} bytes here, {theirs} by tshark")
    return differences


def repeats_of_tcptrace(path):
    text = run(["tcptrace", "-l", "-n", str(path)]).stdout.decode("utf-8", "replace")
    total = 0
    for name in ("rexmt data pkts", "outoforder pkts"):
        for counts in re.findall(name + r":\s+(\d+)\s+" + name + r":\s+(\d+)", text):
            total += int(counts[0]) + int(counts[1])
    return total


def repeats_of(rows):
    columns = [f"{side}_{kind}_packets" for side in ("client", "server")
               for kind in ("retransmitted", "out_of_order", "ambiguous")]
    return sum(int(row.get(column) or 0) for row in rows for column in columns)


def known_differences():
    path = pathlib.Path(__file__).with_name("known_differences.txt")
    known = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition("\t")
            known[name.strip()] = reason.strip()
    return known


def captures_in(folders):
    for folder in folders:
        root = pathlib.Path(folder)
        for path in sorted([root] if root.is_file() else root.rglob("*")):
            if path.is_file() and path.suffix.lower() in SUFFIXES:
                yield root, path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyze", required=True)
    parser.add_argument("--tcptrace", action="store_true")
    parser.add_argument("--all", action="store_true", help="also print the files without a difference")
    parser.add_argument("--environment", metavar="NAME", help="a variable whose folders (colon between) are taken instead, if set")
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    if options.environment and os.environ.get(options.environment):
        options.folders = os.environ[options.environment].split(":")
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return SKIPPED
    if not options.folders:
        print("skipped: no folder with captures was given")
        return SKIPPED

    known = known_differences()
    compared = equal = failures = explained = connection_count = 0
    for root, path in captures_in(options.folders):
        name = path.relative_to(root).as_posix() if path != root else path.name
        try:
            streams = streams_of_tshark(path)
            rows, error = connections_of(options.analyze, path)
        except subprocess.TimeoutExpired:
            print(f"TIMEOUT\t{name}")
            failures += 1
            continue
        if not streams and not rows:
            continue
        compared += 1
        connection_count += len(streams)
        differences = compare(rows, streams) if rows is not None else [f"not analyzed: {error[0]}"]
        if options.tcptrace and rows:
            ours, theirs = repeats_of(rows), repeats_of_tcptrace(path)
            if ours != theirs or options.all:
                print(f"SUM\t{name}\tretransmitted + out-of-order + ambiguous: {ours} here, {theirs} in tcptrace")
        if not differences:
            equal += 1
            if options.all:
                print(f"EQUAL\t{name}\t{len(streams)} connections")
            continue
        reason = known.get(name) or known.get(path.name)
        explained += reason is not None
        failures += reason is None
        for difference in differences[:5]:
            print(f"{'KNOWN' if reason else 'DIFFERS'}\t{name}\t{difference}" + (f"\t({reason})" if reason else ""))
        if len(differences) > 5:
            print(f"\t... and {len(differences) - 5} more")
    print(f"{compared} captures with {connection_count} TCP streams compared: {equal} equal, {explained} explained, "
          f"{failures} not explained")
    if compared == 0:
        print("skipped: the folders hold no capture with TCP")
        return SKIPPED
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
