#!/usr/bin/env python3
"""Checks plaintalk-analyze on captures that it once judged wrongly, against values that were counted or constructed.

usage: check_cases.py --analyze PROGRAM [FOLDER]

The captures are no part of this repository: they lie in FOLDER, in $PLAINTALK_CASES, or in shared/cases beside the checkout (or beside
the checkout that a worktree belongs to). EXPECTED says for each what must hold and why that is right.
Exit status: 0 all right, 1 a value is wrong, 77 there is no such folder (the reason is printed).
"""
import argparse
import collections
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
SOURCE = pathlib.Path(__file__).resolve().parents[2]
REPEATS = ("retransmission", "fast retransmission", "timeout retransmission", "spurious retransmission", "tail loss probe",
           "tail loss probe or timeout", "retransmission of uncaptured", "out-of-order", "out-of-order or retransmission")


class Result:
    """What the analyzer said about one capture."""

    def __init__(self, folder):
        self.connections = list(csv.DictReader(open(folder / "connections.csv", encoding="utf-8")))
        self.events = list(csv.DictReader(open(folder / "tcp_events.csv", encoding="utf-8")))
        self.findings = list(csv.DictReader(open(folder / "findings.csv", encoding="utf-8")))
        self.counts = collections.Counter(event["verdict"] for event in self.events)

    def column(self, *names):
        return [tuple(row[name] for name in names) for row in self.connections]

    def sum_of(self, name):
        return sum(int(row[name] or 0) for row in self.connections)

    def side_counts(self, address):
        """Verdicts of the packets that came from one address."""
        clients = {row["connection"]: row["client_address"] for row in self.connections}
        return collections.Counter(event["verdict"] for event in self.events
                                   if (event["direction"] == "client") == (clients[event["connection"]] == address))


class Checks:
    """Collects what does not hold."""

    def __init__(self):
        self.failures = []

    def equal(self, found, right, what):
        if found != right:
            self.failures.append(f"{what}: {found}, right is {right}")

    def holds(self, condition, what):
        if not condition:
            self.failures.append(what)

    def bytes(self, result, *right):
        """Bytes of client and server of each connection, nothing missing."""
        self.equal(sorted(result.column("client_bytes", "server_bytes")), sorted((str(c), str(s)) for c, s in right), "bytes")
        self.no_gaps(result)

    def no_gaps(self, result):
        self.equal(result.sum_of("client_gap_bytes") + result.sum_of("server_gap_bytes"), 0, "gap bytes")
        self.equal([f["kind"] for f in result.findings if f["kind"] == "capture-loss"], [], "findings")

    def no_repeats(self, result):
        self.equal({verdict: count for verdict, count in result.counts.items() if verdict in REPEATS}, {}, "repeats")


def hole_filled_late(check, result):
    check.bytes(result, (0, 3010))
    check.no_repeats(result)
    check.equal(result.counts["late capture"], 1, "late capture")
    check.holds(not any("packet 0" in event["evidence"] for event in result.events), "evidence names a packet 0")


def acknowledges_unsent(check, result):
    check.bytes(result, (200, 0))
    check.equal(result.counts["acknowledges what was not sent"], 1, "verdict about the bogus acknowledgement")
    check.equal(result.counts["late capture"], 0, "late capture: only the bogus acknowledgement named these bytes")


def every_packet_twice(check, result):
    check.bytes(result, (10, 2000))
    check.no_repeats(result)
    check.holds(result.sum_of("duplicate_capture_packets") == 9, "each of the packets came twice, as duplicate captures")


def numbered_above(check, result):
    check.no_gaps(result)
    sure = [e for e in result.events if e["verdict"] == "retransmission of uncaptured" and e["confidence"] == "certain"]
    check.equal(len(sure), 1, "certain retransmission of bytes that were not captured")
    check.equal(result.counts["hole opened"], 1, "hole opened by the bare acknowledgement")
    check.equal(result.sum_of("client_retransmitted_packets"), 1, "retransmitted packets")


def two_number_spaces(check, result):
    check.no_gaps(result)
    check.no_repeats(result)


def batch_of_copies(check, result):
    check.equal(result.sum_of("duplicate_capture_packets"), 12, "duplicate captures")
    check.no_repeats(result)


def inside_vxlan(check, result):
    check.equal(result.column("tunnel", "client_bytes"), [("vxlan 42", "10")], "tunnel and bytes")


def lossy_chat(check, result):
    """The sender's counters: RetransSegs 76 (7 SYN, 2 after shutdown), Timeouts 23 (7 of them SYN), FastRetrans 41."""
    counts = result.side_counts("10.8.0.1")
    data = sum(counts[verdict] for verdict in REPEATS)
    check.equal(data, 67, "retransmitted packets with data")
    check.equal(counts["syn retransmission"], 7, "SYN retransmissions")
    check.equal(counts["fin retransmission"], 2, "FIN retransmissions")
    check.equal(counts["fast retransmission"], 41, "fast retransmissions")
    check.holds(counts["timeout retransmission"] <= 16, f"{counts['timeout retransmission']} timeouts, the kernel had 16")
    could_be = counts["timeout retransmission"] + counts["tail loss probe or timeout"]
    check.equal(could_be + counts["tail loss probe"], 26, "the rest, timeouts and loss probes")
    check.equal([e for e in result.events if e["confidence"] == "certain" and e["verdict"] == "timeout retransmission"], [],
                "certain timeouts")


