#!/usr/bin/env python3
"""Compares plaintalk-analyze with tshark on other people's captures: streams, bytes, and how often each TCP verdict is given.

usage: survey_captures.py --analyze PROGRAM [--cache FOLDER] [--verdicts] [--list] FOLDER...

For each file below the folders: as many connections as tshark has TCP streams, with the same numbers; for each side of each the same
distinct payload bytes (as the union of the intervals that tshark's sequence numbers and lengths give, so no code is shared). Where the
two differ, the difference is named from what the capture shows (REASONS below); what no reason covers is a failure. With --verdicts also
the sums of TCP verdicts over all captures, and for each kind in how many captures they are equal. --cache keeps what tshark says.
Exit status: 0 all equal or named, 1 a difference without a name or a crash, 77 nothing could be compared (the reason is printed).
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

from compare_with_tshark import SKIPPED, Union, known_differences

FIN, SYN, RST, ACK = 1, 2, 4, 0x10
BASE = ["frame.number", "frame.protocols", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.seq_raw",
        "tcp.len", "tcp.flags"]
ANALYSIS = ["retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "lost_segment", "ack_lost_segment", "duplicate_ack",
            "keep_alive", "keep_alive_ack", "zero_window", "zero_window_probe", "zero_window_probe_ack", "window_update", "window_full",
            "reused_ports"]
FIELDS = BASE + ["tcp.analysis." + name for name in ANALYSIS]
CAPTURES = {".pcap", ".pcapng", ".cap", ".trace", ".dmp", ".pkt", ".ntar", ".dump", ".gz", ".zst", ".lz4"}
# tshark's words for what several of our verdicts say together.
KINDS = {
    "repeated or overtaken": ({"retransmission", "out_of_order"},
                              {"retransmission", "fast retransmission", "timeout retransmission", "spurious retransmission", "tail loss probe",
                               "tail loss probe or timeout", "retransmission of uncaptured", "out-of-order", "out-of-order or retransmission",
                               "late capture", "syn retransmission", "syn-ack retransmission", "fin retransmission"}),
    "hole opened": ({"lost_segment"}, {"hole opened"}),
    "acknowledges unseen": ({"ack_lost_segment"}, {"acknowledges unseen"}),
    "duplicate ack": ({"duplicate_ack"}, {"duplicate ack"}),
    "keep-alive": ({"keep_alive"}, {"keep-alive"}),
    "zero window": ({"zero_window"}, {"zero window"}),
    "zero window probe": ({"zero_window_probe"}, {"zero window probe"}),
    "window update": ({"window_update"}, {"window update"}),
    "window full": ({"window_full"}, {"window full"}),
}


class Packet:
    """One segment as tshark sees it."""

    def __init__(self, cells, place):
        def of(name):
            values = cells[name].split(",")
            return values[place] if len(values) > place else values[-1]

        self.number = int(cells["frame.number"])
        self.protocols = cells["frame.protocols"].split(":")
        self.stream = int(of("tcp.stream"))
        # The IP header in front of this TCP header; others may stand around it, and behind.
        ends = [at for at, name in enumerate(self.protocols) if name == "tcp"]
        before = self.protocols[:ends[min(place, len(ends) - 1)]] if ends else self.protocols
        layers = [name for name in before if name in ("ip", "ipv6")]
        family = layers[-1] if layers else "ip"
        count = layers.count(family)

        def address(name):
            values = cells[f"{family}.{name}"].split(",")
            return values[min(max(count, 1), len(values)) - 1]

        self.source = (address("src"), of("tcp.srcport"))
        self.target = (address("dst"), of("tcp.dstport"))
        self.sequence = int(of("tcp.seq_raw")) if of("tcp.seq_raw") else None
        self.length = int(of("tcp.len") or 0)
        self.flags = int(of("tcp.flags"), 16) if of("tcp.flags") else None
        self.marks = {name for name in ANALYSIS if cells["tcp.analysis." + name]}


def tshark_lines(path, cache):
    kept = cache / (str(path.resolve()).strip("/").replace("/", "~") + ".tsv") if cache else None
    if kept and kept.exists():
        return kept.read_text(encoding="utf-8", errors="replace").splitlines()
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-E", "separator=/t"]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    text = f"#exit {run.returncode}\n" + run.stdout.decode("utf-8", "replace")
    if kept:
        kept.write_text(text, encoding="utf-8")
    return text.splitlines()


def tshark_packets(path, cache):
    packets = []
    for line in tshark_lines(path, cache):
        cells = line.split("\t")
        if line.startswith("#") or len(cells) != len(FIELDS):
            continue
        cells = dict(zip(FIELDS, cells))
        # Of several only those of one frame (802.11 aggregates) are packets; others are carried in the bytes of the first.
        count = len(cells["tcp.stream"].split(",")) if cells["tcp.stream"] else 0
        for place in range(count if "wlan" in cells["frame.protocols"].split(":") else min(count, 1)):
            packets.append(Packet(cells, place))
    return packets


def analyse(analyze, path, folder):
    out = pathlib.Path(folder) / "out"
    shutil.rmtree(out, ignore_errors=True)
    run = subprocess.run([analyze, str(path), "--out", str(out), "--quiet", "--tables", "connections,packets,tcp_events"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300)
    error = run.stderr.decode("utf-8", "replace").strip()
    if run.returncode < 0 or run.returncode > 3 or "Sanitizer" in error or "runtime error" in error:
        return None, f"CRASH: status {run.returncode}: {error[:300]}"
    tables = {}
    for name in ("connections", "packets", "tcp_events"):
        if not (out / f"{name}.csv").exists():
            return None, error
        with open(out / f"{name}.csv", newline="", encoding="utf-8") as file:
            tables[name] = list(csv.DictReader(file))
    return tables, error


def streams_of(packets):
    """The bytes of each side of each stream, and which packets are quotations in an ICMP error."""
    streams = collections.OrderedDict()
    for packet in packets:
        sides = streams.setdefault(packet.stream, {})
        sides.setdefault(packet.source, Union())
        sides.setdefault(packet.target, Union())
        if packet.sequence is None or packet.flags is None or packet.flags & RST:
            continue
        if packet.length == 1 and packet.marks & {"zero_window_probe", "keep_alive"}:
            continue
        sides[packet.source].add((packet.sequence + (1 if packet.flags & SYN else 0)) % 2**32, packet.length)
    return streams


class Comparison:
    """One capture, packet by packet."""

    def __init__(self, path, packets, tables):
        self.path = path
        self.quoted = {packet.number for packet in packets if {"icmp", "icmpv6"} & set(packet.protocols[:packet.protocols.index("tcp")])}
        self.theirs = [packet for packet in packets if packet.number not in self.quoted]
        self.rows = {int(row["packet"]): row for row in tables["packets"]}
        self.connections = tables["connections"]
        self.verdicts = collections.defaultdict(set)  # by connection
        for event in tables["tcp_events"]:
            self.verdicts[event["connection"]].add(event["verdict"])
        self.streams = streams_of(self.theirs)
        self.reasons = collections.Counter()
        self.unnamed = []

    def run(self):
        self.packets()
        self.find_streams_without_syn()
        by_stream = collections.defaultdict(list)
        numbers = self.numbers()
        for row in self.connections:
            by_stream[numbers[int(row["tcp_stream"])]].append(row)
        for number, sides in self.streams.items():
            self.stream(number, sides, by_stream.pop(number, []))
        for number, rows in by_stream.items():
            if self.renumbered or self.missing_anywhere():
                self.reasons["streams counted on, after packets that only one of the two reads"] += 1
                continue
            self.unnamed.append(f"connections {[row['connection'] for row in rows]} of stream {number} are none of tshark's")
        return self

    def numbers(self):
        """Our numbers of streams as tshark counts: where it also counts what carries no packet of a stream, the order tells."""
        ours, theirs = sorted({int(row["tcp_stream"]) for row in self.connections}), sorted(self.streams)
        if ours != theirs and len(ours) == len(theirs):
            if self.quoted:
                self.reasons["the same streams with other numbers: tshark also counts TCP that ICMP errors quote"] += 1
                return dict(zip(ours, theirs))
            if theirs[-1] + 1 > len(theirs):
                self.reasons["the same streams with other numbers: a dissector of tshark makes conversations without a packet (SOCKS)"] += 1
                return dict(zip(ours, theirs))
        return {number: number for number in ours}

    def find_streams_without_syn(self):
        """Pairs of ends of which tshark begins another stream in the middle of a connection."""
        self.cut_pairs = set()
        first = {}
        for packet in self.theirs:
            pair = frozenset([packet.source, packet.target])
            streams = first.setdefault(pair, {})
            if streams and packet.stream not in streams and packet.flags is not None and not packet.flags & SYN:
                self.cut_pairs.add(pair)
            streams[packet.stream] = True

    def packets(self):
        """Packets in which only one of the two finds TCP. What follows of them is named with them."""
        self.missing = collections.defaultdict(collections.Counter)  # by stream
        self.renumbered = False
        for packet in self.theirs:
            row = self.rows.get(packet.number)
            if row is None or row["no_segment"]:
                reason = name_of_skip(row["no_segment"] if row else "damaged file", packet)
                self.missing[packet.stream][reason] += 1
        known = {packet.number for packet in self.theirs}
        for number, row in self.rows.items():
            if not row["no_segment"] and number not in known:
                self.reasons["TCP where tshark finds none" + (" (it takes the packet for a quotation)" if number in self.quoted else "")] += 1
                self.renumbered = True

    def stream(self, number, sides, rows):
        if self.cut_pairs and (frozenset(sides) in self.cut_pairs or not rows):
            self.reasons["tshark begins another stream in the middle of a connection, without a SYN"] += 1
            return
        missing = self.missing[number]
        whole = sum(1 for packet in self.theirs if packet.stream == number)
        if not rows:
            if missing and sum(missing.values()) == whole:
                for reason in missing:
                    self.reasons[reason] += 1
            elif self.missing_anywhere() or self.renumbered:
                self.reasons["streams counted on, after packets that only one of the two reads"] += 1
            else:
                self.unnamed.append(f"stream {number} is not here")
            return
        ours = collections.Counter()
        verdicts = set()
        for row in rows:
            verdicts |= self.verdicts[row["connection"]]
            for side in ("client", "server"):
                ours[row[f"{side}_address"], row[f"{side}_port"]] += int(row[f"{side}_bytes"])
        for end, union in sides.items():
            if ours[end] == union.size():
                continue
            reason = self.why_bytes_differ(number, end, rows, verdicts, missing, ours[end] - union.size())
            if reason:
                self.reasons[reason] += 1
            else:
                self.unnamed.append(f"stream {number} {end[0]}:{end[1]}: {ours[end]} bytes here, {union.size()} by tshark; {sorted(verdicts)}")

    def missing_anywhere(self):
        return any(self.missing.values())

    def why_bytes_differ(self, number, end, rows, verdicts, missing, more):
        packets = [packet for packet in self.theirs if packet.stream == number]
        if missing:
            return next(iter(missing))
        if len(rows) > 1:
            return "several connections (VLANs, tunnels, renumbered, a port used again) in one stream of tshark"
        if self.renumbered:
            return "streams counted on, after packets that only one of the two reads"
        if "wrong checksum" in verdicts and more < 0:
            return "segments with a wrong checksum that the receiver never confirmed are left out"
        if {"data after fin", "contradicting fin"} & verdicts and more < 0:
            return "bytes above the end of the stream are left out"
        if "before start" in verdicts and more < 0:
            return "bytes below the first of the stream are left out"
        if any(packet.flags is not None and packet.flags & SYN and packet.length for packet in packets):
            return "data on or around a SYN"
        if {"syn inside connection", "acknowledges what was not sent"} & verdicts:
            return "numbers that belong to no window of the connection"
        if abs(more) <= sum(1 for packet in packets if packet.length == 1):
            return "a lone byte that one of the two takes for a probe"
        if any(self.rows[packet.number]["payload_bytes"] != str(packet.length) for packet in packets if packet.number in self.rows):
            return "a packet whose length tshark takes from another place (cut, or changed by a fuzzer)"
        if far_apart(packets, end):
            return "bytes far outside any window"
        return None


def name_of_skip(reason, packet):
    if reason.startswith("fragment"):
        return "fragments that are used in the packet that completes them, or never complete"
    return f"not read here: {reason}"


def far_apart(packets, end):
    numbers = [packet.sequence for packet in packets if packet.source == end and packet.sequence is not None]
    return bool(numbers) and any((number - numbers[0] + 2**31) % 2**32 - 2**31 not in range(-2**30, 2**30) for number in numbers)


def verdict_counts(comparison, tables):
    counts = {}
    kinds = collections.Counter(event["verdict"] for event in tables["tcp_events"])
    for name, (theirs, ours) in KINDS.items():
        counts[name] = (sum(kinds[verdict] for verdict in ours), sum(1 for packet in comparison.theirs if packet.marks & theirs))
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--analyze", required=True)
    parser.add_argument("--cache", type=pathlib.Path)
    parser.add_argument("--verdicts", action="store_true")
    parser.add_argument("--list", action="store_true", help="also name the reasons for each file")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return SKIPPED
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)
    files = [path for folder in options.folders for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix.lower() in CAPTURES]
    count = collections.Counter()
    reasons, sums, same = collections.Counter(), collections.defaultdict(collections.Counter), collections.Counter()
    captures_of_reason = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            try:
                theirs = tshark_packets(path, options.cache)
                tables, error = analyse(options.analyze, path, folder)
            except subprocess.TimeoutExpired as timeout:
                count["timeout"] += 1
                print(f"TIMEOUT\t{path}\t{timeout.cmd[0]}")
                continue
            count["files"] += 1
            if tables is None:
                if error.startswith("CRASH"):
                    count["crashed"] += 1
                    print(f"CRASH\t{path}\t{error}")
                elif theirs:
                    count["with TCP"] += 1
                    count["unreadable"] += 1
                    print(f"UNREAD\t{path}\t{error[-200:]}")
                else:
                    count["neither reads"] += 1
                continue
            if not theirs and not tables["connections"]:
                continue
            count["with TCP"] += 1
            comparison = Comparison(path, theirs, tables).run()
            count["streams"] += len(comparison.streams)
            for name, (ours, others) in verdict_counts(comparison, tables).items():
                sums[name]["ours"] += ours
                sums[name]["tshark"] += others
                same[name] += ours == others
            for reason in comparison.reasons:
                captures_of_reason[reason] += 1
            reasons += comparison.reasons
            known = known_differences()
            reason = next((known[name] for name in known if path.as_posix().endswith("/" + name)), None)
            if comparison.unnamed and reason:
                comparison.reasons[reason] += len(comparison.unnamed)
                captures_of_reason[reason] += 1
                reasons[reason] += len(comparison.unnamed)
                comparison.unnamed = []
            if comparison.unnamed:
                count["unnamed"] += 1
                print(f"DIFFERS\t{path}\t{len(comparison.unnamed)}: " + "; ".join(comparison.unnamed[:3]))
            elif comparison.reasons:
                count["named"] += 1
                if options.list:
                    print(f"NAMED\t{path}\t" + "; ".join(comparison.reasons))
            else:
                count["equal"] += 1
    print(f"{count['files']} files, {count['with TCP']} with TCP ({count['streams']} streams): {count['equal']} equal, {count['named']} with named "
          f"differences, {count['unnamed']} with others, {count['unreadable']} not read, {count['timeout']} too slow, {count['crashed']} crashed")
    for reason, captures in captures_of_reason.most_common():
        print(f"  in {captures} captures ({reasons[reason]} times): {reason}")
    if options.verdicts:
        for name, sum_of in sums.items():
            print(f"  verdict {name}: {sum_of['ours']} here, {sum_of['tshark']} by tshark; equal in {same[name]} captures")
    if count["with TCP"] == 0:
        print("skipped: no capture with TCP")
        return SKIPPED
    return 1 if count["unnamed"] + count["crashed"] + count["timeout"] + count["unreadable"] else 0


if __name__ == "__main__":
    sys.exit(main())
