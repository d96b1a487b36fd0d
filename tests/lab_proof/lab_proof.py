#!/usr/bin/env python3
"""Proves the marking of the labs: plays each for many students and compares what the programs say with what must be.

usage: lab_proof.py --programs DIR --labs DIR [--seeds N] [--markers N] [--rounds N] [--only NN,...]

  keys       each key equals the answer of tests/conformance/lab_oracle.py (tshark's fields), and the scenario's truth
  right      the accepted answers in many notations are never refused
  mistakes   a wrong answer of which the mistake is known is told that mistake, and a packet that the capture has
  others     the sheet of another student, marked against one's own capture
  entropy    how much the answers differ from student to student

Answers are marked by `lab grade`, as a teacher would. --rounds bounds the sheets that each student hands in (0: all that there are).
Exit status: 0 all as it must be, 1 not, 77 this machine cannot (the reason is printed).
"""
import argparse
import collections
import concurrent.futures
import csv
import itertools
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))
sys.dont_write_bytecode = True
import lab_oracle  # noqa: E402
import notations  # noqa: E402

SKIPPED = 77
LEAST_NAMED = 0.9  # of the wrong answers
ENOUGH_STUDENTS = 20  # fewer say little about a share
MOST_COPIED = 0.1  # of another student's answers, where questions vary
LEAST_BITS = 40  # of the answers of a sheet
FEW_BITS = 3  # of one question: worth a line
SHOWN = 40