def port_used_again(check, result):
    check.bytes(result, (100, 0), (70, 0))


def one_selective_ack(check, result):
    check.equal((result.counts["fast retransmission"], result.counts["timeout retransmission"]), (1, 0), "fast, timeout")


def two_vlans(check, result):
    check.bytes(result, (10, 20), (10, 20))


def both_open(check, result):
    check.bytes(result, (10, 20))
    check.equal(result.column("state"), [("SF",)], "state")
    check.equal(result.counts["syn-ack retransmission"], 0, "repeated SYN-ACKs")
    check.holds(result.connections[0]["handshake_rtt_us"] not in ("0.000", "0"), "a round trip of 0")


def slow_reader(check, result):
    """The sender's counters: TCPWinProbe 4, TCPKeepAlive 0 (SO_KEEPALIVE off)."""
    check.equal(result.counts["zero window probe"], 4, "zero window probes")
    check.equal(result.counts["keep-alive"], 0, "keep-alives")
    check.bytes(result, (262144, 0))


def unknown_interface(check, result):
    check.bytes(result, (10, 0))


def lone_tail(check, result):
    check.equal(result.counts["tail loss probe or timeout"], 1, "probe or timeout: nobody can tell")
    check.equal(result.counts["timeout retransmission"], 0, "timeouts")


def probes_of_closed_window(check, result):
    check.bytes(result, (1500, 0))
    check.no_repeats(result)
    check.equal(result.counts["duplicate ack"], 0, "duplicate acknowledgements")
    check.equal(result.counts["keep-alive"], 0, "keep-alives: the kernel counts none while the window is closed")
    check.equal(result.counts["zero window probe"], 3, "zero window probes")


EXPECTED = {
    "acknowledged-hole-filled-late.pcap": hole_filled_late,
    "acknowledges-what-was-not-sent.pcap": acknowledges_unsent,
    "any-veth-and-uplink.pcap": every_packet_twice,
    "bare-ack-numbered-above.pcap": numbered_above,
    "both-sides-of-isn-randomiser.pcap": two_number_spaces,
    "copies-in-a-batch.pcap": batch_of_copies,
    "inside-vxlan.pcap": inside_vxlan,
    "lossy-chat-sender.pcap": lossy_chat,
    "port-used-again-end-not-captured.pcap": port_used_again,
    "repeat-after-one-selective-ack.pcap": one_selective_ack,
    "same-addresses-in-two-vlans.pcap": two_vlans,
    "simultaneous-open.pcap": both_open,
    "slow-reader-sender.pcap": slow_reader,
    "statistics-of-unknown-interface.pcapng": unknown_interface,
    "tail-probe-of-one-segment.pcap": lone_tail,
    "zero-window-probe-linux.pcap": probes_of_closed_window,
}


def find_folder(given):
    if given:
        return pathlib.Path(given)
    if os.environ.get("PLAINTALK_CASES"):
        return pathlib.Path(os.environ["PLAINTALK_CASES"])
    places = [SOURCE.parent]
    try:
        common = subprocess.run(["git", "-C", str(SOURCE), "rev-parse", "--path-format=absolute", "--git-common-dir"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode().strip()
        places.append(pathlib.Path(common).parent.parent)
    except (OSError, subprocess.CalledProcessError):
        pass
    return next((place / "shared/cases" for place in places if (place / "shared/cases").is_dir()), None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--analyze", required=True)
    parser.add_argument("folder", nargs="?")
    options = parser.parse_args()
    folder = find_folder(options.folder)
    if folder is None or not folder.is_dir():
        print("SKIPPED: the captures are not here: no shared/cases beside the checkout, and PLAINTALK_CASES names none")
        return SKIPPED
    failures = 0
    captures = sorted(path for path in folder.iterdir() if path.suffix in (".pcap", ".pcapng"))
    for path in captures:
        check = Checks()
        if path.name not in EXPECTED:
            print(f"{path.name}: not judged, EXPECTED does not say what is right for it")
        else:
            with tempfile.TemporaryDirectory() as work:
                # A damaged block is exit status 1 and still gives tables.
                subprocess.run([options.analyze, str(path), "--no-html", "--out", work + "/out"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, timeout=120, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
                EXPECTED[path.name](check, Result(pathlib.Path(work) / "out"))
        for failure in check.failures:
            print(f"{path.name}: {failure}")
        failures += len(check.failures)
    print(f"{len(captures)} captures, {failures} wrong values")
    return 1 if failures or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
