#!/usr/bin/env python3
"""Compares what plaintalk-analyze says about recorded captures with what the kernels and the programs counted.

usage: compare.py --analyze PROGRAM [--times] [--verbose] FOLDER...        (each as record.py makes it, captures perhaps compressed)

Beside the sender, a capture holds all that its kernel sent, so counts must be equal, and kinds of repeats may not exceed the kernel's
counters; where the analyzer says that it cannot tell, the sum of all possible ones must reach them. Elsewhere on the path packets are
missing or doubled: there each packet that is called a repeat, or overtaken, is looked up in the sender's own capture.
With --times also that measured times agree closely, which they do only where the recording machine was not busy: the relay stamps
its captures itself.
Exit status: 0 all right, 1 something is wrong.
"""
import argparse
import collections
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from lab.recorded import FIN, SYN, packets_of, repeats_of

ADDRESS = {"client": "10.9.0.1", "server": "10.9.0.2"}
OTHER = {"client": "server", "server": "client"}
PLACES = {"client": "near client", "middle": "middle", "server": "near server"}
STAMP_TICK_US = 1000  # Linux's clock for time stamps; a packet waits some more on a busy machine
REPEATS = {"retransmission", "fast retransmission", "timeout retransmission", "spurious retransmission", "tail loss probe",
           "tail loss probe or timeout", "retransmission of uncaptured", "syn retransmission", "syn-ack retransmission",
           "fin retransmission"}
FAST = {"fast retransmission"}
TIMEOUT = {"timeout retransmission"}
PROBE = {"tail loss probe"}
PROBE_OR_TIMEOUT = {"tail loss probe or timeout"}
UNDECIDED = {"retransmission", "spurious retransmission", "fin retransmission"}  # of no kind, so perhaps of any


def rows_of(path):
    return list(csv.DictReader(open(path, encoding="utf-8", newline="")))


class View:
    """One capture as the analyzer sees it, and as it is."""

    def __init__(self, place, capture, connections, events):
        self.place, self.capture, self.connections, self.events = place, capture, connections, events
        self.packets = {packet.number: packet for packet in packets_of(capture)}

    def events_of(self, side, verdicts, confidences=("certain", "likely", "ambiguous")):
        return [event for event in self.events
                if event["direction"] == side and event["verdict"] in verdicts and event["confidence"] in confidences]

    def packets_with(self, side, verdicts, *confidences):
        return {int(event["packet"]) for event in self.events_of(side, verdicts, *confidences)}

    def count(self, side, *verdicts):
        return len(self.events_of(side, set(verdicts)))

    def total(self, column):
        return sum(int(row[column] or 0) for row in self.connections)


