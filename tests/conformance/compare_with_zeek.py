#!/usr/bin/env python3
"""Compares the conn.log of `plaintalk-analyze --zeek` with the conn.log baselines of Zeek's own tests.

usage: compare_with_zeek.py --analyze PROGRAM [--least SHARE] FOLDER

FOLDER is testing/btest of a Zeek source tree. Taken are the tests that read exactly one capture and have one conn.log as their
baseline; connections inside tunnels are left out. Many tests stop Zeek early (a filter, a script that ends the analysis), so
differences are shown and counted, and the exit status is 1 only when fewer than --least of the states agree.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
FIELDS = ["conn_state", "history", "orig_bytes", "resp_bytes", "missed_bytes", "orig_pkts", "resp_pkts", "orig_ip_bytes",
          "resp_ip_bytes", "duration", "proto"]


def tests_by_name(root):
    """scripts/base/x.zeek has its baseline in Baseline/scripts.base.x."""
    names = {}
    for path in root.rglob("*"):
        if path.suffix in {".zeek", ".test", ".sh", ".spicy"} and "Baseline" not in path.parts[len(root.parts)]:
            names[".".join(path.relative_to(root).with_suffix("").parts)] = path
    return names


def capture_of(root, test):
    traces = set(re.findall(r"\$\{?TRACES\}?/([\w./-]+)", test.read_text(encoding="utf-8", errors="replace")))
    path = root / "Traces" / traces.pop() if len(traces) == 1 else None
    return path if path and path.is_file() else None


def rows_of(log):
    fields, rows = [], collections.defaultdict(list)
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        cells = line.split("\t")
        if cells[0] == "#fields":
            fields = cells[1:]
        elif not line.startswith("#"):
            row = dict(zip(fields, cells))
            if row.get("proto") == "tcp" and "id.orig_h" in row and row.get("tunnel_parents", "-") in {"-", "(empty)"}:
                rows[tuple(row[f"id.{name}"] for name in ("orig_h", "orig_p", "resp_h", "resp_p"))].append(row)
    return rows


def rows_of_ours(analyze, capture):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([analyze, capture, "--out", f"{folder}/analysis", "--zeek", f"{folder}/logs", "--quiet", "--no-html"],
                       capture_output=True, timeout=300)
        log = pathlib.Path(folder, "logs", "conn.log")
        return rows_of(log) if log.exists() else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyze", required=True)
    parser.add_argument("--least", type=float, default=0.95, help="share of the states that must agree (default: 0.95)")
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    root = options.folder.resolve()
    tests = tests_by_name(root)
    equal, total = collections.Counter(), collections.Counter()
    captures = set()
    for log in sorted(root.glob("Baseline/*/conn.log")):
        test = tests.get(log.parent.name)
        capture = capture_of(root, test) if test else None
        theirs = rows_of(log)
        if not capture or not theirs:
            continue
        captures.add(capture)
        ours = rows_of_ours(options.analyze, capture)
        for ends, zeek_rows in theirs.items():
            if ends not in ours:
                print(f"NOT HERE\t{log.parent.name}\t{capture.name}\t{' '.join(ends)}\t{zeek_rows[0].get('conn_state')}")
                continue
            for zeek, row in zip(zeek_rows, ours[ends]):
                for name in FIELDS:
                    if name not in zeek:
                        continue
                    total[name] += 1
                    equal[name] += zeek[name] == row[name]
                    if zeek[name] != row[name]:
                        print(f"{name}\t{log.parent.name}\t{capture.name}\t{' '.join(ends)}\t{zeek[name]} in Zeek, {row[name]} here")
    if not total:
        print("skipped: the folder holds no test with a capture and a conn.log")
        return SKIPPED
    print(f"{len(captures)} captures; equal: " + ", ".join(f"{name} {equal[name]} of {total[name]}" for name in FIELDS))
    return 0 if equal["conn_state"] >= options.least * total["conn_state"] else 1


if __name__ == "__main__":
    sys.exit(main())
