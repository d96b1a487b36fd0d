#!/usr/bin/env python3
"""Records conversations anew (record.py) and compares at once (compare.py).

usage: fresh.py --analyze PROGRAM [SCENARIO...]       PLAINTALK_SEED=N repeats the faults of an earlier run

Exit status: 0 all right, 1 something is wrong (the recordings are kept, and where they are is printed), 77 this machine does not
allow a network of our own (the reason is printed).
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--analyze", required=True)
    parser.add_argument("scenario", nargs="*")
    options = parser.parse_args()
    seed = os.environ.get("PLAINTALK_SEED", str(int(time.time()) % 100_000))
    print(f"PLAINTALK_SEED={seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="plaintalk-kernel."))
    status = subprocess.run([sys.executable, "-B", str(HERE / "record.py"), "--seed", seed, "--out", str(folder), *options.scenario],
                            check=False).returncode
    if status == 0:
        recordings = sorted(path for path in folder.iterdir() if (path / "truth.json").exists())
        status = subprocess.run([sys.executable, "-B", str(HERE / "compare.py"), "--analyze", options.analyze, *map(str, recordings)],
                                check=False).returncode
    if status in (0, 77):
        shutil.rmtree(folder)
    else:
        print(f"kept for inspection: {folder}")
    return status


if __name__ == "__main__":
    sys.exit(main())