def views_of(analyze, folder):
    """All places of one recording, analyzed one by one but in a single run."""
    captures = {place: next(path for path in (folder / f"{place}.pcap", folder / f"{place}.pcap.gz") if path.exists()) for place in PLACES}
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([analyze, *map(str, captures.values()), "--each", "--out", work + "/out", "--tables", "connections,tcp_events"],
                       stdout=subprocess.DEVNULL, check=True, timeout=120, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
        tables = {table: rows_of(f"{work}/out/{table}.csv") for table in ("connections", "tcp_events")}

    def of_place(table, place):
        return [row for row in tables[table] if row["capture"] == place]

    return {place: View(place, capture, of_place("connections", place), of_place("tcp_events", place)) for place, capture in captures.items()}


class Judge:
    """Collects what is wrong, and says what is right when asked to."""

    def __init__(self, name, truth, with_times, verbose):
        self.name, self.truth, self.with_times, self.verbose = name, truth, with_times, verbose
        self.failures = 0

    def counter(self, side, *names):
        return sum(self.truth["counters"][side].get(name, 0) for name in names)

    def say(self, is_right, text):
        if not is_right:
            self.failures += 1
            print(f"{self.name}: {text}")
        elif self.verbose:
            print(f"{self.name}: right: {text}")

    def equal(self, found, right, what):
        self.say(found == right, f"{what}: {found}, the kernel {right}" if found != right else f"{what}: {found}")

    def between(self, least, value, most, what):
        self.say(least <= value <= most, f"{what}: {value} must lie between {least} and {most}")


def judge_beside_sender(judge, view, side):
    """Everything that this side sent is in the capture."""
    here = f"{side}'s own capture"
    # An answer that the kernel sent twice at once, because the network had doubled the question, looks like one captured twice.
    copies = view.packets_with(side, {"duplicate capture"}, ("likely",))
    repeats, sent_again = view.packets_with(side, REPEATS), judge.counter(side, "TcpRetransSegs")
    judge.between(sent_again - len(copies), len(repeats), sent_again, f"{here}: repeated packets")
    judge.equal(len(view.packets_with(side, {"out-of-order", "out-of-order or retransmission", "retransmission of uncaptured",
                                             "late capture", "hole opened"})), 0, f"{here}: overtaken or uncaptured packets")
    judge.equal(len(view.packets_with(side, {"duplicate capture"}, ("certain",))), 0, f"{here}: certain copies")
    # In a recovery after a timeout the kernel counts TCPSlowStartRetrans.
    fast = judge.counter(side, "TcpExtTCPFastRetrans", "TcpExtTCPSlowStartRetrans")
    probes = judge.counter(side, "TcpExtTCPLossProbes")
    # Of a SYN a timeout is a verdict of its own. A timer that fires for a window probe or a keep-alive counts nothing.
    timeouts = judge.counter(side, "TcpExtTCPTimeouts")
    syns = view.count(side, "syn retransmission")
    count = lambda kinds: len(view.packets_with(side, kinds))
    undecided = count(UNDECIDED)
    judge.between(fast - undecided, count(FAST), fast, f"{here}: fast retransmissions")
    judge.between(0, count(TIMEOUT), timeouts - syns, f"{here}: timeouts")
    judge.between(timeouts - syns, count(TIMEOUT | PROBE_OR_TIMEOUT | UNDECIDED), len(view.packets), f"{here}: timeouts at most")
    judge.between(0, count(PROBE), probes, f"{here}: tail loss probes")
    judge.equal(len(view.events_of(side, TIMEOUT | FAST | PROBE, ("certain",))), 0, f"{here}: kinds that are called certain")
    judge.equal(view.count(side, "keep-alive"), judge.counter(side, "TcpExtTCPKeepAlive"), f"{here}: keep-alives")
    judge.equal(view.count(side, "zero window probe"), judge.counter(side, "TcpExtTCPWinProbe"), f"{here}: window probes")
    # One of a FIN may come when the socket is gone, and is counted by nobody.
    sizes = {row["connection"]: int(row[f"{side}_bytes"]) for row in view.connections}
    sacks = view.events_of(OTHER[side], {"d-sack"})
    of_data = sum(int(event["offset"]) < sizes[event["connection"]] for event in sacks)
    counted = judge.counter(side, "TcpExtTCPDSACKRecv", "TcpExtTCPDSACKOfoRecv")
    answered = judge.counter(OTHER[side], "TcpExtTCPDSACKOldSent", "TcpExtTCPDSACKOfoSent")
    judge.between(counted, len(sacks), max(counted, answered), f"{here}: D-SACKs received")
    judge.between(of_data, answered, answered, f"{here}: D-SACKs received, and sent")
    judge.equal(view.total(f"{side}_bytes"), sum(pair[side]["sent"] for pair in judge.truth["connections"].values()),
                f"{here}: bytes of the stream")
    judge.equal(view.total(f"{side}_retransmitted_bytes"),
                sum(pair[side]["tcp_info"]["bytes_retrans"] for pair in judge.truth["connections"].values()),
                f"{here}: repeated bytes")


def judge_round_trips(judge, view, side):
    """The least round trip is what the kernel says, and none is shorter than the way: of the wrong transmission it would be."""
    least = judge.truth["way_us"]
    for row in view.connections:
        kernel = judge.truth["connections"][row["client_port"]][side]["tcp_info"]
        here = f"{side}'s own capture, connection {row['connection']}"
        samples = [float(row[name]) for name in (f"{side}_rtt_min_us", f"{side}_rtt_stamp_min_us", "handshake_rtt_us") if row[name]]
        if int(row[f"{side}_rtt_count"]) > 0:
            # The kernel may lack samples that the capture has: its own answers to repeated SYNs.
            most = kernel["min_rtt"] + 2 * STAMP_TICK_US if judge.with_times else 1e6
            judge.between(least, min(samples), most, f"{here}: least round trip")
        if int(row[f"{side}_rtt_stamp_count"]) > 0:
            judge.between(least, float(row[f"{side}_rtt_stamp_min_us"]), 1e6, f"{here}: least round trip by a time stamp")


def judge_windows(judge, views, side):
    """Closed windows: as many as the kernel announced, and from everywhere as long."""
    own = views[side]
    closures = own.total(f"{side}_window_closures")
    judge.equal(closures, judge.counter(side, "TcpExtTCPToZeroWindowAdv"), f"{side}'s own capture: windows closed")
    for view in views.values() if judge.with_times else ():
        for row, here in zip(own.connections, view.connections):
            if row[f"{side}_window_closures"] == here[f"{side}_window_closures"] and row[f"{side}_window_closures"] != "0":
                least, value = (float(one[f"{side}_window_closed_us"]) for one in (row, here))
                # An update that was lost is told by the answer to the next probe, later.
                late = 1e6 if here[f"{side}_window_opened_by_probe"] != "0" else 5000
                judge.between(least - 5000, value, least + late, f"at the {view.place}: us for which {side}'s window was closed")


def judge_claims(judge, view, side, repeats):
    """Wherever it was taken: no packet is called what it is not."""
    here = f"{side}'s packets at the {view.place}"
    is_repeat = lambda number: view.packets[number].identity in repeats
    claimed = view.packets_with(side, REPEATS)
    overtaken = view.packets_with(side, {"out-of-order", "late capture"})
    wrong = sorted(number for number in claimed if not is_repeat(number))
    judge.say(not wrong, f"{here}: called repeats and are none: {wrong}")
    wrong = sorted(number for number in overtaken if is_repeat(number))
    judge.say(not wrong, f"{here}: called overtaken and are repeats: {wrong}")
    said = claimed | overtaken | view.packets_with(side, {"out-of-order or retransmission", "duplicate capture"})
    missed = sorted(number for number, packet in view.packets.items()
                    if packet.identity.source[0] == ADDRESS[side] and packet.identity in repeats and number not in said
                    and below_seen(view, packet))
    judge.say(not missed, f"{here}: repeats of which nothing is said: {missed}")


def below_seen(view, packet):
    """Whether the capture shows that it is a repeat or overtaken: something of its sender that ends as high came before."""
    end = lambda one: one.sequence + one.size + (1 if one.flags & (FIN | SYN) else 0)
    return any(before.identity.source == packet.identity.source and before.identity.target == packet.identity.target
               and end(before) != before.sequence and (end(before) - end(packet) & 0xFFFFFFFF) < 1 << 31
               for before in view.packets.values() if before.number < packet.number)


def judge_folder(analyze, folder, with_times, verbose):
    truth = json.loads((folder / "truth.json").read_text(encoding="ascii"))
    judge = Judge(folder.name, truth, with_times, verbose)
    views = views_of(analyze, folder)
    for side, address in ADDRESS.items():
        judge_beside_sender(judge, views[side], side)
        judge_round_trips(judge, views[side], side)
        judge_windows(judge, views, side)
        repeats = repeats_of(views[side].capture, address)
        for view in views.values():
            judge_claims(judge, view, side, repeats)
    for place, view in views.items():
        where = {(row["vantage"], row["vantage_confidence"] != "ambiguous") for row in view.connections}
        judge.equal(where, {(PLACES[place], True)}, f"the place of the capture at the {place}")
    return judge.failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--analyze", required=True)
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("folder", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    failures = sum(judge_folder(options.analyze, folder, options.times, options.verbose) for folder in options.folder)
    print(f"{len(options.folder)} recordings, {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