class Proof:
    def __init__(self, options, work):
        self.program = pathlib.Path(options.programs) / "plaintalk-lab"
        self.labs, self.rounds, self.work = options.labs, options.rounds, work
        self.faults = []
        self.environment = dict(os.environ, TMPDIR=str(work))

    def fault(self, text):
        self.faults.append(text)

    def run(self, *words):
        return subprocess.run([str(self.program), "--labs", self.labs, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, env=self.environment, timeout=600, text=True, errors="replace")

    def play(self, lab, student, folder):
        reference = pathlib.Path(__file__).resolve().parents[1] / "lab_reference" / lab  # what the student has to write
        words = ["--reference", str(reference)] if reference.is_dir() else []
        result = self.run("solve", lab, "--student", student, "--keep", str(folder), "--mode", "namespace", *words)
        if not (folder / "keys.json").exists():
            if "no capture in a private network" in result.stdout:
                print("SKIPPED: no private network here:", result.stdout.strip().splitlines()[-1])
                sys.exit(SKIPPED)
            self.fault(f"lab {lab} of {student} was not played: {result.stdout.strip()[-300:]}")
            return None
        if result.returncode != 0:
            self.fault(f"lab {lab} of {student}: " + "; ".join(line for line in result.stdout.splitlines() if "FAULT" in line or "is_mine" in line))
        keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
        keys["file"] = folder / keys["capture"]
        return keys

    def play_and_compare(self, lab, student, folder):
        keys = self.play(lab, student, folder)
        return keys, self.compare(keys) if keys else None

    def compare(self, keys):
        """The number of keys that were compared with the packets, and with the scenario."""
        capture = lab_oracle.Capture(keys["file"])
        keys["packet_count"] = capture.packet_count
        truth = lab_oracle.truth(keys["lab"], keys["variant"])
        found = lab_oracle.answers(keys["lab"], capture, keys["variant"])
        counts = [0, 0]
        for question in keys["questions"]:
            if question["type"] == "free text":
                continue
            for at, (name, answers) in enumerate((("the packets say", found), ("the scenario says", truth))):
                if question["id"] not in answers:
                    if at == 0:
                        self.fault(f"the oracle has no answer to {keys['lab']}.{question['id']}")
                    continue
                counts[at] += 1
                right = answers[question["id"]]
                rows = sorted(map(str, right)) if isinstance(right, set) else [str(right)]
                if not self.equal(question, rows):
                    self.fault(f"{keys['lab']}.{question['id']} of {keys['student']}: the key is {question['accepted']}, {name} {rows}")
        return counts

    @staticmethod
    def equal(question, rows):
        accepted = question["accepted"]
        if question["type"] == "set":
            return [sorted(each.split(",")) for each in accepted] == [rows]
        return len(accepted) == len(rows) and all(notations.same(question, one, two) for one, two in zip(sorted(accepted), rows))

    def mark(self, sheets):
        """sheets: (keys, {question: answer}). The rows of the evidence, as (keys, question) -> row, in their order."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.work))
        for at, (keys, answers) in enumerate(sheets):
            hand_in = folder / "in" / f"{at:05}"
            hand_in.mkdir(parents=True)
            (hand_in / "lab.json").write_text(json.dumps({name: keys[name] for name in ("lab", "student", "capture")}), encoding="utf-8")
            (hand_in / "answers.txt").write_text("".join(f"{keys['lab']}.{name}: {answer}\n" for name, answer in answers.items()),
                                                 encoding="utf-8")
            shutil.copy(keys["file"], hand_in / keys["capture"])
            description = keys["file"].parent / "protocol.toml"  # of a lab that wants one
            if description.exists():
                shutil.copy(description, hand_in)
        result = self.run("grade", str(folder / "in"), "--out", str(folder / "out"))
        if result.returncode != 0:
            raise RuntimeError(f"lab grade: {result.stdout}")
        with open(folder / "out" / "evidence.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        shutil.rmtree(folder)
        marks = {}
        for row in rows:
            if row["verdict"] == "not marked":
                self.fault(f"not marked: {row['hand_in']}: {row['reason']}")
            marks[int(row["hand_in"]), row["question"].rpartition(".")[2]] = row
        return marks


def answers_by_question(keys, chooser):
    """Each question's answers (text, names; None: right), in an order that looks random and is the same each time."""
    columns = {}
    for question in keys["questions"]:
        if question["type"] == "free text":
            continue
        found = [(text, None) for text in notations.right_answers(question)] + list(notations.wrong_answers(question))
        chooser.shuffle(found)
        columns[question["id"]] = found
    return columns


def prove_marks(proof, played):
    chooser = random.Random(7)
    columns = [(keys, answers_by_question(keys, chooser)) for keys in played]
    rounds = max(len(column) for _, questions in columns for column in questions.values())
    tally = collections.Counter()
    unnamed = collections.Counter()
    for turn in range(min(rounds, proof.rounds or rounds)):
        sheets, meant = [], []
        for keys, questions in columns:
            chosen = {name: column[turn] for name, column in questions.items() if turn < len(column)}
            if chosen:
                sheets.append((keys, {name: text for name, (text, _) in chosen.items()}))
                meant.append(chosen)
        marks = proof.mark(sheets)
        for at, chosen in enumerate(meant):
            keys = sheets[at][0]
            for name, (text, names) in chosen.items():
                row = marks.get((at, name))
                where = f"{keys['lab']}.{name} of {keys['student']}: '{text}'"
                if row is None:
                    proof.fault(f"{where} was not marked")
                elif names is None:
                    tally["right"] += 1
                    if row["verdict"] != "right":
                        proof.fault(f"{where} is right, and was refused: {row['verdict']} {row['mistake']}")
                else:
                    tally["wrong"] += 1
                    if row["verdict"] == "right":
                        proof.fault(f"{where} is wrong ({', '.join(sorted(names))}), and was taken as right")
                    if row["mistake"] in names:
                        tally["named"] += 1
                    else:
                        unnamed[f"{keys['lab']}.{name}: {'/'.join(sorted(names))} was {row['verdict']}, '{row['mistake']}' (as {text})"] += 1
                    if row["packet"]:
                        tally["cited"] += 1
                        if not 1 <= int(row["packet"]) <= keys["packet_count"]:
                            proof.fault(f"{where}: packet {row['packet']} is not in the capture")
    print(f"right    {tally['right']} right answers in other notations marked")
    if tally["wrong"]:
        share = tally["named"] / tally["wrong"]
        print(f"mistakes {tally['named']} of {tally['wrong']} wrong answers named rightly ({share:.1%}), {tally['cited']} with a packet")
        for text, count in unnamed.most_common(SHOWN):
            print(f"         not named {count} x {text}")
        if share < LEAST_NAMED:
            proof.fault(f"only {share:.1%} of the wrong answers were named rightly")


def prove_others(proof, played):
    for lab, group in itertools.groupby(played, key=lambda keys: keys["lab"]):
        group = list(group)
        if len(group) < 2:
            continue
        # Whoever comes next is the one to copy from.
        pairs = list(zip(group, group[1:] + group[:1]))
        sheets = [(own, {question["id"]: notations.values_of(question, question["accepted"])[0] for question in other["questions"]
                         if question["type"] != "free text" and question["accepted"]}) for own, other in pairs]
        marks = proof.mark(sheets)
        copied = collections.defaultdict(list)
        for (_, name), row in marks.items():
            if row["verdict"] in ("right", "wrong"):
                copied[name].append(row["verdict"] == "right")
        # What is the same for everybody, such as a port or a count of people, cannot tell students apart, nor can a few choices.
        constant = {question["id"] for question in group[0]["questions"] if question["type"] == "choice"}
        constant |= {name for name in copied if len({tuple(question["accepted"]) for keys in group for question in keys["questions"]
                                                    if question["id"] == name}) == 1}
        varying = [each for name, column in copied.items() if name not in constant for each in column]
        if not varying:
            proof.fault(f"lab {lab}: no answer of another student was marked")
            continue
        share = sum(varying) / len(varying)
        print(f"others   lab {lab}: {sum(varying)} of {len(varying)} answers of another student are right ({share:.1%}); "
              f"left out, choices and what is the same for everybody: {', '.join(sorted(constant, key=int)) or 'none'}")
        for name, column in sorted(copied.items(), key=lambda item: int(item[0])):
            if name not in constant and sum(column) > MOST_COPIED * len(column):
                print(f"         {lab}.{name}: {sum(column)} of {len(column)}")
        if share >= MOST_COPIED and len(group) >= ENOUGH_STUDENTS:
            proof.fault(f"lab {lab}: {share:.1%} of another student's answers are right; {MOST_COPIED:.0%} are too many")


def prove_entropy(proof, played):
    """How many bits the answers of a sheet have: of each question how seldom two students have the same answer, at most as many
    as the number of pairs can show; their sum takes questions as independent."""
    for lab, group in itertools.groupby(played, key=lambda keys: keys["lab"]):
        group = list(group)
        pairs = len(group) * (len(group) - 1) // 2
        if pairs == 0:
            continue
        bits = {}
        for question in group[0]["questions"]:
            if question["type"] == "free text":
                continue
            answers = collections.Counter(tuple(each["accepted"]) for keys in group for each in keys["questions"]
                                          if each["id"] == question["id"])
            equal = sum(count * (count - 1) // 2 for count in answers.values())
            bits[question["id"]] = math.log2(pairs / max(equal, 1))
        total = sum(bits.values())
        few = ", ".join(f"{lab}.{name} {value:.1f}" for name, value in sorted(bits.items(), key=lambda item: item[1]) if value < FEW_BITS)
        print(f"entropy  lab {lab}: {total:.0f} bits in the answers of a sheet; less than {FEW_BITS} bits: {few or 'none'}")
        if total < LEAST_BITS and len(group) >= ENOUGH_STUDENTS:
            proof.fault(f"lab {lab}: the answers have {total:.0f} bits; at least {LEAST_BITS} are wanted")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--labs", required=True)
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("PLAINTALK_SEED_COUNT", 500)))
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--markers", type=int, default=8, help="students of each lab whose notations are all tried")
    parser.add_argument("--only", default=",".join(lab_oracle.LABS))
    parser.add_argument("--first", type=int, default=1, help="number of the first student")
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        print("SKIPPED: tshark is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="plaintalk-proof-") as work:
        proof = Proof(options, pathlib.Path(work))
        played = []
        labs = options.only.split(",")
        cast = [(lab, f"proof-{seed}", proof.work / lab / str(seed)) for lab in labs
                for seed in range(options.first, options.first + options.seeds)]
        compared = {lab: [0, 0, 0] for lab in labs}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for keys, counts in pool.map(lambda each: proof.play_and_compare(*each), cast):
                if keys is not None:
                    played.append(keys)
                    compared[keys["lab"]] = [sum(pair) for pair in zip(compared[keys["lab"]], [1, *counts])]
        for lab, counts in compared.items():
            print(f"keys     lab {lab}: {counts[0]} sessions, {counts[1]} keys compared with the packets, {counts[2]} with the scenario",
                  flush=True)
        few = [keys for _, group in itertools.groupby(played, key=lambda keys: keys["lab"]) for keys in list(group)[:options.markers]]
        if few:
            prove_marks(proof, few)
        prove_others(proof, played)
        prove_entropy(proof, played)
    for text in proof.faults[:SHOWN]:
        print("FAULT", text)
    print(f"{len(proof.faults)} faults")
    sys.exit(1 if proof.faults else 0)


if __name__ == "__main__":
    main()
