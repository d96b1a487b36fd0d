#!/usr/bin/env python3
"""Records conversations of real Linux TCP over a path with faults, with what the kernels and the programs counted beside them.

usage: record.py [--seed N] [--out FOLDER] [SCENARIO...]      (all of scenarios.py without a name)

FOLDER/SCENARIO/ gets client.pcap, middle.pcap and server.pcap, taken at three places of the path, and truth.json. The same seed gives
the same faults; what the kernel makes of them depends on time as well.
Exit status: 0 recorded, 77 this machine does not allow it (the reason is printed).
"""
import argparse
import json
import os
import pathlib
import platform
import sys

from lab import network
from lab.path import Path
from lab.talk import run_conversation
from scenarios import SCENARIOS, links_of

SKIPPED = 77
ALWAYS = {"tcp_no_metrics_save": 1}


def record(name, seed, folder):
    scenario = SCENARIOS[name]
    folder.mkdir(parents=True, exist_ok=True)
    with network.two_hosts({**ALWAYS, **scenario.client_settings}, {**ALWAYS, **scenario.server_settings}) as hosts:
        path = Path(*hosts, links_of(name, seed), folder)
        try:
            ends = run_conversation(hosts, scenario.client, scenario.server, scenario.connections, scenario.prepare)
            path.wait_until_quiet(scenario.quiet_s)
            for end in (end for pair in ends.values() for end in pair.values()):
                end.close()
            path.wait_until_quiet(scenario.quiet_s)
            counters = {side: host.counters() for side, host in zip(("client", "server"), hosts)}
        finally:
            path.stop()
    connections = {port: {side: end.truth() for side, end in pair.items()} for port, pair in ends.items()}
    way_us = round(1e6 * sum(link.delay_s for place in path.links for link in place))
    truth = {"way_us": way_us, "scenario": name, "seed": seed, "about": scenario.about, "kernel": platform.release().split("-")[0],
             "connections": connections, "counters": counters}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1, sort_keys=True) + "\n", encoding="ascii")
    return truth


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("kernel-captures"))
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO")
    options = parser.parse_args()
    try:
        network.become_owner_of_namespaces()
        for name in options.scenario or SCENARIOS:
            record(name, options.seed, options.out / name)
            print(f"{name}: {SCENARIOS[name].about}")
    except (network.NotPossible, OSError) as error:
        print(f"SKIPPED: no network of our own on this machine: {error}")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
