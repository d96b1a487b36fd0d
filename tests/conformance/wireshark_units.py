#!/usr/bin/env python3
"""Compares the frames that the Lua dissector finds in tshark with the table pdus of the same captures.

    tests/conformance/wireshark_units.py --analyze build/release/bin/plaintalk-analyze CAPTURE|FOLDER...

For each connection and direction: the verbs and lengths of all frames, in order, and the faults, in order. Two readers
that share nothing but docs/PROTOCOL.md must find the same. Directions with a hole (a fault "gap", or in a body) are left out
and counted: Wireshark does not tell a dissector about it. Exit status 1 when some capture differs, 77 without tshark.
"""
import argparse, collections, csv, pathlib, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIELDS = ["tcp.stream", "tcp.srcport", "plaintalk.verb", "plaintalk.length", "plaintalk.fault", "_ws.lua.error"]


def units_of_table(analyze, capture):
    """(stream, port of the sender) -> ([(verb, length)], [fault])"""
    units = collections.defaultdict(lambda: ([], []))
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        # 3: the rest behind damage was analysed.
        words = [analyze, "--quiet", "--tables", "connections,pdus", "--out", out, capture]
        result = subprocess.run(words, capture_output=True, text=True)
        if result.returncode not in (0, 3):
            sys.exit(f"{capture}: {result.stderr}")
        with open(out / "connections.csv", newline="") as file:
            connections = {row["connection"]: row for row in csv.DictReader(file)}
        with open(out / "pdus.csv", newline="") as file:
            for row in csv.DictReader(file):
                connection = connections[row["connection"]]
                port = connection["client_port" if row["direction"] == "client" else "server_port"]
                frames, faults = units[connection["tcp_stream"], port]
                if row["hole_bytes"] != "0":
                    faults.append("gap")
                if row["status"] == "ok":
                    frames.append((row["verb"], row["length"]))
                else:
                    faults.append(row["status"])
    return units


def units_of_tshark(capture):
    units = collections.defaultdict(lambda: ([], []))
    words = ["tshark", "-n", "-r", capture, "-X", f"lua_script:{ROOT / 'analyzer/wireshark/plaintalk.lua'}",
             "-o", "tcp.reassemble_out_of_order:TRUE", "-Y", "plaintalk", "-T", "fields", "-E", "aggregator=|"]
    for field in FIELDS[:-1]:
        words += ["-e", field]
    result = subprocess.run(words, capture_output=True, text=True)
    if "Lua" in result.stderr or "lua" in result.stderr:
        sys.exit(f"{capture}: {result.stderr}")
    for line in result.stdout.splitlines():
        stream, port, verbs, lengths, faults = line.split("\t")
        frames, known_faults = units[stream, port]
        if verbs:
            frames += zip(verbs.split("|"), lengths.split("|"), strict=True)
        if faults:
            known_faults += faults.split("|")
    return units


def first_difference(ours, theirs):
    for index, (own, other) in enumerate(zip(ours, theirs)):
        if own != other:
            return f"number {index + 1}: table {own}, tshark {other}"
    return f"table has {len(ours)}, tshark {len(theirs)}"


def compare(analyze, capture):
    """Differences in words, how many frames there were, and how many directions had holes."""
    ours, theirs = units_of_table(analyze, capture), units_of_tshark(capture)
    differences, count, holes = [], 0, 0
    for key in sorted(set(ours) | set(theirs)):
        if "gap" in ours[key][1]:
            holes += 1
            continue
        count += len(ours[key][0])
        for what, own, other in zip(("frames", "faults"), ours[key], theirs[key]):
            if own != other:
                differences.append(f"stream {key[0]} from port {key[1]}, {what}: {first_difference(own, other)}")
    return differences, count, holes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyze", required=True)
    parser.add_argument("captures", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if not shutil.which("tshark"):
        print("SKIPPED: there is no tshark here")
        return 77
    files = []
    for path in options.captures:
        files += sorted(path.glob("*.pcap*")) if path.is_dir() else [path]
    frames = equal = holes = 0
    for file in files:
        differences, count, left_out = compare(options.analyze, file)
        frames += count
        holes += left_out
        equal += not differences
        for difference in differences:
            print(f"{file.name}: {difference}")
    print(f"{equal} of {len(files)} captures with the same units; {frames} frames; "
          f"{holes} directions with holes left out")
    return 0 if equal == len(files) and frames > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
