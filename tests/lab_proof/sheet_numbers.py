#!/usr/bin/env python3
"""Every number that a worksheet tells (outside its questions, which are marked) is what the lab, the server or the wire really has.

usage: sheet_numbers.py ROOT

A number that is in no sentence below is a fault, and so is a sentence that is in no sheet any more. Exit status: 0 all is so,
1 not, 77 this machine cannot.
"""
import pathlib
import re
import sys

try:
    import tomllib
except ModuleNotFoundError:
    print("SKIPPED: this Python is older than 3.11 and reads no TOML")
    sys.exit(77)

ROOT = pathlib.Path(sys.argv[1])
SERVER = tomllib.loads((ROOT / "messenger/net/server.example.toml").read_text(encoding="utf-8"))
STAGE = (ROOT / "labs/session/wire.hpp").read_text(encoding="utf-8")


def server(name):
    """A setting, in whichever table it stands."""
    for value in (SERVER, *(each for each in SERVER.values() if isinstance(each, dict))):
        if name in value:
            return value[name]
    raise KeyError(name)


def commands(lab):
    return "".join(each.get("commands", "") for each in lab.get("program", []))


# Of each lab: what the sheet says, and whether it is so.
CLAIMS = {
    "02": [
        ("begins with PLAINTALK/1", lambda lab: "`PLAINTALK/1" in (ROOT / "docs/PROTOCOL.md").read_text(encoding="utf-8")),
        ("Within ten seconds", lambda lab: server("login_timeout_ms") == 10_000),
        ("wait 20 seconds", lambda lab: server("presence_grace_ms") == 20_000),
        ("coalesce=1400:300ms", lambda lab: "coalesce=1400:300ms" in commands(lab)),
        ("until it has 1400 bytes", lambda lab: "coalesce=1400" in commands(lab)),
        ("a line of 5000 letters", lambda lab: server("line_size_max") < 5000),
    ],
    "03": [("10.0.0.11", lambda lab: lab["student"]["address"] == "10.0.0.11")],
    "05": [
        ("at most 1448 bytes", lambda lab: 1448 == 1500 - 20 - 32),  # MTU without the headers of IP and TCP; e2e.stage measures it
        ("80,000 bytes", lambda lab: lab["variant"]["size"]["integer"][0] <= 80_000 <= lab["variant"]["size"]["integer"][1]),
        ("SHA-256", lambda lab: True),  # the names of it
        ("sha256sum", lambda lab: True),
    ],
    "06": [
        ("a delay of 15 ms each way", lambda lab: lab["network"]["delay_ms"] == 15),
        ("up to 2 ms more on the way to you", lambda lab: lab["network"]["to_people"]["jitter_ms"] == 2),
        ("8 Mbit/s", lambda lab: lab["network"]["rate_kbit_s"] == 8000),
        ("three packets in two hundred", lambda lab: lab["network"]["to_people"]["loss_percent"] == 1.5),
        ("10.0.0.11", lambda lab: lab["student"]["address"] == lab["network"]["address"] == "10.0.0.11"),
        ("eth0", lambda lab: '"eth0"' in STAGE),
    ],
    "07": [
        ("cut -c 1-70", lambda lab: "cut -c 1-70" in commands(lab)),
        ("within ten seconds", lambda lab: server("login_timeout_ms") == 10_000),
        (":20s", lambda lab: "{nap}s" in commands(lab)),  # the same word with another number
        ("limit=3", lambda lab: True),  # of the reader's choice
    ],
    "10": [
        ("port 7778", lambda lab: lab["network"]["also_port"] == 7778),
        ("section 2", lambda lab: re.search(r"^## 2\. ", (ROOT / "docs/PROTOCOL.md").read_text(encoding="utf-8"), re.M)),
        ("python3", lambda lab: lab["program"][0]["command"][0] == "python3"),
    ],
    "11": [
        ("`python3`", lambda lab: any("python3" in person.get("commands", "") for person in lab["person"])),
        ("[5555]", lambda lab: True),  # any port
        ("session-1.pcapng", lambda lab: True),  # the first of them
    ],
}


def faults_of(folder, labs):
    number = folder.name[:2]
    lab = tomllib.loads((folder / "lab.toml").read_text(encoding="utf-8"))
    sheet = (folder / "worksheet.md").read_text(encoding="utf-8")
    left = re.sub(r"\{[^}]*\}", "", sheet)
    claims = [*CLAIMS.get(number, []), (f"bout {lab['minutes']} minutes", lambda lab: True)]
    for text, holds in claims:
        if text not in left:
            yield f"lab {number}: '{text}' is not in the sheet"
        elif not holds(lab):
            yield f"lab {number}: '{text}' is not so"
        left = left.replace(text, "")
    left = re.sub(r"^ *\d+\. ", "", left, flags=re.M)  # steps
    left = re.sub(r"lab (answer|hint) \.1\b", "", left)  # the first question, of a lab that was filled in
    left = re.sub(r"Task 2", "", left)
    for line in re.findall(r"Labs? [^.]*", left):
        for other in re.findall(r"\b\d\d\b", line):
            if other not in labs:
                yield f"lab {number}: there is no lab {other}"
        left = left.replace(line, "")
    for line in left.splitlines():
        if re.search(r"\d", line):
            yield f"lab {number}: nobody has compared the number in '{line.strip()}'"


def main():
    folders = sorted(ROOT.glob("labs/[0-9][0-9]-*"))
    labs = {folder.name[:2] for folder in folders}
    faults = [fault for folder in folders for fault in faults_of(folder, labs)]
    print("\n".join(faults) or f"the numbers of {len(folders)} sheets are as they say")
    sys.exit(1 if faults or not folders else 0)


main()
